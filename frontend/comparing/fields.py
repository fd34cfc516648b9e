"""The settings in which runs differ, in the words of their configurations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.runs import Run
from frontend.figures.tables import Heading, StaticTable
from frontend.naming import experiment_title
from frontend.schemas import Schema, choice_titles, flat, groups, written
from pruning.experiments.base import experiments

# What runs are called after is short: so many settings, so many letters for each.
_MOST_SETTINGS = 3
_MOST_LETTERS = 32


class Settings:
    """The settings of some runs, as people read them."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._values = {run.id: flat(run.config) for run in runs}
        self._schemas = {name: _schemas(name) for name in {run.experiment for run in runs}}
        # Of runs of several experiments, what only some have would be most of what differs.
        first, *others = self._values.values()
        names = [name for name in first if all(name in values for values in others)]
        self.differing = [name for name in names if self._differs(name)]

    def apart(self, run: Run) -> str:
        """In a few words, what sets the run apart from the others."""
        said = [self._named(run, name) for name in self.differing]
        short = [words for words in said if len(words) <= _MOST_LETTERS]
        words = (short or said[:1])[:_MOST_SETTINGS]
        return " · ".join([experiment_title(run)] * self._are_mixed + words)

    def table(self, names: Sequence[str]) -> StaticTable:
        """A row for each setting in which the runs differ, a column for each run."""
        runs = self._runs
        rows = [
            [self._title(name), *(self._written(run, name) for run in runs)]
            for name in self.differing
        ]
        if self._are_mixed:
            rows.insert(0, ["Experiment", *map(experiment_title, runs)])
        pairs = zip(runs, names, strict=True)
        return StaticTable(
            "What differs",
            [Heading("Setting"), *(Heading(name, f"/runs/{run.id}") for run, name in pairs)],
            rows,
            description=self._told(rows),
        )

    @property
    def _are_mixed(self) -> bool:
        return len(self._schemas) > 1

    def _told(self, rows: Sequence[Sequence[str]]) -> str:
        if self._are_mixed:
            return "Settings that not all of these experiments have are left out."
        return "" if rows else "These runs have the same settings."

    def _differs(self, name: str) -> bool:
        return len({repr(values[name]) for values in self._values.values()}) > 1

    def _title(self, name: str) -> str:
        titles = (schemas.get(name, {}).get("title") for schemas in self._schemas.values())
        return next(filter(None, titles), name)

    def _written(self, run: Run, name: str) -> str:
        return written(self._values[run.id][name], self._words(run, name))

    def _named(self, run: Run, name: str) -> str:
        """The value alone where it is a name, with its setting where it is a number."""
        words = self._words(run, name)
        if not words:
            return f"{self._title(name)} {self._written(run, name)}"
        return _short(self._own(run, name), words)

    def _own(self, run: Run, name: str) -> Any:
        """The value; of several names those that not all runs have, if there are such."""
        value = self._values[run.id][name]
        if not isinstance(value, list):
            return value
        others = [values[name] for values in self._values.values()]
        return [each for each in value if not all(each in other for other in others)] or value

    def _words(self, run: Run, name: str) -> dict[str, str]:
        """What the values of a setting are called, where they are names."""
        return choice_titles(self._schemas[run.experiment].get(name, {}))


def _short(value: Any, words: dict[str, str]) -> str:
    """What a value is called, as far as there is room: "LRP and 2 more"."""
    text = written(value, words)
    if len(text) <= _MOST_LETTERS or not isinstance(value, list) or len(value) < 2:
        return text
    return f"{written(value[:1], words)} and {len(value) - 1} more"


def _schemas(experiment: str) -> dict[str, Schema]:
    """The fields' schemas; none of an experiment that is not installed any more."""
    if experiment not in experiments.names():
        return {}
    grouped = groups(experiments[experiment].config)
    return {name: schema for fields in grouped.values() for name, schema in fields.items()}
