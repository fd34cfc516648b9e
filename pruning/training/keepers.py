"""Which weights of a training are kept, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from torch import Tensor, nn

from pruning.models.state import load_state
from pruning.training.epochs import Epoch
from pruning.training.hooks import Hook
from pruning.training.optimisers import KeptEpoch

Weights = dict[str, Tensor]


def weights_of(module: nn.Module) -> Weights:
    """A copy of the state of a module as it is now."""
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


# What is lowest in the epoch that is kept; of equals the first.
_SCORES: dict[KeptEpoch, Callable[[Epoch], float | None]] = {
    "lowest_loss": lambda epoch: epoch.validation_loss,
    "best_accuracy": lambda epoch: (
        None if epoch.validation_accuracy is None else -epoch.validation_accuracy
    ),
    "last": lambda epoch: -epoch.epoch,
}


class BestEpoch(Hook):
    """Says which epoch is the best so far; training ends with its weights.

    Parameters
    ----------
    keep
        What makes an epoch the best; see :class:`pruning.training.optimisers.Training`.
    since
        No epoch before this one is.
    """

    def __init__(self, module: nn.Module, keep: KeptEpoch, since: int = 0) -> None:
        self._module, self._keep, self._since = module, keep, since
        self._epoch, self._score = 0, inf
        self._weights: Weights = {}

    def after_epoch(self, epoch: Epoch) -> Epoch:
        """Without held-out images every epoch is the best."""
        score = _SCORES[self._keep](epoch)
        if score is None or epoch.epoch < self._since:
            return epoch
        if score < self._score:
            self._epoch, self._score = epoch.epoch, score
            self._weights = {} if self._keep == "last" else weights_of(self._module)
        return replace(epoch, best_epoch=self._epoch)

    def at_end(self) -> None:
        """Put the best weights back."""
        if self._weights:
            load_state(self._module, self._weights)

    def state_dict(self) -> dict[str, Any]:
        """Epoch, score and weights."""
        return {"epoch": self._epoch, "score": self._score, "weights": self._weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take them over."""
        self._epoch, self._score, self._weights = state["epoch"], state["score"], state["weights"]


@dataclass(frozen=True, eq=False)
class Kept:
    """The best of one interval.

    Attributes
    ----------
    interval
        The one with ``edges[interval - 1] < place <= edges[interval]``.
    """

    interval: int
    epoch: int
    place: float
    score: float
    weights: Weights


class BestInIntervals(Hook):
    """Keeps, in each interval of one measure, the weights of the epoch with the highest score.

    For trainings that walk along the measure, such as the share of the input that is sent; they
    end with the weights of their last epoch.

    Attributes
    ----------
    edges
        Upper ends of the intervals, rising; the first has no lower end, what lies above the last
        is not kept.

    Parameters
    ----------
    place, score
        Of an epoch, such as ``lambda epoch: epoch.values["test_q"]``.
    """

    def __init__(
        self,
        module: nn.Module,
        edges: Sequence[float],
        place: Callable[[Epoch], float],
        score: Callable[[Epoch], float],
    ) -> None:
        self.edges = edges
        self._module, self._place, self._score = module, place, score
        self._best: dict[int, Kept] = {}

    @property
    def kept(self) -> list[Kept]:
        """One for each interval in which an epoch was, by rising interval."""
        return sorted(self._best.values(), key=lambda kept: kept.interval)

    def after_epoch(self, epoch: Epoch) -> Epoch:
        """Of equal scores the first stays."""
        place, score = self._place(epoch), self._score(epoch)
        interval = bisect_left(self.edges, place)
        best = self._best.get(interval)
        if interval < len(self.edges) and (best is None or score > best.score):
            weights = weights_of(self._module)
            self._best[interval] = Kept(interval, epoch.epoch, place, score, weights)
        return epoch

    def state_dict(self) -> dict[str, Any]:
        """All that is kept."""
        return {"kept": [vars(kept) for kept in self.kept]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take it over."""
        self._best = {kept["interval"]: Kept(**kept) for kept in state["kept"]}
