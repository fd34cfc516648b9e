"""The fields of MINT's settings: what is scored, and what goes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

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
    titled,
)
from pruning.experiments.images.fields import LatencyBatch, LearningRate
from pruning.experiments.mint.per_layer import group_counts, limits

VariantName = Literal["mint", "mint_as_published", "chance", "magnitude"]
VARIANTS: dict[VariantName, str] = {
    "mint": "MINT",
    "mint_as_published": "MINT as in its code",
    "chance": "Blocks by chance",
    "magnitude": "Block magnitude",
}
Variant = Annotated[VariantName, titled(**VARIANTS)]
PercentOf = Annotated[
    Literal["weights", "scores"], titled(weights="Weights", scores="Distinct scores")
]
Percentage = Annotated[float, Field(gt=0, lt=100), NotTiny]
GroupCount = Annotated[int, Field(ge=1, le=1000)]
SampleCount = Annotated[int, Field(ge=1, le=10_000)]


def _of_groups(texts: list[str]) -> list[str]:
    group_counts(texts)
    return texts


def _of_limits(texts: list[str]) -> list[str]:
    limits(texts)
    return texts


class ScoreFields(ExperimentConfig):
    """Between what information is estimated, and from which samples."""

    groups: Annotated[list[GroupCount], AsNumbers, Distinct] = Field(
        [10],
        min_length=1,
        max_length=10,
        title="Groups",
        description="Into how many groups of consecutive units (neurons, filters) a layer is "
        "divided; the weights between two groups, a block, go together. Of several numbers the "
        "first is studied, and each of the others is held against it in a table.",
        json_schema_extra={"group": "Scores", "x-format": "numbers"},
    )
    parent_groups: Annotated[GroupCount | None, OrNone] = Field(
        None,
        title="Groups of parents",
        description="The same for what a layer reads, its parents. Empty: as many as its own.",
        json_schema_extra={"group": "Scores", "x-placeholder": "as many"},
    )
    layer_groups: Annotated[Names, OrEmpty, AsList, Distinct, AfterValidator(_of_groups)] = Field(
        [],
        title="Groups of single layers",
        description="Where a layer has other numbers: LAYER=GROUPS or, children first, "
        "LAYER=CHILDRENxPARENTS, with commas between them.",
        json_schema_extra={"group": "Scores", "x-placeholder": "all alike"},
    )
    samples_per_class: Annotated[list[SampleCount], AsNumbers, Distinct] = Field(
        [100],
        min_length=1,
        max_length=10,
        title="Samples per class",
        description="How many training images of each class information is estimated from. Of "
        "several numbers the first is studied, and each of the others is held against it in a "
        "table.",
        json_schema_extra={"group": "Scores", "x-format": "numbers"},
    )
    second_draw: bool = Field(
        True,
        title="Second draw of samples",
        description="Score everything from a second draw of samples, too: how much of the scores "
        "is signal?",
        json_schema_extra={"group": "Scores"},
    )
    permuted: bool = Field(
        True,
        title="Permuted samples",
        description="Score samples whose children belong to other images, too: what scores are "
        "where there is no information.",
        json_schema_extra={"group": "Scores"},
    )


class PruneFields(ExperimentConfig):
    """What goes, and how the network is trained again."""

    variants: Annotated[list[Variant], AsList, Distinct] = Field(
        ["mint", "magnitude", "chance"],
        min_length=1,
        title="Variants",
        description="What decides which blocks go: the least information (MINT), the same as the "
        "published code computes it, chance, or the smallest weights. The last two take as many "
        "weights of each layer as MINT would.",
        json_schema_extra={"group": "Pruning"},
    )
    prune_layers: Annotated[Names, OrEmpty, AsList, Distinct] = Field(
        [],
        title="Layers to prune",
        description="Names of layers; the others stay whole, and are scored all the same. Empty: "
        "all.",
        json_schema_extra={"group": "Pruning", "x-placeholder": "all", "x-layers": True},
    )
    compared_layers: Annotated[Names, OrEmpty, AsList, Distinct] = Field(
        [],
        title="Layers compared",
        description="Whose weights the shares in figures are shares of. Empty: the layers that are "
        "pruned.",
        json_schema_extra={"group": "Pruning", "x-placeholder": "the pruned", "x-layers": True},
    )
    percentages: Annotated[list[Percentage], AsNumbers, Ascending] = Field(
        [50, 75, 90],
        min_length=1,
        max_length=50,
        title="Percentages (%)",
        description="How much goes, in per cent: 50 is half. Numbers and ranges start:stop:step, "
        "with commas between them.",
        json_schema_extra={"group": "Pruning", "x-format": "numbers"},
    )
    percent_of: PercentOf = Field(
        "weights",
        title="Percentages of",
        description="Weights of the layers that are pruned; or, as published, of the distinct "
        "scores, of which there are few: then the share of weights is another, which the table "
        "tells.",
        json_schema_extra={"group": "Pruning"},
    )
    upper_limit: float = Field(
        0.95,
        gt=0,
        le=1,
        title="Upper limit (share)",
        description="A layer loses at most this share of its weights, besides those of units that "
        "are dead without them; others then lose more. From 0 to 1, not in per cent: 0.95 is 95 %.",
        json_schema_extra={"group": "Pruning"},
    )
    layer_limits: Annotated[Names, OrEmpty, AsList, Distinct, AfterValidator(_of_limits)] = Field(
        [],
        title="Upper limits of single layers (shares)",
        description="Where a layer has another: LAYER=SHARE, with commas between them; "
        "fc2=0.97 leaves fc2 at least 3 % of its weights.",
        json_schema_extra={"group": "Pruning", "x-placeholder": "all alike"},
    )
    retrain_epochs: int = Field(
        5,
        ge=0,
        le=1000,
        title="Retraining",
        description="Epochs of training under the mask, for each percentage of each variant.",
        json_schema_extra={"group": "Pruning"},
    )
    retrain_learning_rate: Annotated[LearningRate | None, OrNone] = Field(
        None,
        title="Retraining learning rate",
        description="Empty: that of the training. It goes along the same schedule.",
        json_schema_extra={"group": "Pruning", "x-placeholder": "the training's"},
    )
    seeds: Annotated[list[Seed], AsNumbers, Distinct] = Field(
        [0],
        min_length=1,
        max_length=50,
        title="Seeds",
        description="One network is trained, scored and pruned for each.",
        json_schema_extra={"group": "Pruning", "x-format": "numbers"},
    )
    latency_batch: LatencyBatch = Field(64, json_schema_extra={"group": "Pruning"})
