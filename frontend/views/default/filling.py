"""What the words in declared names stand for, as far as a configuration tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from frontend.figures.chooser import Chooser
from pruning.experiments.base import Experiment, ExperimentConfig
from pruning.experiments.outputs import Outputs, Variant

# More places than these of a slider could not be told apart.
_MOST_PLACES = 200


@dataclass(frozen=True)
class Filled:
    """One name that a declared one stands for.

    Attributes
    ----------
    name
        The name; ``{WORD}`` in it is left to a chooser.
    variant
        What it is of, where that is a variant.
    words
        What else its words stand for, as people read it.
    """

    name: str
    variant: Variant | None = None
    words: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What sets it apart from the others."""
        return " · ".join([*([self.variant.title] if self.variant else []), *self.words])


class Filling:
    """What is known of the words of an experiment's names."""

    def __init__(self, study: Experiment, config: ExperimentConfig) -> None:
        self.outputs: Outputs = study.outputs
        self.variants = study.facts(config).variants
        self._config: Mapping[str, Any] = config.model_dump()

    def names(self, pattern: str) -> list[Filled]:
        """All names that a pattern stands for; words that only a run knows are left in them."""
        options = [self._options(word) for word in words_in(pattern)]
        return [self._filled(pattern, chosen) for chosen in product(*options)]

    def choosers(self, pattern: str) -> list[Chooser]:
        """For the words that only a run knows, what its tables say."""
        left = [word for word in words_in(pattern) if not self._known(word)]
        found = ((word, self._source(word)) for word in left)
        return [Chooser(word, _titled(word), source=source) for word, source in found if source]

    def is_known(self, pattern: str) -> bool:
        """Whether all its words are known, before a run or by its tables."""
        return all(self._known(word) or self._source(word) for word in words_in(pattern))

    def places(self, name: str) -> list[float]:
        """The places along a quantity: numbers that a setting of its name lists, or counts to."""
        found = self._setting(name)
        if isinstance(found, list) and all(isinstance(each, (int, float)) for each in found):
            return sorted(map(float, found))
        if not isinstance(found, int) or isinstance(found, bool):
            return []
        return [float(place) for place in range(found + 1)] if found < _MOST_PLACES else []

    def titles(self, column: str) -> tuple[dict[str, str], dict[str, Variant]]:
        """What the cells of a column are called, and what they are of."""
        of_kind = {each.name: each for each in self.variants if each.kind == column}
        return {name: each.title for name, each in of_kind.items()}, of_kind

    def _filled(self, pattern: str, chosen: Sequence[Variant | str]) -> Filled:
        variant, words = None, []
        pairs = list(zip(words_in(pattern), chosen, strict=True))
        for word, option in pairs:
            if isinstance(option, Variant) and variant is None:
                variant = option
            elif option != f"{{{word}}}":
                words.append(option.title if isinstance(option, Variant) else option)
        said = {w: o.name if isinstance(o, Variant) else o for w, o in pairs}
        return Filled(pattern.format(**said), variant, tuple(words))

    def _options(self, word: str) -> Sequence[Variant | str]:
        return self._known(word) or [f"{{{word}}}"]

    def _known(self, word: str) -> Sequence[Variant | str]:
        """Variants of this kind, what a setting of this name says, or else any variants."""
        of_kind = [each for each in self.variants if each.kind == word]
        if of_kind:
            return of_kind
        value = self._setting(word)
        values = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        said = [str(each) for each in values]
        return said or ([] if self._source(word) else self.variants)

    def _setting(self, name: str) -> Any:
        """What a setting of this name says, or one that has it in the plural."""
        plurals = (name, f"{name}s", f"{name[:-1]}ies", f"{name[:-2]}a")
        return next((self._config[each] for each in plurals if each in self._config), None)

    def _source(self, word: str) -> tuple[str, str] | None:
        """The table and the column that list what a word stands for."""
        tables = self.outputs.tables
        return next(((each.name, word) for each in tables if word in each.names), None)


def words_in(pattern: str) -> list[str]:
    """The words of a declared name, each once."""
    return list(dict.fromkeys(re.findall(r"\{(\w+)\}", pattern)))


def _titled(word: str) -> str:
    return word.replace("_", " ").capitalize()
