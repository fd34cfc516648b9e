"""Criteria that know nothing: what every other one has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.base import Samples


def _draws(samples: Samples) -> list[Tensor]:
    """A draw from ``[0, 1)`` for every weight."""
    import torch

    (generator,) = samples.generators
    return [torch.rand(weight.shape, generator=generator) for weight in samples.weights]


@criterion(
    "random",
    title="Random",
    description="Units or weights in random order: what every other criterion has to beat.",
    papers=("blalock2020",),
    normalisation="none",
    source="chance",
    weights=_draws,
)
def random(samples: Samples) -> list[Tensor]:
    """Score each unit or weight by a draw from ``[0, 1)``: the baseline of [blalock2020]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    import torch

    draws = [
        [torch.rand(len(weight), generator=generator) for weight in samples.weights]
        for generator in samples.generators
    ]
    return [torch.stack(layer) for layer in zip(*draws, strict=True)]
