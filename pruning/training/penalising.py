"""Hooks that add to the loss what depends on weights alone.

They enter as gradients. Through autograd the same would take several passes over the weights, and
memory for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from pruning.training.hooks import Hook, Step


def total(terms: Sequence[Tensor]) -> Tensor:
    """Their sum; 0 where there are none, for all layers may be spared."""
    return torch.stack([*terms]).sum() if terms else torch.zeros(())


class Penalty(Hook):
    """A term of the loss that depends on weights alone.

    Attributes
    ----------
    weights
        What is penalised.
    factor
        Of the term; other hooks may change it.
    """

    def __init__(self, weights: Sequence[Tensor], factor: float) -> None:
        self.weights, self.factor = weights, factor

    def value(self) -> Tensor:
        """The term itself."""
        raise NotImplementedError

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        """Add, in place, the gradient of :meth:`value` for one of the weights."""
        raise NotImplementedError

    def before_step(self, _: Step) -> None:
        """Add to the gradients that there are."""
        for weight in self.weights:
            if weight.grad is not None:
                self.add_to(weight.grad, weight)

    def state_dict(self) -> dict[str, Any]:
        """The factor."""
        return {"factor": self.factor}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take the factor over."""
        self.factor = state["factor"]


class L1(Penalty):
    """``factor · Σ|w|``; the gradient of |w| is 0 at 0."""

    def value(self) -> Tensor:
        """The sum of absolute values."""
        return self.factor * total([w.abs().sum() for w in self.weights])

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        """Add the signs."""
        gradient.add_(weight.sign(), alpha=self.factor)


class L2(Penalty):
    """``factor · Σw²``."""

    def value(self) -> Tensor:
        """The sum of squares."""
        return self.factor * total([w.square().sum() for w in self.weights])

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        """Add twice the weights."""
        gradient.add_(weight, alpha=2 * self.factor)
