"""Penalties on the weights, as Keras's ``kernel_regularizer`` sets them.

They enter as gradients. Through autograd the same would take several passes over the weights, and
memory for each.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def kernels(network: nn.Module) -> list[Tensor]:
    """The weights of all convolutions and linear layers; no biases, no batch norms."""
    return [
        module.weight for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)
    ]


def penalty(weights: list[Tensor], l1: float, l2: float) -> Tensor:
    """``l1 · Σ|w| + l2 · Σw²``."""
    return torch.stack([l1 * w.abs().sum() + l2 * w.square().sum() for w in weights]).sum()


@torch.no_grad()
def add_penalty_gradients(weights: list[Tensor], l1: float, l2: float) -> None:
    """Add to every ``w.grad`` the gradient of :func:`penalty`; that of |w| is 0 at 0."""
    for weight in weights:
        if weight.grad is None:
            continue
        if l1:
            weight.grad.add_(weight.sign(), alpha=l1)
        if l2:
            weight.grad.add_(weight, alpha=2 * l2)
