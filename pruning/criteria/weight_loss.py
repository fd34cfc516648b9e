"""Criteria that estimate what the loss would do without a weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import Field

from pruning.criteria.base import criterion, weight_criterion
from pruning.criteria.settings import CriterionSettings

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.evidence.network import Evidence


class TaylorWeightSettings(CriterionSettings):
    """Over what the gradients are taken."""

    batch_size: int = Field(
        32,
        ge=1,
        le=5000,
        title="Minibatch",
        description="Each gradient is that of the mean loss of so many reference samples.",
    )


def taylor_weights(evidence: Evidence, settings: TaylorWeightSettings) -> list[Tensor]:
    """``(g * w)²`` of every weight, mean over minibatches."""
    return _mean(evidence, settings.batch_size, lambda w, g: (w * g).square())


@criterion(
    "taylor_weight",
    title="Taylor expansion of weights",
    description="How much the loss would change without a weight, or without all incoming weights "
    "of a unit, to first order, squared.",
    papers=("molchanov2019",),
    normalisation="none",
    weights=taylor_weights,
    requires=("weight_gradients",),
    settings=TaylorWeightSettings,
)
def taylor_weight(evidence: Evidence, settings: TaylorWeightSettings) -> list[Tensor]:
    """Score each weight by ``(g * w)²``, each unit by ``(Σ g * w)²`` over its incoming weights.

    From [molchanov2019]_: ``g`` is the gradient of the mean cross-entropy of a
    minibatch, and the squares are averaged over minibatches. They estimate a change of the loss,
    so layers compare as they are.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(1, units)`` per layer.
    """
    size = settings.batch_size
    squares = _mean(evidence, size, lambda w, g: (w * g).flatten(1).sum(dim=1).square())
    return [score[None] for score in squares]


@weight_criterion(
    "obd",
    title="Optimal brain damage",
    description="How much the loss would change without a weight, to second order, with the "
    "squared gradients of the reference samples as curvature.",
    papers=("lecun1990",),
    requires=("weight_gradients",),
)
def obd(evidence: Evidence) -> list[Tensor]:
    """Score each weight by ``1/2 w² * mean over samples of g²``.

    In [lecun1990]_ the curvature is the diagonal of the Hessian; here that of the empirical Fisher
    information, as in [theis2018]_, which needs first derivatives alone and equals it in
    expectation where the network's probabilities are right. ``g`` is a sample's own gradient.

    Returns
    -------
    list[Tensor]
        In the shapes of the layers' weights.
    """
    return _mean(evidence, 1, lambda w, g: (w * g).square() / 2)


def _mean(evidence: Evidence, size: int, of: Callable[[Tensor, Tensor], Tensor]) -> list[Tensor]:
    """The mean over minibatches of what is made of a layer's weights and their gradient."""
    weights, count = evidence.weights, 0
    total: list[Tensor] = []
    for gradients in evidence.minibatch_gradients(size):
        found = [of(weight, gradient) for weight, gradient in zip(weights, gradients, strict=True)]
        total = [a.add_(b) for a, b in zip(total, found, strict=True)] if count else found
        count += 1
    return [each / count for each in total]
