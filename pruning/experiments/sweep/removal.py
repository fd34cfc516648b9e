"""How what scores lowest goes: within layers, over all, by density, within runs, to a budget."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from pruning.evaluation.latency import speedup
from pruning.experiments.sweep.granularities import Budget
from pruning.masks.densities import erk_densities
from pruning.masks.ranking import keep_highest, share_removed
from pruning.masks.semi_structured import keep_in_runs
from pruning.structure.cost import Cost, cost_of, positions_of
from pruning.structure.groups import Structure
from pruning.structure.surgery import Slimmer

Kept = dict[str, Tensor]
Scores = Mapping[str, Tensor]

# Seconds for timing one network while a latency is looked for; each halves where it may lie.
LOOK = 0.5


class Removal(Protocol):
    """Removes the lowest scores, by the names of groups or layers; what is gone stays gone."""

    def __call__(self, scores: Scores, kept: Kept, sparsity: float) -> Kept:
        """What is left once ``sparsity`` is reached."""
        ...

    def removed(self, kept: Kept) -> float:
        """The share that is gone, as sparsities mean it."""
        ...


@dataclass(frozen=True)
class Ranked:
    """Every layer loses the same share, or all are ranked together.

    Attributes
    ----------
    spare
        Whether the best of each layer or group stays, so that none is emptied.
    """

    together: bool
    spare: bool

    def __call__(self, scores: Scores, kept: Kept, sparsity: float) -> Kept:
        """What is left."""
        return keep_highest(scores, kept, sparsity, together=self.together, spare=self.spare)

    def removed(self, kept: Kept) -> float:
        """The share of all that can be removed."""
        return share_removed(kept)


@dataclass(frozen=True)
class ByDensity:
    """Every layer keeps what Erdős-Rényi-Kernel gives it."""

    def __call__(self, scores: Scores, kept: Kept, sparsity: float) -> Kept:
        """What is left."""
        densities = erk_densities({name: mask.shape for name, mask in kept.items()}, sparsity)
        left: Kept = {}
        for name, density in densities.items():
            left |= keep_highest({name: scores[name]}, {name: kept[name]}, 1 - density)
        return left

    def removed(self, kept: Kept) -> float:
        """The share of all weights."""
        return share_removed(kept)


@dataclass(frozen=True)
class WithinRuns:
    """Every run of ``length`` consecutive inputs loses as many weights."""

    length: int

    def __call__(self, scores: Scores, kept: Kept, sparsity: float) -> Kept:
        """What is left."""
        return {
            name: keep_in_runs(scores[name], mask, sparsity, self.length)
            for name, mask in kept.items()
        }

    def removed(self, kept: Kept) -> float:
        """The share of all weights."""
        return share_removed(kept)


@dataclass(frozen=True)
class ToBudget:
    """As few units go, the lowest first, as a budget asks for.

    Attributes
    ----------
    ranked
        Which units are the next.
    left
        The share of the dense network's cost that is left with these units. It must fall with
        them; where it is measured, it falls but for noise.
    """

    ranked: Ranked
    left: Callable[[Kept], float]

    def __call__(self, scores: Scores, kept: Kept, sparsity: float) -> Kept:
        """What is left; all that may go is gone where that is not enough."""
        units = sum(mask.numel() for mask in kept.values())

        def after(removed: int) -> Kept:
            return self.ranked(scores, kept, removed / units)

        def is_enough(removed: int) -> bool:
            return self.left(after(removed)) <= 1 - sparsity

        # The last need not be asked: it is what there is.
        return after(bisect_left(range(units), True, key=is_enough))

    def removed(self, kept: Kept) -> float:
        """The share of the cost that is gone."""
        return 1 - self.left(kept)


def cost_left(
    structure: Structure,
    shape: tuple[int, int, int],
    budget: Budget,
    batch: Tensor,
    check: Callable[[], None],
) -> Callable[[Kept], float]:
    """What :attr:`ToBudget.left` is of a network, whatever its weights.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    batch
        What latencies are measured with.
    check
        Is called between measurements; it may raise to end them.
    """
    dense = structure.network
    if budget == "latency":

        def latency_left(kept: Kept) -> float:
            lean = Slimmer(dense, structure).shrink(kept)
            return 1 / speedup(dense, lean, batch, LOOK, check).median

        return latency_left
    positions = positions_of(dense, shape)
    whole = cost_of(dense, shape, positions=positions)
    of = {"parameters": Cost.parameter_ratio, "multiply_adds": Cost.multiply_adds_ratio}[budget]

    def counted_left(kept: Kept) -> float:
        check()
        lean = Slimmer(dense, structure).shrink(kept)
        return of(cost_of(lean, shape, positions=positions), whole)

    return counted_left
