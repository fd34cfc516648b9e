"""Criteria that know nothing: what every other one has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from pruning.models.mlp import MLP


@criterion(
    "random",
    title="Random",
    description="Units in random order: what every other criterion has to beat.",
    paper="Blalock et al., What is the State of Neural Network Pruning?, arXiv:2003.03033",
    normalisation="none",
    uses_samples=False,
)
def random(network: MLP, _x: Tensor, _y: Tensor, generator: torch.Generator) -> list[Tensor]:
    """Score each unit by a draw from ``[0, 1)``, the baseline that [1]_ asks for.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(units,)`` per hidden layer.

    References
    ----------
    .. [1] D. Blalock et al., "What is the State of Neural Network Pruning?", arXiv:2003.03033.
    """
    import torch

    return [torch.rand(width, generator=generator) for width in network.widths]
