"""What is known of an arm over the seeds so far, as points of curves and rows of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from pruning.events import Event, Point, Table
from pruning.experiments.images.dense import mean_and_sd
from pruning.experiments.quantities import SPEEDUP_MEASURED
from pruning.experiments.sweep.granularities import Budget, Granularity
from pruning.experiments.sweep.outputs import AGAINST_RATIO, AGAINST_SHARE, RATIOS, SUMMARY

_MEASURES = {"accuracy": "test_accuracy", "loss": "test_loss"}
# What is measured again and again, so that it has quartiles.
_TIMED = ("speedup_measured", "latency_ms")
_MEANS = (
    "sparsity_achieved",
    "test_loss",
    "compression",
    "speedup_theoretical",
    "speedup_measured",
    "latency_ms",
    "channel_ratio",
    "parameter_ratio",
)


@dataclass(frozen=True)
class Measured:
    """One network at one sparsity.

    Attributes
    ----------
    sparsity_achieved
        The share that is gone, as sparsities mean it.
    channel_ratio, parameter_ratio
        The share of units, and of parameters, that is left.
    speedup_measured, speedup_measured_q1, speedup_measured_q3
        The median over the repeats, and their quartiles; None of the dense network, which is as
        fast as itself.
    latency_ms, latency_ms_q1, latency_ms_q3
        Milliseconds per batch, likewise.
    bytes
        To store what is left.
    """

    sparsity_achieved: float
    test_accuracy: float
    test_loss: float
    compression: float
    speedup_theoretical: float
    speedup_measured: float
    speedup_measured_q1: float | None
    speedup_measured_q3: float | None
    latency_ms: float
    latency_ms_q1: float | None
    latency_ms_q3: float | None
    channel_ratio: float
    parameter_ratio: float
    nonzero_parameters: int
    bytes: int


class Statistics:
    """What has been measured by now, by arm and sparsity, a value for each seed.

    Everything that is said of several seeds is a mean over them: the quartiles of a measured
    speed-up, too, are the means of the networks' own. They tell how well the clock knows each
    network, stay around the mean speed-up, and do not mix it with how networks differ, which the
    table of every network shows.

    Parameters
    ----------
    seeds
        How many there will be. Axes on which a sparsity's place is itself a mean are said once
        all are there: points that have moved would leave their old places behind.
    budget
        What units' sparsities are shares of.
    """

    def __init__(self, seeds: int, budget: Budget = "units") -> None:
        self._seeds, self._budget = seeds, budget
        self._cells: dict[_Cell, list[Measured]] = defaultdict(list)

    def add(
        self,
        criterion: str,
        granularity: Granularity,
        sparsity: float,
        measured: Measured,
        at: float | None = None,
    ) -> Iterator[Event]:
        """Take in one more network.

        Parameters
        ----------
        criterion
            What the arm is called after.
        sparsity
            That was asked for.
        at
            Where curves have it: what the step removed that is nearest; else what was asked for.
        """
        cell = _Cell(criterion, granularity, sparsity)
        known = self._cells[cell]
        known.append(measured)
        for measure, column in _MEASURES.items():
            series = AGAINST_SHARE[measure, granularity, self._budget]
            yield from series.band(
                sparsity if at is None else at, *_summary(known, column), {"criterion": criterion}
            )
        if len(known) == self._seeds:
            yield from _complete(cell, known)
        yield _row(cell, known)

    def rest(self) -> Iterator[Event]:
        """What could not be said before, because some seeds were left out."""
        for cell, known in self._cells.items():
            if len(known) < self._seeds:
                yield from _complete(cell, known)


class _Cell(NamedTuple):
    """An arm at one sparsity."""

    criterion: str
    granularity: Granularity
    sparsity: float


def _complete(cell: _Cell, known: list[Measured]) -> Iterator[Point]:
    words = {"criterion": cell.criterion, "granularity": cell.granularity}
    for ratio in RATIOS:
        x, _ = _summary(known, ratio.name)
        for measure, column in _MEASURES.items():
            series = AGAINST_RATIO[measure, ratio.name]
            y, sd = _summary(known, column)
            yield from series.band(x, y, sd, words, sparsity=cell.sparsity)
            if ratio is SPEEDUP_MEASURED and (quartiles := _quartiles(known, ratio.name)):
                yield from series.quartiles(quartiles, y, words, sparsity=cell.sparsity)


def _row(cell: _Cell, known: list[Measured]) -> Table:
    accuracy, sd = _summary(known, "test_accuracy")
    return SUMMARY.row(
        **cell._asdict(),
        seeds=len(known),
        test_accuracy=accuracy,
        sd=sd if len(known) > 1 else None,
        **{name: _summary(known, name)[0] for name in _MEANS},
        **{
            f"{name}_{quartile}": value
            for name in _TIMED
            for quartile, value in zip(
                ("q1", "q3"), _quartiles(known, name) or (None, None), strict=True
            )
        },
    )


def _quartiles(known: list[Measured], name: str) -> tuple[float, float] | None:
    """Those of what is timed, means over the seeds; None of the dense network."""
    lower, upper = (
        [value for each in known if (value := getattr(each, f"{name}_{q}")) is not None]
        for q in ("q1", "q3")
    )
    return (fmean(lower), fmean(upper)) if lower and upper else None


def _summary(known: list[Measured], name: str) -> tuple[float, float]:
    return mean_and_sd([getattr(measured, name) for measured in known])
