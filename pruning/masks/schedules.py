"""How sparsity is reached over steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def path(schedule: str, asked: Sequence[float], steps: int) -> list[float]:
    """All sparsities that a trajectory passes, ascending, those asked for among them.

    Parameters
    ----------
    asked
        Ascending; the last is the target.
    steps
        In how many the schedule alone would reach the target; ``one_shot`` takes none of its own.
    """
    if schedule == "one_shot":
        return list(asked)
    own = [sparsity_at(schedule, asked[-1], step / steps) for step in range(1, steps)]
    return sorted({*asked, *(sparsity for sparsity in own if _apart(sparsity, asked))})


def _apart(sparsity: float, asked: Sequence[float]) -> bool:
    """Whether a step is worth its own training beside the sparsities that were asked for."""
    return all(abs(sparsity - other) > 1e-6 for other in asked)
