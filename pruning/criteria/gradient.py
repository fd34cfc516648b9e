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
    paper="Sun et al., meProp, arXiv:1706.06197",
    papers=("sun2017",),
    normalisation="l2",
)
def grad(samples: Samples) -> list[Tensor]:
    """Score each unit by ``|mean over samples of dL/da|`` [1]_, L the cross-entropy.

    In a convolution ``dL/da`` is summed over positions: the same bias moves them all.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.

    References
    ----------
    .. [1] X. Sun et al., "meProp: Sparsified Back Propagation for Accelerated Deep Learning with
       Reduced Overfitting", arXiv:1706.06197.
    """
    return [gradient.mean(dim=1).abs() for gradient in samples.gradients]


@criterion(
    "taylor",
    title="Taylor expansion",
    description="How much the loss would change without the unit, to first order.",
    paper="Molchanov et al., Pruning CNNs for Resource Efficient Inference, arXiv:1611.06440",
    papers=("molchanov2017",),
    normalisation="l2",
)
def taylor(samples: Samples) -> list[Tensor]:
    """Score each unit by ``|mean over samples of a * dL/da|``: the mean first, then abs [1]_.

    In a convolution ``a * dL/da`` is summed over positions.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.

    References
    ----------
    .. [1] P. Molchanov et al., "Pruning Convolutional Neural Networks for Resource Efficient
       Inference", arXiv:1611.06440.
    """
    return [product.mean(dim=1).abs() for product in samples.products]


@criterion(
    "fisher",
    title="Fisher information",
    description="How much the loss would change without the unit, to second order, by the "
    "squared gradients of the reference samples.",
    paper="Theis et al., Faster Gaze Prediction with Dense Networks and Fisher Pruning, "
    "arXiv:1801.05787",
    papers=("theis2018",),
    normalisation="none",
)
def fisher(samples: Samples) -> list[Tensor]:
    """Score each unit by ``1/2 mean over samples of (a * dL/da)²`` [1]_.

    In a convolution ``a * dL/da`` is summed over positions, then squared. It estimates a change
    of the loss, so layers compare as they are. Without the half it is the squared score of [2]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.

    References
    ----------
    .. [1] L. Theis et al., "Faster Gaze Prediction with Dense Networks and Fisher Pruning",
       arXiv:1801.05787.
    .. [2] P. Molchanov et al., "Importance Estimation for Neural Network Pruning",
       arXiv:1906.10771.
    """
    return [product.square().mean(dim=1) / 2 for product in samples.products]
