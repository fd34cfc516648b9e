"""Everything that is explained, each with three sentences, its formula and its papers.

What is registered (criteria, penalties) has its title, the first sentence and its papers from
there, so that whatever a package registers is explained, too, as far as it says what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlencode

from pruning.criteria.base import Criterion, criteria
from pruning.experiments.base import experiments
from pruning.glossary.kinds import KINDS, Kind
from pruning.glossary.texts import Text, all_texts
from pruning.references import Reference, reference
from pruning.training.penalties.base import penalties

_NOTHING = Text()


class Registered(Protocol):
    """What registers bring with them."""

    @property
    def name(self) -> str:
        """What code calls it."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def description(self) -> str:
        """What it does."""
        ...

    @property
    def papers(self) -> tuple[str, ...]:
        """The keys of its papers."""
        ...


@dataclass(frozen=True)
class Entry:
    """One explanation.

    Attributes
    ----------
    name
        Of its kind and itself, ``criterion-lrp``: its anchor on the page.
    text
        Three sentences, if somebody has written them.
    formula, where
        See :class:`pruning.glossary.texts.Text`.
    papers
        Their keys.
    see
        The settings of a run that shows it, as they are typed, with the ``experiment``.
    words
        What it is called in figures and tables.
    fields
        The fields of forms that it explains.
    """

    name: str
    kind: Kind
    title: str
    text: str
    formula: tuple[str, ...] = ()
    where: str = ""
    papers: tuple[str, ...] = ()
    see: Mapping[str, str] = field(default_factory=dict, hash=False)
    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def short_name(self) -> str:
        """What code calls it: ``lrp``."""
        return self.name.partition("-")[2]

    @property
    def references(self) -> list[Reference]:
        """Its papers."""
        return [reference(key) for key in self.papers]

    @property
    def address(self) -> str:
        """Where the form is filled in with the settings that show it; nothing without any."""
        return f"/?{urlencode(self.see, safe=',:=')}" if self.see else ""

    @property
    def command(self) -> str:
        """The same run from the command line."""
        settings = [f" --set {name}={value}" for name, value in self.see.items()]
        return f"prunelab run {self.see['experiment']}{''.join(settings[1:])}" if self.see else ""


def all_entries() -> Sequence[Entry]:
    """All of them, in the order of the page."""
    return tuple(_by_name().values())


def entry(name: str) -> Entry:
    """The entry of this name, ``criterion-lrp``; a LookupError if there is none."""
    return _by_name()[name]


def of_choice(field_name: str, choice: str) -> Entry | None:
    """What explains a choice of a form's field."""
    kind = next((kind for kind in KINDS if field_name in kind.choices), None)
    return _by_name().get(f"{kind.name}-{choice}") if kind else None


def of_field(field_name: str) -> Entry | None:
    """What explains a field of a form as a whole."""
    return next((each for each in all_entries() if field_name in each.fields), None)


def called(words: str) -> Entry | None:
    """What explains something that figures and tables call so; of several the first."""
    return _by_words().get(words)


def _by_name() -> dict[str, Entry]:
    # Whatever is registered later is found, too.
    return _made(tuple(criteria), tuple(penalties.names()))


def _by_words() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for each in all_entries():
        for words in (each.title, *each.words):
            found.setdefault(words, each)
    return found


@lru_cache(maxsize=4)
def _made(known: tuple[Criterion, ...], _: tuple[str, ...]) -> dict[str, Entry]:
    registered: dict[str, dict[str, Registered]] = {
        "criterion": {each.name: each for each in known},
        "penalty": {each.name: each for each in penalties},
    }
    return {
        each.name: each
        for kind in KINDS
        for each in _of_kind(kind, all_texts().get(kind.name, {}), registered.get(kind.name))
    }


def _of_kind(
    kind: Kind, texts: Mapping[str, Text], registered: Mapping[str, Registered] | None
) -> Iterator[Entry]:
    """The entries of a kind; of one that is registered, what is registered."""
    for name in texts if registered is None else registered:
        text = texts.get(name, _NOTHING)
        thing = registered[name] if registered else None
        yield Entry(
            f"{kind.name}-{name}",
            kind,
            thing.title if thing else text.title,
            f"{thing.description} {text.more}".strip() if thing else text.text,
            text.formula,
            text.where,
            thing.papers if thing else text.papers,
            text.see or (_shown_by(thing) if isinstance(thing, Criterion) else {}),
            (*text.words, *_quantities(kind, name)),
            text.fields,
        )


def _shown_by(criterion: Criterion) -> dict[str, str]:
    """A run that holds a criterion against another: on toy points, where it can score them."""
    other = "random" if criterion.name == "weight" else "weight"
    both = f"{criterion.name},{other}"
    if "toy" in criterion.places and criterion.units and not criterion.requires:
        return {"experiment": "toy", "criteria": both}
    granularity = criterion.granularities[-1]
    return {"experiment": "sweep", "criteria": both, "granularities": granularity, "seeds": "0"}


def _quantities(kind: Kind, name: str) -> tuple[str, ...]:
    """What axes call a measure."""
    if kind.name != "measure":
        return ()
    every = (series for study in experiments for series in study.outputs.series)
    axes = (axis for series in every for axis in (series.x, series.y) if axis)
    return tuple(dict.fromkeys(axis.title for axis in axes if axis.name == name))
