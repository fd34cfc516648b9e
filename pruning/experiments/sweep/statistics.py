"""What is known of an arm over the seeds so far, as points of curves and rows of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pruning.events import Cell, Event, Label, Point, Table

COLUMNS = [
    "criterion",
    "granularity",
    "sparsity",
    "seeds",
    "test_accuracy",
    "sd",
    "test_loss",
    "compression",
    "speedup_theoretical",
    "speedup_measured",
    "latency_ms",
    "channel_ratio",
    "parameter_ratio",
]
AXES = ["compression", "speedup_theoretical", "speedup_measured"]
_MEANS = COLUMNS[6:]


@dataclass(frozen=True)
class Measured:
    """One network at one sparsity.

    Attributes
    ----------
    channel_ratio, parameter_ratio
        The share of units, and of parameters, that is left.
    latency_ms
        Milliseconds per batch.
    bytes
        To store what is left.
    """

    test_accuracy: float
    test_loss: float
    compression: float
    speedup_theoretical: float
    speedup_measured: float
    latency_ms: float
    channel_ratio: float
    parameter_ratio: float
    nonzero_parameters: int
    bytes: int


class Statistics:
    """What has been measured by now, by arm and sparsity, a value for each seed.

    Parameters
    ----------
    seeds
        How many there will be. Axes on which a sparsity's place is itself a mean are said once
        all are there: points that have moved would leave their old places behind.
    """

    def __init__(self, seeds: int) -> None:
        self._seeds = seeds
        self._cells: dict[tuple[str, float], list[Measured]] = defaultdict(list)

    def add(self, arm: str, sparsity: float, measured: Measured) -> Iterator[Event]:
        """Take in one more network; ``arm`` is ``criterion/granularity``."""
        cells = self._cells[arm, sparsity]
        cells.append(measured)
        yield from _points(f"accuracy/{arm}/sparsity", sparsity, _values(cells, "test_accuracy"))
        yield from _points(f"loss/{arm}/sparsity", sparsity, _values(cells, "test_loss"))
        if len(cells) == self._seeds:
            yield from _complete(arm, sparsity, cells)
        yield Table(
            name="summary", columns=COLUMNS, key=COLUMNS[:3], rows=[_row(arm, sparsity, cells)]
        )

    def rest(self) -> Iterator[Event]:
        """What could not be said before, because some seeds were left out."""
        for (arm, sparsity), cells in self._cells.items():
            if len(cells) < self._seeds:
                yield from _complete(arm, sparsity, cells)


def dense_points(outcomes: list[tuple[float, float]]) -> Iterator[Point]:
    """The level of the dense network, from accuracy and loss of each seed's."""
    accuracies, losses = zip(*outcomes, strict=True)
    yield from _points("accuracy/dense", 0, np.array(accuracies))
    yield from _points("loss/dense", 0, np.array(losses))


def _complete(arm: str, sparsity: float, cells: list[Measured]) -> Iterator[Point]:
    accuracy = _values(cells, "test_accuracy")
    for axis in AXES:
        x = float(_values(cells, axis).mean())
        labels: dict[str, Label] = {"sparsity": sparsity}
        yield from _points(f"accuracy/{arm}/{axis}", x, accuracy, labels)
        yield from _points(f"loss/{arm}/{axis}", x, _values(cells, "test_loss"), labels)


def _points(
    series: str, x: float, values: np.ndarray, labels: dict[str, Label] | None = None
) -> Iterator[Point]:
    mean, sd = float(values.mean()), _sd(values)
    for statistic, y in (("mean", mean), ("lower", mean - sd), ("upper", mean + sd)):
        yield Point(series=series, x=x, y=y, labels={**(labels or {}), "statistic": statistic})


def _row(arm: str, sparsity: float, cells: list[Measured]) -> list[Cell]:
    criterion, _, granularity = arm.rpartition("/")
    accuracy = _values(cells, "test_accuracy")
    means = [float(_values(cells, name).mean()) for name in _MEANS]
    return [
        criterion,
        granularity,
        sparsity,
        len(cells),
        float(accuracy.mean()),
        _sd(accuracy) if len(cells) > 1 else None,
        *means,
    ]


def _values(cells: list[Measured], name: str) -> np.ndarray:
    return np.array([getattr(cell, name) for cell in cells])


def _sd(values: np.ndarray) -> float:
    """The sample standard deviation; 0 of a single value."""
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0
