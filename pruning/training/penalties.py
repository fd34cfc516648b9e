"""Penalties on the weights, as Keras's ``kernel_regularizer`` sets them.

They enter as gradients. Through autograd the same would take several passes over the weights, and
memory for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from pruning.training.hooks import Hook, Step
from pruning.training.optimisers import Training


def kernels(network: nn.Module) -> list[Tensor]:
    """The weights of all convolutions and linear layers; no biases, no batch norms."""
    return [
        module.weight for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)
    ]


def norm_scales(network: nn.Module) -> list[Tensor]:
    """The scales γ of all batch norms that have some."""
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    return [norm.weight for norm in norms if norm.affine]


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
        return self.factor * torch.stack([w.abs().sum() for w in self.weights]).sum()

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        """Add the signs."""
        gradient.add_(weight.sign(), alpha=self.factor)


class L2(Penalty):
    """``factor · Σw²``."""

    def value(self) -> Tensor:
        """The sum of squares."""
        return self.factor * torch.stack([w.square().sum() for w in self.weights]).sum()

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        """Add twice the weights."""
        gradient.add_(weight, alpha=2 * self.factor)


# Under the names of the settings that are their factors: what is penalised, and how. The last is
# the training of Network Slimming [liu2017]_.
PENALTIES: dict[str, tuple[Callable[[nn.Module], list[Tensor]], type[Penalty]]] = {
    "l1": (kernels, L1),
    "l2": (kernels, L2),
    "norm_l1": (norm_scales, L1),
}


def penalties_of(network: nn.Module, training: Training) -> list[Hook]:
    """Those that ``training`` asks for."""
    return [
        penalty(weights(network), factor)
        for name, (weights, penalty) in PENALTIES.items()
        if (factor := getattr(training, name))
    ]
