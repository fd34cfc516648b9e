"""Which network of a sweep an operating point is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from pruning.criteria.base import CriterionName
from pruning.experiments.base import ExperimentConfig
from pruning.experiments.fields import AsList, AsNumber, AsNumbers, Distinct, OrNone, Seed
from pruning.experiments.images.fields import LearningRate
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import Granularity

Share = Annotated[float, AsNumber, Field(ge=0, le=1)]


class PointFields(ExperimentConfig):
    """The point, what the sweep said of it, and how long it is fine-tuned from there."""

    sparsity: Annotated[float, AsNumber, Field(ge=0, lt=1)] = Field(
        0.8,
        title="Sparsity",
        description="One of the sweep's sparsities; 0: the dense network.",
        json_schema_extra={"group": "Operating point"},
    )
    accuracy: Annotated[Share | None, OrNone] = Field(
        None,
        title="Accuracy",
        description="The test accuracy that the sweep reported: a network with another is refused. "
        "Empty: not compared.",
        json_schema_extra={"group": "Operating point", "x-placeholder": "not compared"},
    )
    dense_accuracy: Annotated[Share | None, OrNone] = Field(
        None,
        title="Accuracy of the dense network",
        description="As the sweep reported it: it tells why a network is refused.",
        json_schema_extra={"group": "Operating point", "x-placeholder": "not compared"},
    )
    further_epochs: int = Field(
        0,
        ge=0,
        le=1000,
        title="Further epochs",
        description="Epochs of fine-tuning from the operating point, under its mask.",
        json_schema_extra={"group": "Operating point"},
    )
    further_learning_rate: Annotated[LearningRate | None, OrNone] = Field(
        None,
        title="Learning rate of further epochs",
        description="Constant. Empty: a tenth of the training's.",
        json_schema_extra={"group": "Operating point", "x-placeholder": "a tenth"},
    )


class OperatingPointConfig(SweepConfig, PointFields):
    """The settings of a sweep of one arm and one seed, and a point on its curve."""

    criteria: Annotated[list[CriterionName], AsList, Distinct] = Field(
        ["weight"],
        min_length=1,
        max_length=1,
        title="Criterion",
        description="What decided who went first.",
        json_schema_extra={"group": "Pruning"},
    )
    seeds: Annotated[list[Seed], AsNumbers, Distinct] = Field(
        [0],
        min_length=1,
        max_length=1,
        title="Seed",
        description="Of the training and the pruning.",
        json_schema_extra={"group": "Pruning", "x-format": "numbers"},
    )

    @property
    def point(self) -> tuple[str, Granularity]:
        """Criterion and granularity; with a control the point is on the control's curve."""
        return self.arms[-1]

    @model_validator(mode="after")
    def _is_one_point(self) -> OperatingPointConfig:
        if len(self.granularities) > 1 or (self.layer_shuffled and self.reinitialised):
            raise ValueError(
                "an operating point is on one curve: choose one granularity, and one "
                "control at most"
            )
        if self.sparsity not in self.sparsities:
            raise ValueError("choose one of the sweep's sparsities, to which it was pruned")
        return self
