"""Criteria that follow the gradient of the loss to the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from pruning.models.mlp import MLP


def sample_gradients(network: MLP, x: Tensor, y: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """Return the pre-activations and, sample by sample, the loss's gradient with respect to them.

    Samples do not see each other, so the gradient of the *summed* loss holds in each row what
    that sample's own loss would give.

    Returns
    -------
    tuple[list[Tensor], list[Tensor]]
        Per hidden layer ``a`` and ``dL/da``, each of shape ``(n, units)``.
    """
    import torch
    from torch.nn.functional import cross_entropy

    with torch.enable_grad():
        activations, logits = network.activations(x)
        loss = cross_entropy(logits, y, reduction="sum")
        gradients = torch.autograd.grad(loss, activations)
    return [activation.detach() for activation in activations], list(gradients)


@criterion(
    "grad",
    title="Gradient",
    description="How strongly the loss reacts to the unit, averaged over the reference samples.",
    paper="Sun et al., meProp, arXiv:1706.06197",
    normalisation="l2",
)
def grad(network: MLP, x: Tensor, y: Tensor, _: torch.Generator) -> list[Tensor]:
    """Score each unit by ``|mean over samples of dL/da|`` [1]_, L the cross-entropy.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(units,)`` per hidden layer.

    References
    ----------
    .. [1] X. Sun et al., "meProp: Sparsified Back Propagation for Accelerated Deep Learning with
       Reduced Overfitting", arXiv:1706.06197.
    """
    gradients = sample_gradients(network, x, y)[1]
    return [gradient.mean(dim=0).abs() for gradient in gradients]


@criterion(
    "taylor",
    title="Taylor expansion",
    description="How much the loss would change without the unit, to first order.",
    paper="Molchanov et al., Pruning CNNs for Resource Efficient Inference, arXiv:1611.06440",
    normalisation="l2",
)
def taylor(network: MLP, x: Tensor, y: Tensor, _: torch.Generator) -> list[Tensor]:
    """Score each unit by ``|mean over samples of a * dL/da|``: the mean first, then abs [1]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(units,)`` per hidden layer.

    References
    ----------
    .. [1] P. Molchanov et al., "Pruning Convolutional Neural Networks for Resource Efficient
       Inference", arXiv:1611.06440.
    """
    activations, gradients = sample_gradients(network, x, y)
    pairs = zip(activations, gradients, strict=True)
    return [(activation * gradient).mean(dim=0).abs() for activation, gradient in pairs]
