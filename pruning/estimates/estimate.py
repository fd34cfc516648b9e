"""From counted operations and finished runs to how long a run will take: a range, and its source.

A run takes what its operations come to at the usual rates, times a factor: that of the machine, of
the configuration, and of chance. The factor is estimated from the runs here, those most like it
counting most; without any it is 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import median

# The ends of a range are at most such a factor apart.
WIDEST = 3.0
# However alike runs are, chance makes one this much longer or shorter than another.
_CHANCE = 1.25
# How many times as much there may be to do in a run that is like another.
_ALIKE = 4.0
# How unlike two runs are that differ in these, in factors of e of work.
_OTHER_MODEL, _OTHER_DATASET = 1.0, 0.4
# Standard deviations, as logarithms: of a run by chance, of what an unlike one tells (for each
# factor of e), and of a machine whose runs nobody has seen.
_BY_CHANCE, _BY_UNLIKENESS, _BY_MACHINE = 0.25, 0.5, 0.75
# Of other experiments so many runs are believed half.
_FEW = 4
# Standard deviations on either side of the middle.
_WIDE = 1.6
_LEAST_SECONDS = 0.5


@dataclass(frozen=True)
class Asked:
    """A run that an estimate is wanted of, or that has been.

    Attributes
    ----------
    configuration
        Its hash.
    counted
        Seconds that its operations come to at the usual rates; None where they are not counted.
    """

    configuration: str
    model: str = ""
    dataset: str = ""
    counted: float | None = None


@dataclass(frozen=True)
class Past:
    """A run of the same experiment that is done here, and the seconds that it took."""

    run: Asked
    seconds: float


@dataclass(frozen=True)
class Estimate:
    """Between how many seconds and how many a run will take, and what tells so, in words."""

    low: float
    high: float
    source: str

    @property
    def middle(self) -> float:
        """The most likely: as many times above the low end as below the high one."""
        return sqrt(self.low * self.high)


def estimate(asked: Asked, past: Sequence[Past], machine: float = 1.0) -> Estimate | None:
    """How long a run will take; None where nothing can be said.

    Parameters
    ----------
    past
        The runs of its experiment here.
    machine
        How many times as long as counted the runs of other experiments here have taken.
    """
    if asked.counted is None:
        return _repeated(asked, past)
    near = [_Near.of(asked, each) for each in past if each.run.counted]
    alike = [each for each in near if each.is_alike]
    usual = 1 / _BY_MACHINE**2
    total = usual + sum(each.weight for each in near)
    shift = (usual * log(machine) + sum(each.weight * each.factor for each in near)) / total
    return _range(asked.counted * exp(shift), _spread(alike, shift), _words(alike, near))


def machine_factor(past: Iterable[Past]) -> float:
    """How many times as long as counted runs have taken; few of them move it little from 1."""
    factors = [log(each.seconds / each.run.counted) for each in past if each.run.counted]
    return exp(median(factors) * len(factors) / (len(factors) + _FEW)) if factors else 1.0


def remaining(whole: Estimate, elapsed: float, share: float) -> float:
    """How many seconds a run still takes, from what it has done and what was estimated.

    At first the estimate counts, and ever more what its progress tells.

    Parameters
    ----------
    elapsed
        Seconds since its start.
    share
        How much of it is done, from 0 to 1.
    """
    trust = 1.0 if elapsed > whole.high else min(1.0, 2 * share)
    by_progress = log(max(elapsed, 1e-3) / max(share, 1e-3))
    total = exp((1 - trust) * log(whole.middle) + trust * by_progress)
    return max(total - elapsed, 0.05 * total)


@dataclass(frozen=True)
class _Near:
    """A finished run as seen from the one that is asked for.

    Attributes
    ----------
    factor
        The logarithm of how many times as long as counted it took.
    distance
        How unlike it is; 0 of the same configuration with as much to do.
    """

    factor: float
    distance: float

    @classmethod
    def of(cls, asked: Asked, past: Past) -> _Near:
        assert asked.counted
        assert past.run.counted
        unlike = abs(log(asked.counted / past.run.counted))
        unlike += _OTHER_MODEL * (asked.model != past.run.model)
        unlike += _OTHER_DATASET * (asked.dataset != past.run.dataset)
        return cls(log(past.seconds / past.run.counted), unlike)

    @property
    def weight(self) -> float:
        """The inverse of its variance."""
        return 1 / (_BY_CHANCE**2 + (_BY_UNLIKENESS * self.distance) ** 2)

    @property
    def is_alike(self) -> bool:
        return self.distance <= log(_ALIKE) - 1e-9 and self.distance < _OTHER_MODEL


def _spread(alike: Sequence[_Near], shift: float) -> float:
    """How far the ends are from the middle, as a logarithm; few runs tell little of chance."""
    if len(alike) < 3:
        return log(WIDEST) / 2
    total = sum(each.weight for each in alike)
    variance = sum(each.weight * (each.factor - shift) ** 2 for each in alike) / total
    nearest = min(each.distance for each in alike)
    return _WIDE * sqrt(variance) + log(_CHANCE) + 0.3 * nearest


def _repeated(asked: Asked, past: Sequence[Past]) -> Estimate | None:
    """From runs of the same configuration, or from others that all took about as long."""
    same = [each for each in past if each.run.configuration == asked.configuration]
    logs = sorted(log(max(each.seconds, _LEAST_SECONDS / 2)) for each in same or past)
    others = not same
    if not logs or (others and (len(logs) < 3 or logs[-1] - logs[0] > log(WIDEST))):
        return None
    half = (logs[-1] - logs[0]) / 2 + log(_CHANCE) if len(logs) > 2 else log(WIDEST) / 2
    words = _runs(len(logs), "like it") if same else f"{_runs(len(logs), 'of its experiment')}"
    return _range(exp(logs[len(logs) // 2]), half, f"from {words} on this machine")


def _range(middle: float, half: float, source: str) -> Estimate:
    """Around a middle, on a scale of factors; never wider than :data:`WIDEST`."""
    half = min(half, log(WIDEST) / 2)
    middle = max(middle, _LEAST_SECONDS)
    return Estimate(middle * exp(-half), middle * exp(half), source)


def _words(alike: Sequence[_Near], near: Sequence[_Near]) -> str:
    if alike:
        return f"from {_runs(len(alike), 'like it')} on this machine"
    if near:
        return f"from counted operations, at the rate of {_runs(len(near), 'here')}"
    return "from counted operations"


def _runs(count: int, which: str) -> str:
    return f"a run {which}" if count == 1 else f"{count} runs {which}"
