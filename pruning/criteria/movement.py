"""A criterion that watches where fine-tuning moves the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from pruning.criteria.base import weight_criterion
from pruning.criteria.settings import CriterionSettings

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.evidence.network import Evidence


class MovementSettings(CriterionSettings):
    """The fine-tuning that is watched."""

    steps: int = Field(
        100,
        ge=1,
        le=10_000,
        title="Steps",
        description="How many steps of fine-tuning are watched.",
    )
    batch_size: int = Field(
        32,
        ge=1,
        le=5000,
        title="Minibatch",
        description="Reference samples per step; they are taken in turn.",
    )
    learning_rate: float = Field(
        0.01,
        gt=0,
        le=10,
        title="Learning rate",
        description="Of these steps, by plain gradient descent.",
    )


@weight_criterion(
    "movement",
    title="Movement",
    description="Whether fine-tuning moves a weight away from zero or towards it.",
    papers=("sanh2020",),
    requires=("weight_gradients",),
    settings=MovementSettings,
)
def movement(evidence: Evidence, settings: MovementSettings) -> list[Tensor]:
    """Score each weight by ``-Σ g * w`` over steps of fine-tuning [sanh2020]_.

    ``g`` is the gradient of a minibatch's mean cross-entropy at that step. Where ``g`` and ``w``
    have different signs the step moves the weight away from zero, and it is to stay. The copy of
    the network that is fine-tuned keeps its biases and batch norms.

    Returns
    -------
    list[Tensor]
        In the shapes of the layers' weights, of either sign.
    """
    return evidence.movements(settings.steps, settings.batch_size, settings.learning_rate)
