"""Which entry somebody means by a word: its name, its name with its kind, or its title."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from pruning.glossary.entries import Entry, all_entries, entry

_MOST_SUGGESTED = 3
# Of 1, which is the same, as difflib has it.
_LIKENESS = 0.65
# How much longer or shorter than its misspelling a name may be, as a share of that.
_ODD_LETTERS = 0.25


class UnknownWordError(LookupError):
    """Nothing is called so; ``close`` are names that are written much like it."""

    def __init__(self, word: str, close: Sequence[str]) -> None:
        super().__init__(f"nothing is called {word!r}")
        self.close = list(close)

    @property
    def suggestion(self) -> str:
        """What may have been meant, as a question; nothing where nothing is close."""
        *others, last = self.close or [""]
        listed = f"{', '.join(others)} or {last}" if others else last
        return f"did you mean {listed}?" if listed else ""


class SeveralWordsError(LookupError):
    """Several entries, of different kinds, are called so."""

    def __init__(self, word: str, entries: Sequence[Entry]) -> None:
        listed = ", ".join(f"{each.name} ({each.kind.title})" for each in entries)
        super().__init__(f"{word!r} is several words: {listed}")
        self.entries = list(entries)


def found(word: str) -> Entry:
    """The one entry of this name: ``criterion-lrp``, ``lrp``, or its title.

    Raises
    ------
    UnknownWordError
        If nothing is called so.
    SeveralWordsError
        If a name without its kind is that of several.
    """
    wanted = _plain(word)
    entries = [each for each in all_entries() if wanted in _names(each)]
    if len(entries) == 1:
        return entries[0]
    if entries:
        raise SeveralWordsError(word, entries)
    raise UnknownWordError(word, _close(wanted))


def containing(part: str) -> list[Entry]:
    """The entries with a name that has this in it."""
    wanted = _plain(part)
    if not wanted:
        return []
    return [each for each in all_entries() if any(wanted in name for name in _names(each))]


def _names(each: Entry) -> tuple[str, ...]:
    return _plain(each.name), _plain(each.short_name), _plain(each.title)


def _plain(word: str) -> str:
    """A name without what people write differently."""
    return word.strip().casefold().replace("-", "_").replace(" ", "_")


def _close(wanted: str) -> list[str]:
    """Names to ask for instead, each of which means one thing."""
    # Names with a kind are all much alike, by their kinds.
    names = [(name, each.name) for each in all_entries() for name in _names(each)[1:]]
    odd = max(1.0, _ODD_LETTERS * len(wanted))
    named = {name: of for name, of in names if abs(len(name) - len(wanted)) <= odd}
    close = get_close_matches(wanted, named, n=2 * _MOST_SUGGESTED, cutoff=_LIKENESS)
    entries = map(entry, dict.fromkeys(named[name] for name in close))
    suggested = dict.fromkeys(_shortest(each) for each in (*entries, *containing(wanted)))
    return list(suggested)[:_MOST_SUGGESTED]


def _shortest(each: Entry) -> str:
    same = [other for other in all_entries() if _plain(each.short_name) in _names(other)]
    return each.short_name if same == [each] else each.name
