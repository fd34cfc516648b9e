"""Criteria made for networks before their training; they work at any checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from pruning.criteria.base import criterion
from pruning.criteria.settings import BatchNormStatistics, CriterionSettings

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.evidence.network import Evidence


def _unit_sums(scores: list[Tensor]) -> list[Tensor]:
    """What a unit's incoming weights come to together, as one set."""
    return [score.flatten(1).sum(dim=1)[None] for score in scores]


class SnipSettings(CriterionSettings):
    """How SNIP sees the network."""

    batch_norm: BatchNormStatistics = "eval"


def snip_weights(evidence: Evidence, settings: SnipSettings) -> list[Tensor]:
    """``|g * w|`` of every weight, ``g`` the gradient of the mean cross-entropy."""
    gradients = evidence.weight_gradients(batch_norm=settings.batch_norm)
    pairs = zip(evidence.weights, gradients, strict=True)
    return [(weight * gradient).abs() for weight, gradient in pairs]


@criterion(
    "snip",
    title="SNIP",
    description="How strongly the loss reacts to switching a connection off: |gradient × weight|.",
    papers=("lee2019",),
    normalisation="none",
    weights=snip_weights,
    requires=("weight_gradients",),
    settings=SnipSettings,
)
def snip(evidence: Evidence, settings: SnipSettings) -> list[Tensor]:
    """Score each weight by ``|g * w|`` [lee2019]_, each unit by the sum over its incoming weights.

    ``g`` is the gradient of the mean cross-entropy over the samples. The paper divides by the
    sum over the network, which ranks nothing differently.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(1, units)`` per layer.
    """
    return _unit_sums(snip_weights(evidence, settings))


class GraspSettings(CriterionSettings):
    """How GraSP sees the network."""

    before: ClassVar[dict[str, Any]] = {"temperature": 1.0}

    temperature: float = Field(
        200,
        gt=0,
        le=1e6,
        title="Temperature",
        description="What logits are divided by; 200 in the authors' code.",
    )
    batch_norm: BatchNormStatistics = "eval"


def grasp_weights(evidence: Evidence, settings: GraspSettings) -> list[Tensor]:
    """``w * Hg`` of every weight, ``H`` the Hessian of the mean cross-entropy."""
    products = evidence.hessian_products(settings.temperature, settings.batch_norm)
    return [weight * product for weight, product in zip(evidence.weights, products, strict=True)]


@criterion(
    "grasp",
    title="GraSP",
    description="How much the gradient would shrink without a weight: what is needed to go on "
    "learning stays.",
    papers=("wang2020",),
    normalisation="none",
    weights=grasp_weights,
    requires=("hessian_products",),
    settings=GraspSettings,
)
def grasp(evidence: Evidence, settings: GraspSettings) -> list[Tensor]:
    """Score each weight by ``w * Hg`` [wang2020]_, each unit by the sum over its incoming weights.

    ``g`` and ``H`` are gradient and Hessian of the mean cross-entropy by the weights of all
    linear and convolutional layers. Removing a weight changes the squared gradient by
    ``-2 w * Hg``, to first order. The paper calls ``-w * Hg`` the score and removes the highest:
    the weights without which the gradient grows most. Here that is the lowest ``w * Hg``, which may
    be negative. As in the authors' code the logits are divided by a temperature of 200 first, both
    for ``g`` and for ``H``: at 1 the few samples that an untrained network happens to get right
    decide, and what is kept learns worse than what chance keeps.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(1, units)`` per layer.
    """
    return _unit_sums(grasp_weights(evidence, settings))


def synflow_weights(evidence: Evidence) -> list[Tensor]:
    """The synaptic flow through every weight."""
    return evidence.synaptic_flow


@criterion(
    "synflow",
    title="SynFlow",
    description="How much of the flow from the inputs to the outputs passes through a weight, "
    "all weights taken as positive; looks at no samples.",
    papers=("tanaka2020",),
    normalisation="none",
    source="weights",
    weights=synflow_weights,
    requires=("synaptic_flow",),
    rounds=100,
)
def synflow(evidence: Evidence) -> list[Tensor]:
    """Score each weight by ``dR/d|w| * |w|``, each unit by the sum over its incoming weights.

    In [tanaka2020]_ ``R`` is the sum of the outputs of the network with the absolute values of all
    parameters for an input of ones. It is meant to be scored again in each of 100 rounds of an
    exponential schedule; in one round whole layers vanish. In double precision: ``R`` grows
    exponentially with depth.

    As in the authors' code, a batch norm keeps its running statistics (eval mode), and biases and
    buffers are taken by their absolute values, too.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(1, units)`` per layer, float64.
    """
    return _unit_sums(synflow_weights(evidence))
