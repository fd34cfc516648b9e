"""Criteria that look at what the units hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.base import Samples


@criterion(
    "activation_mean",
    title="Mean activation",
    description="How much the unit hands on behind its ReLU, averaged over the reference samples; "
    "the absolute value where no ReLU follows.",
    papers=("molchanov2017",),
    normalisation="l2",
)
def activation_mean(samples: Samples) -> list[Tensor]:
    """Score each unit by ``mean |o|``, ``o`` what it hands on, over samples and positions.

    From [molchanov2017]_, section 2.2. Behind a ReLU ``o`` has no sign to lose.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return [output.mean(dim=1) for output in samples.outputs]


@criterion(
    "apoz",
    title="Average percentage of zeros",
    description="How often the unit's ReLU lets something through; where no ReLU follows, how "
    "often one would.",
    papers=("hu2016",),
    normalisation="none",
)
def apoz(samples: Samples) -> list[Tensor]:
    """Score each unit by ``1 - APoZ``, APoZ the share of zeros behind its ReLU [hu2016]_.

    The paper removes the units of the highest APoZ; here the lowest score goes first. Shares
    compare between layers as they are. A layer without a ReLU behind it hands on next to no
    zeros: its values at or below zero are counted, as if one followed.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer, values from 0 to 1.
    """
    return [1 - zero.mean(dim=1) for zero in samples.zeros]
