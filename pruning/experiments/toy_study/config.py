"""The settings of a toy study."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from pruning.criteria.base import ToyCriterionName
from pruning.data.base import DatasetName, datasets
from pruning.experiments.brought_points import removed_dataset, too_many_references
from pruning.experiments.criterion_settings import CriterionSettingsField, HasCriterionSettings
from pruning.experiments.fields import (
    Ascending,
    AsList,
    AsNumber,
    AsNumbers,
    Distinct,
    Seed,
    Share,
    Width,
    refused,
    titled,
)
from pruning.toy.settings import TrainingName

PRUNINGS_LIMIT = 50_000
SAMPLES_LIMIT = 1_000_000
VALUES_LIMIT = 16_000_000
COMPARISONS_LIMIT = 2_500_000

Scenario = Literal["train", "test"]

Training = Annotated[TrainingName, titled(quick="Quick", published="As published")]
SampleCount = Annotated[int, Field(ge=1, le=1000)]
TESTS: list[JsonValue] = [
    {
        "name": "reference",
        "title": "Reference samples",
        "description": "The points that the criteria looked at.",
    },
    {
        "name": "noisy",
        "title": "Noisy test",
        "description": "500 fresh points per class, moved by additive gaussian noise.",
    },
]


class ToyStudyConfig(HasCriterionSettings):
    """The settings of one study; the defaults are the published ones but for the training."""

    datasets: Annotated[list[DatasetName], AsList, Distinct] = Field(
        ["moon", "circle", "mult"],
        min_length=1,
        title="Datasets",
        description="Which points the networks learn to tell apart, one network for each.",
        json_schema_extra={"group": "What to compare", "x-bring": "points"},
    )
    criteria: Annotated[list[ToyCriterionName], AsList, Distinct] = Field(
        ["weight", "grad", "taylor", "lrp"],
        min_length=1,
        title="Criteria",
        description="What scores the hidden units.",
        json_schema_extra={"group": "What to compare"},
    )
    criterion_settings: CriterionSettingsField = Field({})
    reference_samples: Annotated[list[SampleCount], AsNumbers, Ascending] = Field(
        [1, 2, 5, 10, 20, 50, 100, 200],
        min_length=1,
        max_length=20,
        title="Reference samples",
        description="How many points per class the criteria look at: numbers from 1 to 1000 and "
        "ranges start:stop:step, with commas between them.",
        json_schema_extra={"group": "What to compare", "x-format": "numbers"},
    )
    seeds: int = Field(
        50,
        ge=1,
        le=1000,
        title="Seeds",
        description="How many times reference samples are drawn: mean and band are over these.",
        json_schema_extra={"group": "What to compare"},
    )
    fraction: Annotated[Share, AsNumber] = Field(
        1 / 3,
        title="Fraction removed",
        description="The share of all hidden units that goes, from 0 to 0.99.",
        json_schema_extra={"group": "Pruning", "x-format": "fraction"},
    )
    test: Literal["reference", "noisy"] = Field(
        "reference",
        title="Test set",
        description="What pruned networks are tested on beside the training set.",
        json_schema_extra={"group": "Pruning", "x-choices": TESTS},
    )
    noise_sigma: float = Field(
        0.1,
        ge=0,
        le=2,
        title="Noise of the noisy test",
        description="Standard deviation of the noise in both coordinates; published: 0.01, 0.1 "
        "and 0.3. Without effect on reference samples.",
        json_schema_extra={"group": "Pruning"},
    )
    ranks: bool = Field(
        False,
        title="Rank analysis",
        description="Compare the rankings of all hidden units across seeds, criteria and numbers "
        "of reference samples; takes about three times as long.",
        json_schema_extra={"group": "Ranks"},
    )
    hidden: Annotated[list[Width], AsNumbers] = Field(
        [1000, 1000, 1000],
        min_length=1,
        max_length=5,
        title="Hidden layers",
        description="How many units each hidden layer has, from the input on.",
        json_schema_extra={"group": "Network", "x-format": "numbers"},
    )
    training: Training = Field(
        "quick",
        title="Training",
        description="How long the networks are trained. Quick: 1,500 minibatches, a quarter of a "
        "minute for a network of the published size on two cores. As published: 10,000 steps on "
        "all points, about ten minutes with two classes and twenty with four, once for each "
        "dataset and training seed. What gradient and Taylor expansion reach depends on it.",
        json_schema_extra={"group": "Network"},
    )
    train_seed: Seed = Field(
        0,
        title="Training seed",
        description="Seed of the training points, the initial weights and the training.",
        json_schema_extra={"group": "Network"},
    )

    def check_files(self) -> None:
        """The points, if somebody has brought them."""
        super().check_files()
        found = {
            "datasets": removed_dataset(self.datasets),
            "reference_samples": too_many_references(self.datasets, max(self.reference_samples)),
        }
        if messages := {name: message for name, message in found.items() if message}:
            raise refused(messages)

    @property
    def units(self) -> int:
        """How many hidden units a network has."""
        return sum(self.hidden)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for size, limit, what in _sizes(self):
            if size > limit:
                much = f"{size:,} {what}, at most {limit:,}"
                raise ValueError(f"the grid is too large: {much}; take fewer of these")
        return self

    @model_validator(mode="after")
    def _has_pairs(self) -> Self:
        if self.ranks and max(len(self.criteria), len(self.reference_samples), self.seeds) == 1:
            raise ValueError(
                "the rank analysis has nothing to compare: take at least two seeds, criteria or "
                "numbers of reference samples"
            )
        return self


def _sizes(config: ToyStudyConfig) -> Iterator[tuple[int, int, str]]:
    """What the grid comes to, the limit of that, and what it counts."""
    counts, seeds = config.reference_samples, config.seeds
    classes = [datasets[name].classes for name in config.datasets]
    yield (
        len(classes) * len(config.criteria) * len(counts) * seeds,
        PRUNINGS_LIMIT,
        "prunings (datasets × criteria × sample counts × seeds)",
    )
    yield (
        sum(classes) * sum(counts) * seeds,
        SAMPLES_LIMIT,
        "reference samples (classes × samples per class × seeds)",
    )
    yield (
        max(classes) * max(counts) * config.units,
        VALUES_LIMIT,
        "values in one set of reference samples (classes × samples per class × hidden units)",
    )
    if config.ranks:
        groups = len(config.criteria) * len(counts)
        pairs = groups * (len(config.criteria) + len(counts)) // 2
        yield (
            len(classes) * pairs * seeds**2,
            COMPARISONS_LIMIT,
            "comparisons of rankings (pairs of criteria and of sample counts × pairs of seeds)",
        )
