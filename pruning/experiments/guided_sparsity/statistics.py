"""What the networks of all seeds come to together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from statistics import fmean
from typing import NamedTuple

from pruning.events import Cell, Event
from pruning.experiments.guided_sparsity.entrants import ArmName, Entrant
from pruning.experiments.guided_sparsity.measuring import Measured
from pruning.experiments.guided_sparsity.moments import Moment
from pruning.experiments.guided_sparsity.outputs import (
    AGAINST,
    AHEAD,
    LEVELS,
    MEAN_OF_LAYERS,
    NOBODY,
    SUMMARY,
)
from pruning.experiments.images.dense import mean_and_sd
from pruning.experiments.outputs import Quantity
from pruning.experiments.quantities import PARAMETERS, WEIGHTS


class Outcome(NamedTuple):
    """One network: how it went, what it came to, and how many parameters the whole one has."""

    entrant: Entrant
    moments: Sequence[Moment]
    measured: Measured
    whole: int


def summary(outcomes: Iterable[Outcome]) -> Iterator[Event]:
    """Rows and points of every entrant, means over its seeds."""
    for found in _by_entrant(outcomes).values():
        yield _summary_row(found)
        yield from _points(found)


def _by_entrant(outcomes: Iterable[Outcome]) -> dict[Entrant, list[Outcome]]:
    found: dict[Entrant, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        found[each.entrant].append(each)
    return found


def _summary_row(found: Sequence[Outcome]) -> Event:
    ends = [each.moments[-1] for each in found]
    accuracy, sd = mean_and_sd([end.accuracy for end in ends])
    return SUMMARY.row(
        **found[0].entrant.cells,
        seeds=len(found),
        accuracy=accuracy,
        sd=sd if len(found) > 1 else None,
        sparsity_mean_of_layers=fmean(end.mean_of_layers for end in ends),
        sparsity_of_all_weights=fmean(end.of_all_weights for end in ends),
        alive_units=fmean(end.units for end in ends),
        parameters_slim=round(fmean(end.parameters for end in ends)),
        speedup_measured=_speedup(found),
    )


def _speedup(found: Sequence[Outcome]) -> float | None:
    """The mean of those that have one."""
    speedups = [each.measured.speedup[1] for each in found if each.measured.speedup]
    return fmean(speedups) if speedups else None


def _points(found: Sequence[Outcome]) -> Iterator[Event]:
    ends = [each.moments[-1] for each in found]
    accuracy, sd = mean_and_sd([end.accuracy for end in ends])
    shares: Mapping[Quantity, float] = {
        WEIGHTS: fmean(end.of_all_weights for end in ends),
        MEAN_OF_LAYERS: fmean(end.mean_of_layers for end in ends),
        PARAMETERS: 1 - fmean(end.parameters for end in ends) / found[0].whole,
    }
    for quantity, share in shares.items():
        yield from AGAINST[quantity].band(share, accuracy, sd, {"arm": found[0].entrant.arm})


@dataclass(frozen=True)
class Level:
    """What an arm is worth at a sparsity.

    Attributes
    ----------
    moments
        Where along training it was read, of each seed.
    speedup
        Measured at the end, mean over the seeds; None where none has one.
    """

    entrant: Entrant
    moments: list[Moment]
    speedup: float | None

    @property
    def accuracies(self) -> list[float]:
        """On the test set, of each seed."""
        return [moment.accuracy for moment in self.moments]

    @property
    def score(self) -> float:
        """What the coefficients are chosen by."""
        return fmean(moment.score for moment in self.moments)

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return mean_and_sd(self.accuracies)[0]

    @property
    def sd(self) -> float:
        """Over the seeds; 0 of a single one."""
        return mean_and_sd(self.accuracies)[1]


def comparison(
    outcomes: Sequence[Outcome], sparsities: Iterable[float], seeds: int
) -> Iterator[Event]:
    """What every arm is worth at every sparsity, and which is ahead."""
    for sparsity in sparsities:
        arms = [_best(entrants, sparsity, seeds) for entrants in _by_arm(outcomes)]
        found = [level for level in arms if level]
        for level in found:
            yield _level_row(level, sparsity)
        if len(found) > 1:
            yield _ahead_row(found, sparsity)


def _by_arm(outcomes: Sequence[Outcome]) -> Iterator[list[list[Outcome]]]:
    """For each arm the networks of each of its entrants."""
    entrants = _by_entrant(outcomes)
    arms: dict[ArmName, list[list[Outcome]]] = defaultdict(list)
    for entrant, found in entrants.items():
        arms[entrant.arm].append(found)
    yield from arms.values()


def _best(entrants: Sequence[Sequence[Outcome]], sparsity: float, seeds: int) -> Level | None:
    """By the coefficients that are best there; None where none reaches it with all seeds."""
    levels = [level for each in entrants if (level := level_of(each, sparsity, seeds))]
    return max(levels, key=lambda level: level.score, default=None)


def level_of(found: Sequence[Outcome], sparsity: float, seeds: int) -> Level | None:
    """What an entrant is worth at a sparsity; None unless all seeds come so far."""
    chosen: list[Moment] = []
    for each in found:
        there = [moment for moment in each.moments if moment.of_all_weights >= sparsity]
        if not there:
            return None
        # Of equals the last: it has been trained for longest.
        chosen.append(max(reversed(there), key=lambda moment: moment.score))
    if len(chosen) < seeds:
        return None
    return Level(found[0].entrant, chosen, _speedup(found))


def _level_row(level: Level, sparsity: float) -> Event:
    return LEVELS.row(
        sparsity=sparsity,
        **level.entrant.cells,
        seeds=len(level.accuracies),
        accuracy=level.mean,
        sd=level.sd if len(level.accuracies) > 1 else None,
        alive_units=fmean(moment.units for moment in level.moments),
        parameters_slim=round(fmean(moment.parameters for moment in level.moments)),
        speedup_measured=level.speedup,
        step=fmean(moment.step for moment in level.moments),
    )


def _ahead_row(found: Sequence[Level], sparsity: float) -> Event:
    first, second = sorted(found, key=lambda level: -level.mean)[:2]
    difference, spread = first.mean - second.mean, hypot(first.sd, second.sd)
    several = len(first.accuracies) > 1
    ahead: dict[str, Cell] = {
        "spread": spread if several else None,
        "verdict": first.entrant.arm if several and difference > spread else NOBODY,
    }
    return AHEAD.row(
        sparsity=sparsity,
        first=first.entrant.arm,
        first_coefficients=first.entrant.coefficients,
        first_accuracy=first.mean,
        first_sd=first.sd if several else None,
        second=second.entrant.arm,
        second_coefficients=second.entrant.coefficients,
        second_accuracy=second.mean,
        second_sd=second.sd if several else None,
        difference=difference,
        **ahead,
    )
