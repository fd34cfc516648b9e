"""Criteria that follow the gradient of the loss to the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.toy.samples import ReferenceSamples


@criterion(
    "grad",
    title="Gradient",
    description="How strongly the loss reacts to the unit, averaged over the reference samples.",
    paper="Sun et al., meProp, arXiv:1706.06197",
    normalisation="l2",
)
def grad(samples: ReferenceSamples) -> list[Tensor]:
    """Score each unit by ``|mean over samples of dL/da|`` [1]_, L the cross-entropy.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per hidden layer.

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
    normalisation="l2",
)
def taylor(samples: ReferenceSamples) -> list[Tensor]:
    """Score each unit by ``|mean over samples of a * dL/da|``: the mean first, then abs [1]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per hidden layer.

    References
    ----------
    .. [1] P. Molchanov et al., "Pruning Convolutional Neural Networks for Resource Efficient
       Inference", arXiv:1611.06440.
    """
    pairs = zip(samples.activations, samples.gradients, strict=True)
    return [(activation * gradient).mean(dim=1).abs() for activation, gradient in pairs]
