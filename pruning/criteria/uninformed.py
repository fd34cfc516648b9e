"""Criteria that know nothing: what every other one has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.toy.samples import ReferenceSamples


@criterion(
    "random",
    title="Random",
    description="Units in random order: what every other criterion has to beat.",
    paper="Blalock et al., What is the State of Neural Network Pruning?, arXiv:2003.03033",
    normalisation="none",
    source="chance",
)
def random(samples: ReferenceSamples) -> list[Tensor]:
    """Score each unit by a draw from ``[0, 1)``, the baseline that [1]_ asks for.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per hidden layer.

    References
    ----------
    .. [1] D. Blalock et al., "What is the State of Neural Network Pruning?", arXiv:2003.03033.
    """
    import torch

    draws = [
        [torch.rand(width, generator=generator) for width in samples.network.widths]
        for generator in samples.generators
    ]
    return [torch.stack(layer) for layer in zip(*draws, strict=True)]
