"""Pruning while a network learns: masks are made anew every so many steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol

from torch import Tensor, nn

from pruning.masks.schedules import sparsity_at
from pruning.training.hooks import Hook, Step, Zeros
from pruning.training.keepers import BestEpoch
from pruning.training.objective import Objective
from pruning.training.optimisers import Training


@dataclass(frozen=True)
class Gradually:
    """How sparsity rises while a network is trained [zhu2017]_.

    Attributes
    ----------
    schedule
        See :func:`pruning.masks.schedules.sparsity_at`.
    target
        The sparsity at the end.
    start, end
        Shares of the training between which masks are made anew.
    every
        So many steps lie between two of them.
    """

    schedule: str
    target: float
    start: float = 0.0
    end: float = 0.75
    every: int = 100

    def sparsity(self, step: Step) -> float | None:
        """What is to be gone after this step; None where nothing changes."""
        first, last = ceil(self.start * step.total), max(1, ceil(self.end * step.total))
        if not first <= step.number <= last:
            return None
        if step.number == last:
            return self.target
        if (step.number - first) % self.every:
            return None
        return sparsity_at(self.schedule, self.target, (step.number - first) / (last - first))


class Masking(Protocol):
    """What makes masks, such as an arm of a sweep.

    Attributes
    ----------
    kept
        What is left, by the names of what can be removed.
    """

    kept: dict[str, Tensor]

    def prune(self, network: nn.Module, sparsity: float) -> None:
        """Remove of what is left until ``sparsity`` is reached."""
        ...

    def masks(self) -> Mapping[str, Tensor]:
        """The masks of the parameters."""
        ...


class GradualPruning(Hook):
    """Makes masks anew as the schedule says; what they remove stays zero.

    Attributes
    ----------
    gradually
        When, and how far.
    """

    def __init__(self, network: nn.Module, gradually: Gradually, masking: Masking) -> None:
        self.gradually = gradually
        self._network, self._masking = network, masking
        self._zeros = Zeros(network, {})

    def after_step(self, step: Step) -> None:
        """After the optimisers, since momentum moves weights without a gradient, too."""
        sparsity = self.gradually.sparsity(step)
        if sparsity is not None:
            self._masking.prune(self._network, sparsity)
            self._zeros = Zeros(self._network, self._masking.masks())
        self._zeros.restore()

    def state_dict(self) -> dict[str, Any]:
        """What is left."""
        return {"kept": dict(self._masking.kept)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what was left."""
        self._masking.kept = {name: mask.bool().cpu() for name, mask in state["kept"].items()}
        self._zeros = Zeros(self._network, self._masking.masks())


class GradualObjective(Objective):
    """Plain classification while the network is pruned.

    An epoch is kept only once the target is reached: before it the network is denser.
    """

    def __init__(self, network: nn.Module, training: Training, pruning: GradualPruning) -> None:
        super().__init__(network, training)
        since = ceil(pruning.gradually.end * training.epochs)
        keeper = BestEpoch(network, training.keep, since=since)
        self.hooks = [*self.hooks[:-1], pruning, keeper]
