"""Criteria that explain the network's decision and keep the units that carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor, nn

    from pruning.toy.samples import ReferenceSamples

STABILISER = 1e-9


def z_plus(layer: nn.Linear, x: Tensor, relevance: Tensor) -> Tensor:
    """Hand the relevance of a layer's outputs down to its inputs by the z+ rule [1]_.

    Parameters
    ----------
    layer
        Only its positive weights count; its bias does not.
    x
        The layer's inputs, shape ``(…, inputs)``.
    relevance
        Of its outputs, shape ``(…, outputs)``.

    Returns
    -------
    Tensor
        ``x * W+ᵀ (relevance / (W+ x + 1e-9))``, shape ``(…, inputs)``.

    References
    ----------
    .. [1] G. Montavon et al., "Explaining nonlinear classification decisions with deep Taylor
       decomposition", Pattern Recognition 65, 2017.
    """
    positive = layer.weight.clamp(min=0)
    return x * ((relevance / (x @ positive.T + STABILISER)) @ positive)


def sample_relevances(samples: ReferenceSamples) -> list[Tensor]:
    """Return each sample's relevance at each unit, one ``(sets, n, units)`` per hidden layer.

    Relevance starts as the logit of the sample's own class, all others zero.
    """
    import torch
    from torch.nn.functional import relu

    network = samples.network
    with torch.inference_mode():
        relevance = samples.logits * samples.targets
        relevances = []
        layers = [*network.hidden_layers[1:], network.output]
        for index, layer in reversed(list(enumerate(layers))):
            inputs = samples.activations[index]
            inputs = relu(inputs) if network.rectified(index) else inputs
            relevance = z_plus(layer, inputs, relevance)
            relevances.append(relevance)
    return relevances[::-1]


@criterion(
    "lrp",
    title="Layer-wise relevance",
    description="How much of the decision for the right class passed through the unit (LRP, z+).",
    paper="Yeom et al., Pruning by Explaining, arXiv:1912.08881",
    normalisation="sum",
)
def lrp(samples: ReferenceSamples) -> list[Tensor]:
    """Score each unit by its relevance, summed over samples, z+ rule in every layer [1]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per hidden layer.

    References
    ----------
    .. [1] S.-K. Yeom et al., "Pruning by Explaining: A Novel Criterion for Deep Neural Network
       Pruning", arXiv:1912.08881.
    """
    return [relevance.sum(dim=1) for relevance in sample_relevances(samples)]
