"""Choices that are made for good and learned as if they were weighed: straight-through estimators.

Forward a choice is zero or one, backward it has the gradient of the probability that it comes from.
"""

from __future__ import annotations

import torch
from torch import Tensor


def any_of(logits: Tensor, temperature: float) -> Tensor:
    """One where the probability ``sigmoid(logit / temperature)`` is above a half, else zero.

    Returns
    -------
    Tensor
        As ``logits``, with the gradient of the probability.
    """
    soft = torch.sigmoid(logits / temperature)
    return _straight_through(soft.round(), soft)


def one_of(logits: Tensor, temperature: float) -> Tensor:
    """One for the largest logit along dimension 1, zero for the others.

    Returns
    -------
    Tensor
        As ``logits``, shape ``(b, choices, …)``, with the gradient of
        ``softmax(logits / temperature)``.
    """
    soft = torch.softmax(logits / temperature, 1)
    # Of equals the first, on every device; argmax leaves that open.
    largest = soft == soft.amax(1, keepdim=True)
    return _straight_through((largest & (largest.cumsum(1) == 1)).to(soft), soft)


def _straight_through(hard: Tensor, soft: Tensor) -> Tensor:
    # The difference is exactly zero, so that the sum is exactly the choice.
    return hard.detach() + (soft - soft.detach())
