"""Words and citations for methods paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pruning import references
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.data.image_base import image_datasets
from pruning.models.base import models
from pruning.registry import Registry, UnknownNameError

# What a setting of this name is a name of.
_REGISTRIES: dict[str, list[Registry[Any]]] = {
    "criteria": [criteria],
    "dataset": [image_datasets, datasets],
    "datasets": [datasets],
    "model": [models],
}
# What is said of a configuration, by what it is about: sentences that runs share are said once.
Sentences = dict[str, str]

# More values than these are told by their number.
_LISTED = 12
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: ``one seed``, ``three seeds``, ``4,800 prunings``."""
    number = _SMALL[count] if count < len(_SMALL) else f"{count:,}"
    return f"{number} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """A share as people write it."""
    return f"{100 * share:.4g} %"


def number(value: float) -> str:
    """A number without noise behind its last digit."""
    return f"{value:.6g}"


def spread(values: Sequence[float], write: Any = percent) -> str:
    """All of a few values; of many how many there are, and from where to where."""
    if len(values) <= _LISTED:
        return listed(map(write, values))
    return f"{counted(len(values), 'value')} from {write(values[0])} to {write(values[-1])}"


def cite(*keys: str) -> str:
    """The citation of papers in Pandoc's form, with a space in front; nothing of unknown ones."""
    known = [f"@{key}" for key in keys if references.knows(key)]
    return f" [{'; '.join(known)}]" if known else ""


def entry_of(setting: str, name: str) -> Any | None:
    """What a setting's value is a name of, where that is registered."""
    for registry in _REGISTRIES.get(setting, []):
        try:
            return registry[name]
        except UnknownNameError:
            continue
    return None


def named(setting: str, name: str) -> str:
    """The title of what is chosen by this name, with its papers."""
    entry = entry_of(setting, name)
    return f"{plain(entry.title)}{cite(*entry.papers)}" if entry else plain(name)


def plain(text: str) -> str:
    """Words of people that mean nothing to Markdown."""
    for sign in "\\`*_[]<>@#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
