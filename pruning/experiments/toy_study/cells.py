"""The accuracies of one dataset at one number of reference samples, over all seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, stdev
from typing import get_args

from pruning.criteria.base import criteria
from pruning.data.base import Dataset
from pruning.events import Array, Cell, Event, Frame, Note, Point
from pruning.experiments.toy_study.config import Scenario, ToyStudyConfig
from pruning.experiments.toy_study.one_shot import Pruned
from pruning.experiments.toy_study.outputs import ACCURACIES, ACCURACY_TABLE

UNUSABLE = "the scores are all zero or not numbers"


class Cells:
    """The cells of the table that share a dataset and a number of reference samples.

    Parameters
    ----------
    unpruned_train
        The unpruned network's accuracy on the training set.
    """

    def __init__(
        self, config: ToyStudyConfig, data: Dataset, count: int, unpruned_train: float
    ) -> None:
        self._data = data
        self._count = count
        self._unpruned: dict[Scenario, list[float]] = {"train": [unpruned_train], "test": []}
        self._pruned: dict[str, list[Pruned]] = {name: [] for name in config.criteria}
        self._failed: dict[str, list[int]] = {name: [] for name in config.criteria}

    def add(
        self,
        seeds: Sequence[int],
        unpruned_tests: Sequence[float],
        found: Mapping[str, Sequence[Pruned | None]],
    ) -> None:
        """Add what came of some seeds: the unpruned test accuracies, and each criterion's."""
        self._unpruned["test"].extend(unpruned_tests)
        for name, outcomes in found.items():
            for seed, outcome in zip(seeds, outcomes, strict=True):
                if outcome is None:
                    self._failed[name].append(seed)
                else:
                    self._pruned[name].append(outcome)

    def events(self) -> Iterator[Event]:
        """Each seed's accuracies, curves, table rows, and a note for what could not be ranked."""
        yield self._frame()
        for scenario in get_args(Scenario):
            mean, words = fmean(self._unpruned[scenario]), self._words("unpruned")
            yield ACCURACIES[scenario].point(self._count, mean, words, statistic="mean")
            for name in self._pruned:
                yield from self._curve(name, scenario)
        yield ACCURACY_TABLE.rows(
            self._row(name, scenario) for name in self._pruned for scenario in get_args(Scenario)
        )
        yield from self._notes()

    def _values(self, name: str, scenario: Scenario) -> list[float]:
        return [getattr(outcome, scenario) for outcome in self._pruned[name]]

    def _frame(self) -> Frame:
        arrays = {
            f"{name}/{scenario}": Array.of(self._values(name, scenario), "f4")
            for name in self._pruned
            for scenario in get_args(Scenario)
        }
        return Frame(name=f"{self._data.name}/accuracies", at=self._count, arrays=arrays)

    def _curve(self, name: str, scenario: Scenario) -> Iterator[Point]:
        values = self._values(name, scenario)
        if values:
            mean, sd = fmean(values), _sd(values) or 0.0
            yield from ACCURACIES[scenario].band(self._count, mean, sd, self._words(name))

    def _words(self, network: str) -> dict[str, str]:
        return {"dataset": self._data.name, "network": network}

    def _row(self, name: str, scenario: Scenario) -> dict[str, Cell]:
        values = self._values(name, scenario)
        return {
            "dataset": self._data.name,
            "criterion": name,
            "reference_samples": self._count,
            "scenario": scenario,
            "mean": fmean(values) if values else None,
            "sd": _sd(values),
            "minimum": min(values, default=None),
            "maximum": max(values, default=None),
            "seeds": len(values),
            "unpruned_mean": fmean(self._unpruned[scenario]),
        }

    def _notes(self) -> Iterator[Note]:
        for name, seeds in self._failed.items():
            if seeds:
                yield Note(level="warning", text=self._failure(name, seeds))

    def _failure(self, name: str, seeds: Sequence[int]) -> str:
        where = f"{self._data.title}, {self._count} reference samples per class"
        if not self._pruned[name]:
            return f"{where}: {criteria[name].title} ranks nothing for any seed: {UNUSABLE}."
        which = ", ".join(map(str, seeds))
        return f"{where}: {criteria[name].title} ranks nothing for the seeds {which}: {UNUSABLE}."


def _sd(values: Sequence[float]) -> float | None:
    """The sample standard deviation; one value has none."""
    return stdev(values) if len(values) > 1 else None
