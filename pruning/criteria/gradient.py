"""Criteria that follow the gradient of the loss to the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.base import Samples


@criterion(
    "grad",
    title="Gradient",
    description="How strongly the loss reacts to the unit, averaged over the reference samples.",
    papers=("sun2017",),
    normalisation="l2",
)
def grad(samples: Samples) -> list[Tensor]:
    """Score each unit by ``|mean over samples of dL/da|`` [sun2017]_, L the cross-entropy.

    In a convolution ``dL/da`` is summed over positions: the same bias moves them all.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return [gradient.mean(dim=1).abs() for gradient in samples.gradients]


@criterion(
    "taylor",
    title="Taylor expansion",
    description="How much the loss over all reference samples together would change without the "
    "unit, to first order.",
    papers=("yeom2021",),
    normalisation="l2",
    places=("toy",),
)
def taylor(samples: Samples) -> list[Tensor]:
    """Score each unit by ``|mean over samples of a * dL/da|``: the mean first, then abs.

    From [yeom2021]_. At a minimum of the loss the mean vanishes whatever the unit does: trained
    networks are better served by ``taylor_abs``. In a convolution ``a * dL/da`` is summed over
    positions.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return [product.mean(dim=1).abs() for product in samples.products]


@criterion(
    "taylor_abs",
    title="Taylor expansion per sample",
    description="How much the loss of a reference sample would change without the unit, to first "
    "order, up or down.",
    papers=("molchanov2017",),
    normalisation="l2",
)
def taylor_abs(samples: Samples) -> list[Tensor]:
    """Score each unit by ``mean over samples of |a * dL/da|`` [molchanov2017]_.

    In a convolution ``a * dL/da`` is averaged over positions before the abs, as in the paper's
    equation 8; the layer's L2 norm takes their number out, so that they are summed here.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return [product.abs().mean(dim=1) for product in samples.products]


@criterion(
    "fisher",
    title="Fisher information",
    description="How much the loss would change without the unit, to second order, by the "
    "squared gradients of the reference samples.",
    papers=("theis2018",),
    normalisation="none",
)
def fisher(samples: Samples) -> list[Tensor]:
    """Score each unit by ``1/2 mean over samples of (a * dL/da)²`` [theis2018]_.

    In a convolution ``a * dL/da`` is summed over positions, then squared. It estimates a change
    of the loss, so layers compare as they are.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return [product.square().mean(dim=1) / 2 for product in samples.products]
