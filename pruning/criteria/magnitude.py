"""Criteria that look at the weights alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.models.mlp import MLP


@criterion(
    "weight",
    title="Weight magnitude",
    description="The L1 norm of a unit's incoming weights; looks at no samples.",
    paper="Li et al., Pruning Filters for Efficient ConvNets, arXiv:1608.08710",
    normalisation="sum",
    uses_samples=False,
)
def weight(network: MLP, *_: object) -> list[Tensor]:
    """Score each unit by the L1 norm of its incoming weights [1]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(units,)`` per hidden layer.

    References
    ----------
    .. [1] H. Li et al., "Pruning Filters for Efficient ConvNets", arXiv:1608.08710.
    """
    return [layer.weight.detach().abs().sum(dim=1) for layer in network.hidden_layers]
