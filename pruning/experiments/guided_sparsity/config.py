"""The settings of a run of guided sparsity."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import ceil
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pruning.data.image_base import image_datasets
from pruning.experiments.base import ExperimentConfig
from pruning.experiments.fields import (
    Ascending,
    AsList,
    AsNumbers,
    Distinct,
    Names,
    NotTiny,
    OrEmpty,
    OrNone,
    Seed,
    refused,
    titled,
)
from pruning.experiments.guided_sparsity.entrants import ARMS, ArmName, Entrant, entrants
from pruning.experiments.images.fields import (
    LatencyBatch,
    LearningFields,
    NetworkFields,
    misnamed_layers,
)
from pruning.experiments.images.steps import steps_per_epoch
from pruning.initial_weights.base import INITIAL, InitialWeightsName
from pruning.training.optimisers import Training

Arm = Annotated[ArmName, titled(**ARMS)]
LassoStep = Annotated[
    Literal["subgradient", "proximal"], titled(subgradient="Subgradient", proximal="Proximal")
]
Level = Annotated[float, Field(gt=0, lt=1), NotTiny]
Coefficient = Annotated[float, Field(gt=0, le=100)]
Coefficients = Annotated[
    list[Coefficient], AsNumbers, Ascending, Field(min_length=1, max_length=30)
]

MOST_MOMENTS = 400
MOST_ENTRANTS = 60


class ArmFields(ExperimentConfig):
    """Which penalties are held against each other, and how strong they are."""

    arms: Annotated[list[Arm], AsList, Distinct] = Field(
        ["none", "l1", "group_lasso", "group_lasso_variance"],
        min_length=1,
        title="Arms",
        description="Networks of each are trained side by side: without a penalty; with L1, which "
        "takes single weights; with group lasso, which takes whole units; and with a second term "
        "beside that, which rewards that some units keep much.",
        json_schema_extra={"group": "Penalties"},
    )
    l1: Coefficients = Field(
        [1e-4],
        title="L1 coefficients",
        description="Times the sum of |w|, in the loss. Of several, each is an entrant.",
        json_schema_extra={"group": "Penalties", "x-format": "numbers"},
    )
    lasso: Coefficients = Field(
        [0.002, 0.005],
        title="Group lasso coefficients",
        description="Times the sum over all units of the L2 norm of their weights.",
        json_schema_extra={"group": "Penalties", "x-format": "numbers"},
    )
    variance: Coefficients = Field(
        [0.01],
        title="Variance coefficients",
        description="Times the sum over all layers of 1 / variance of the units' energies, their "
        "squared norms. Each beside each coefficient of group lasso.",
        json_schema_extra={"group": "Penalties", "x-format": "numbers"},
    )
    lasso_step: LassoStep = Field(
        "subgradient",
        title="Group lasso by",
        description="As published, its subgradient beside the gradient of the loss: units come "
        "close to zero. Or a proximal step behind each step of the optimizer: units become exactly "
        "zero.",
        json_schema_extra={"group": "Penalties"},
    )
    spared: Annotated[Names, OrEmpty, AsList, Distinct] = Field(
        [],
        title="Layers without penalties",
        description="Layers whose weights are left alone: their names, or first and output. "
        "Empty, as published: none.",
        json_schema_extra={"group": "Penalties", "x-placeholder": "none", "x-layers": True},
    )


class RaceFields(ExperimentConfig):
    """How long the race is, and how often it is looked at."""

    threshold: float = Field(
        0.001,
        ge=0,
        lt=1,
        title="Threshold",
        description="Weights smaller than this count as zero, and are set to zero, where networks "
        "are evaluated and at the end. 0: exact zeros alone, as a proximal step makes them.",
        json_schema_extra={"group": "Evaluation"},
    )
    evaluate_every: int = Field(
        50,
        ge=1,
        le=100_000,
        title="Evaluate every",
        description="So many steps of training, and at the end.",
        json_schema_extra={"group": "Evaluation"},
    )
    levels: Annotated[list[Level], AsNumbers, Ascending] = Field(
        [0.8, 0.9, 0.95, 0.98],
        min_length=1,
        max_length=20,
        title="Sparsities compared",
        description="Shares of all weights that are zero, at which arms are held against each "
        "other: numbers and ranges start:stop:step, with commas between them.",
        json_schema_extra={"group": "Evaluation", "x-format": "numbers"},
    )
    seeds: Annotated[list[Seed], AsNumbers, Distinct] = Field(
        [0, 1, 2],
        min_length=1,
        max_length=50,
        title="Seeds",
        description="A race for each; curves show the mean and a band of one standard deviation.",
        json_schema_extra={"group": "Evaluation", "x-format": "numbers"},
    )
    latency_batch: LatencyBatch = Field(64, json_schema_extra={"group": "Evaluation"})
    steps: Annotated[Annotated[int, Field(ge=1, le=10_000_000)] | None, OrNone] = Field(
        None,
        title="Steps",
        description="End training after so many, however many epochs these are. Empty: the epochs "
        "decide.",
        json_schema_extra={"group": "Training", "x-placeholder": "by epochs"},
    )


# The form shows the fields of the last base first.
class GuidedSparsityConfig(LearningFields, RaceFields, ArmFields, NetworkFields):
    """The settings of one run."""

    start: InitialWeightsName = Field(
        INITIAL,
        title="Start from",
        description="Initial weights, which the seed draws; or those of a network that was trained "
        "here before, or of a safetensors file in the folder weights of the data directory.",
        json_schema_extra={"group": "Training"},
    )
    validation: float = Field(
        0.15,
        ge=0,
        le=0.5,
        title="Validation share",
        description="The share of training images held out, to choose by: which moment, and which "
        "coefficients, stand for an arm at a sparsity. 0: they are chosen on the test set.",
        json_schema_extra={"group": "Training"},
    )

    @cached_property
    def entrants(self) -> list[Entrant]:
        """All networks of a race."""
        return [
            entrant
            for arm in self.arms
            for entrant in entrants(arm, self.l1, self.lasso, self.variance)
        ]

    @property
    def total_steps(self) -> int:
        """Of one training."""
        return self.steps or self.epochs * (steps_per_epoch(self) or 0)

    @property
    def moments(self) -> list[int]:
        """The steps after which networks are evaluated, from the start to the end."""
        return [*range(0, self.total_steps, self.evaluate_every), self.total_steps]

    def penalties_of(self, entrant: Entrant) -> dict[str, float]:
        """What an entrant is penalised by: names of penalties, and their factors."""
        lasso = "group_lasso" + ("_proximal" if self.lasso_step == "proximal" else "")
        asked = {"l1": entrant.l1, lasso: entrant.lasso, "group_variance": entrant.variance}
        return {name: factor for name, factor in asked.items() if factor}

    def training(self, seed: int) -> Training:
        """How a network is trained, but for its penalties."""
        each = steps_per_epoch(self)
        return Training(
            epochs=ceil(self.total_steps / each) if each else self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            optimizer=self.optimizer,
            learning_rate_schedule=self.learning_rate_schedule,
            weight_decay=self.weight_decay,
            augment=self.augment,
            keep="last",
            seed=seed,
            precision=self.precision,
            spared=tuple(self.spared),
            steps=self.total_steps,
        )

    @property
    def named_layers(self) -> dict[str, list[str]]:
        """The names of layers that people have written, by the field."""
        return {"spared": self.spared}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if misfits := dict(self._misfits()):
            raise refused(misfits)
        return self

    def _misfits(self) -> Iterator[tuple[str, str]]:
        if told := misnamed_layers(self.model, self.spared):
            yield "spared", told
        dataset = image_datasets[self.dataset]
        if dataset.counts is None:
            # What is missing is told where files are checked.
            if not dataset.missing:
                yield "dataset", f"{dataset.title} does not say how many images it has: no steps"
            return
        if not self.total_steps:
            yield "epochs", "0 epochs have no steps: give at least 1, or a number of steps"
        elif len(self.moments) > MOST_MOMENTS:
            yield (
                "evaluate_every",
                f"{self.total_steps:,} steps would be looked at {len(self.moments):,} times: "
                f"evaluate every {ceil(self.total_steps / (MOST_MOMENTS - 2)):,} steps or more",
            )
        if len(self.entrants) > MOST_ENTRANTS:
            yield (
                "lasso",
                f"{len(self.entrants):,} networks would race for each seed, at most "
                f"{MOST_ENTRANTS} can: give fewer coefficients",
            )
