"""Criteria that look at the weights alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.toy.samples import ReferenceSamples


@criterion(
    "weight",
    title="Weight magnitude",
    description="The L1 norm of a unit's incoming weights; looks at no samples.",
    paper="Li et al., Pruning Filters for Efficient ConvNets, arXiv:1608.08710",
    normalisation="sum",
    source="weights",
)
def weight(samples: ReferenceSamples) -> list[Tensor]:
    """Score each unit by the L1 norm of its incoming weights [1]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per hidden layer; every set scores alike.

    References
    ----------
    .. [1] H. Li et al., "Pruning Filters for Efficient ConvNets", arXiv:1608.08710.
    """
    norms = [layer.weight.detach().abs().sum(dim=1) for layer in samples.network.hidden_layers]
    return [norm.expand(len(samples.x), -1) for norm in norms]
