"""How sparsity is reached over steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

# The sparsity after a share of the steps, as a share of the way to the target: linear in what is
# removed; exponential in what is kept; cubic [zhu2017]_ removes fast at first, while much is
# redundant.
_REACHED: dict[str, Callable[[float, float], float]] = {
    "linear": lambda target, share: target * share,
    "exponential": lambda target, share: 1 - (1 - target) ** share,
    "cubic": lambda target, share: target * (1 - (1 - share) ** 3),
}


def sparsity_at(schedule: str, target: float, share: float) -> float:
    """The sparsity after a ``share`` of the steps to ``target``, both from 0 to 1.

    Parameters
    ----------
    schedule
        ``linear``, ``exponential`` or ``cubic``.
    """
    return _REACHED[schedule](target, share)


@dataclass(frozen=True)
class Step:
    """One pruning of a trajectory.

    Attributes
    ----------
    sparsity
        What is gone after it.
    reported
        The sparsities that were asked for and to which no other step is nearer.
    """

    sparsity: float
    reported: tuple[float, ...]


def trajectory(
    schedule: str, asked: Sequence[float], steps: int | None, parts: int | None = None
) -> list[Step]:
    """All prunings, by ascending sparsity.

    Parameters
    ----------
    asked
        Ascending; the last is the target. The dense network, 0, needs no pruning.
    steps
        In how many a schedule reaches the target: so many prunings there are. None: the
        sparsities that are asked for are the steps, as they are of ``one_shot``.
    parts
        Where only multiples of ``1 / parts`` can be removed, of how many: each step is at the
        nearest of them.
    """
    wanted = [sparsity for sparsity in asked if sparsity > 0]
    if schedule == "one_shot" or steps is None or not wanted:
        own = wanted
    else:
        own = [sparsity_at(schedule, wanted[-1], step / steps) for step in range(1, steps + 1)]
    if parts is not None:
        own = [min(max(round(step * parts), 1), parts - 1) / parts for step in own]
    reported: dict[float, list[float]] = {step: [] for step in own}
    for sparsity in wanted:
        reported[_nearest(own, sparsity)].append(sparsity)
    return [Step(sparsity, tuple(asked)) for sparsity, asked in reported.items()]


def _nearest(steps: Sequence[float], sparsity: float) -> float:
    return min(steps, key=lambda step: abs(step - sparsity))
