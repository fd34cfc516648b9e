"""The settings of a sweep."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from pruning.criteria.base import CriterionName, criteria
from pruning.experiments.base import ExperimentConfig
from pruning.experiments.criterion_settings import CriterionSettingsField, HasCriterionSettings
from pruning.experiments.fields import (
    Ascending,
    AsList,
    AsNumber,
    AsNumbers,
    Distinct,
    Names,
    NotTiny,
    OrNone,
    Seed,
    refused,
    titled,
)
from pruning.experiments.images.fields import (
    LatencyBatch,
    LearningRate,
    NetworkFields,
    TrainingFields,
    misnamed_layers,
)
from pruning.experiments.sweep.granularities import (
    SCORED,
    BudgetName,
    Granularity,
    GranularityName,
)
from pruning.experiments.sweep.together import too_many_together
from pruning.models.base import models
from pruning.numbers import parse_numbers

Scope = Annotated[
    Literal["layer", "global", "erk"],
    titled(layer="Per layer", **{"global": "Global"}, erk="ERK"),
]
Schedule = Annotated[
    Literal["one_shot", "linear", "exponential", "cubic"],
    titled(one_shot="One shot", linear="Linear", exponential="Exponential", cubic="Cubic"),
]
PruneAt = Annotated[
    Literal["trained", "during", "initialisation"],
    titled(trained="After training", during="While training", initialisation="Before training"),
]
TakeAway = Annotated[
    Literal["safetensors", "onnx", "torch_export", "masks", "tensorboard"],
    titled(
        safetensors="safetensors",
        onnx="ONNX",
        torch_export="torch.export",
        masks="Masks",
        tensorboard="TensorBoard",
    ),
]
Sparsity = Annotated[float, Field(ge=0, lt=1), NotTiny]
EpochNumber = Annotated[int, Field(ge=0, le=10_000)]

# What one run may ask for: prunings in all, each with its own evaluation and perhaps training.
MOST_PRUNINGS = 5_000
# What the names of controls end in, and what they are called.
SHUFFLED, REINITIALISED = "_shuffled", "_reinitialised"
CONTROLS = {SHUFFLED: "layer-shuffled", REINITIALISED: "reinitialised"}


def split_control(name: str) -> tuple[str, str]:
    """The criterion of an arm and, where it is a control, what its name ends in."""
    control = next((ending for ending in CONTROLS if name.endswith(ending)), "")
    return name.removesuffix(control), control


def _from_dense(sparsities: list[float]) -> list[float]:
    """With the dense network in front, from which every curve starts."""
    return sorted({0.0, *sparsities})


class PruningFields(HasCriterionSettings):
    """What is pruned, how far and when."""

    criteria: Annotated[list[CriterionName], AsList, Distinct] = Field(
        ["weight", "lrp", "random"],
        min_length=1,
        title="Criteria",
        description="What decides who goes first; each criterion gets a curve.",
        json_schema_extra={"group": "Pruning"},
    )
    criterion_settings: CriterionSettingsField = Field({})
    granularities: Annotated[list[GranularityName], AsList, Distinct] = Field(
        ["unit"],
        min_length=1,
        title="Granularity",
        description="What is removed together: single weights; of every M consecutive inputs all "
        "but N (semi-structured, such as 2:4); or whole units (neurons, filters), which really "
        "makes the network smaller.",
        json_schema_extra={"group": "Pruning"},
    )
    run_length: int = Field(
        4,
        ge=2,
        le=64,
        title="M of N:M",
        description="N:M: so many consecutive inputs make a run, in which the N highest stay: "
        "with 4 a sparsity of 0.5 is 2:4, and other sparsities are the nearest multiple of 1/4.",
        json_schema_extra={"group": "Pruning"},
    )
    budget: BudgetName = Field(
        "units",
        title="Budget",
        description="Units: what sparsities are shares of. With a budget, 0.8 asks for a network "
        "with a fifth of the parameters, multiply-adds or latency, and as few units go, the lowest "
        "first, as that takes.",
        json_schema_extra={"group": "Pruning"},
    )
    scope: Scope = Field(
        "layer",
        title="Scope",
        description="Every layer loses the same share (uniform); all are ranked together; or "
        "large layers lose more than small ones (Erdős-Rényi-Kernel, single weights only). N:M "
        "takes the same of every run.",
        json_schema_extra={"group": "Pruning"},
    )
    sparsities: Annotated[list[Sparsity], AsNumbers, Ascending, AfterValidator(_from_dense)] = (
        Field(
            parse_numbers("0:0.9:0.1, 0.95"),
            min_length=1,
            max_length=100,
            title="Sparsities",
            description="The shares to remove, from 0 to below 1: numbers, fractions and ranges "
            "start:stop:step, with commas between them. 0 is always there.",
            json_schema_extra={"group": "Pruning", "x-format": "numbers"},
        )
    )
    seeds: Annotated[list[Seed], AsNumbers, Distinct] = Field(
        [0, 1, 2],
        min_length=1,
        max_length=50,
        title="Seeds",
        description="One network is trained and pruned for each; curves show the mean and a band "
        "of one standard deviation.",
        json_schema_extra={"group": "Pruning", "x-format": "numbers"},
    )
    layer_shuffled: bool = Field(
        False,
        title="Layer-shuffled control",
        description="Beside each criterion the same shares per layer, but at random inside each "
        "layer: does the criterion know more than how much each layer can lose?",
        json_schema_extra={"group": "Pruning"},
    )
    exclude: Annotated[Names, AsList, Distinct] = Field(
        ["output"],
        title="Excluded layers",
        description="Layers that stay whole: their names, or first and output.",
        json_schema_extra={"group": "Pruning", "x-layers": True},
    )
    reference_samples: int = Field(
        256,
        ge=1,
        le=5000,
        title="Reference samples",
        description="How many training images the criteria look at.",
        json_schema_extra={"group": "Pruning"},
    )
    prune_at: PruneAt = Field(
        "trained",
        title="Prune",
        description="After training; while it lasts, each sparsity in a training of its own; or "
        "before it: then the network learns with what is left.",
        json_schema_extra={"group": "Schedule"},
    )
    schedule: Schedule = Field(
        "one_shot",
        title="Schedule",
        description="Each sparsity at once from the dense network, or step by step, each step "
        "from the one before: equal steps, equal factors, or cubic (ever smaller steps).",
        json_schema_extra={"group": "Schedule"},
    )
    steps: Annotated[Annotated[int, Field(ge=1, le=100)] | None, OrNone] = Field(
        None,
        title="Steps",
        description="In how many steps an iterative schedule reaches the largest sparsity; each of "
        "the others is reported at the nearest step. Empty: the sparsities above are the steps.",
        json_schema_extra={"group": "Schedule", "x-placeholder": "the sparsities"},
    )
    prune_every: int = Field(
        100,
        ge=1,
        le=100_000,
        title="Prune every",
        description="While training: so many steps of training lie between two prunings.",
        json_schema_extra={"group": "Schedule"},
    )
    prune_until: Annotated[float, AsNumber, Field(gt=0, le=1)] = Field(
        0.75,
        title="Prune until",
        description="While training: the share of the training after which nothing more is "
        "removed, so that what is left can settle.",
        json_schema_extra={"group": "Schedule", "x-format": "fraction"},
    )
    finetune_epochs: int = Field(
        0,
        ge=0,
        le=1000,
        title="Fine-tuning",
        description="Epochs of training under the mask after each pruning.",
        json_schema_extra={"group": "Schedule"},
    )
    finetune_learning_rate: Annotated[LearningRate | None, OrNone] = Field(
        None,
        title="Fine-tuning learning rate",
        description="Empty: a tenth of the training's; after rewinding the training's own.",
        json_schema_extra={"group": "Schedule", "x-placeholder": "a tenth"},
    )
    rewind: Annotated[EpochNumber | None, OrNone] = Field(
        None,
        title="Rewind to epoch",
        description="Before fine-tuning, put what is left back to its values after this epoch and "
        "go on from there as training did; 0: the initial weights (lottery ticket). Empty: go on "
        "from the trained weights.",
        json_schema_extra={"group": "Schedule", "x-placeholder": "no rewinding"},
    )
    reinitialised: bool = Field(
        False,
        title="Random-reinitialisation control",
        description="Beside each criterion's rewound networks the same masks on other initial "
        "weights, trained as long: is it the weights or the mask that matters?",
        json_schema_extra={"group": "Schedule"},
    )


class ReportFields(ExperimentConfig):
    """What is told and given away beside the curves."""

    sensitivity: bool = Field(
        False,
        title="Sensitivity",
        description="Also prune every layer (coupled layers together) alone: which of them are "
        "sensitive?",
        json_schema_extra={"group": "Report"},
    )
    latency_batch: LatencyBatch = Field(64, json_schema_extra={"group": "Report"})
    take_away: Annotated[list[TakeAway], AsList, Distinct] = Field(
        ["safetensors", "onnx", "torch_export", "masks", "tensorboard"],
        title="Take away",
        description="What to make for download: of each criterion's sparsest network that loses at "
        "most one point of accuracy (on validation images, where there are any) its weights, as "
        "safetensors, ONNX and torch.export; the masks of all sparsities; the training curves for "
        "TensorBoard.",
        json_schema_extra={"group": "Report"},
    )


# The form shows the fields of the last base first.
class SweepConfig(ReportFields, TrainingFields, PruningFields, NetworkFields):
    """The settings of one sweep."""

    @property
    def arms(self) -> list[tuple[str, Granularity]]:
        """Criterion and granularity of every curve, controls behind what they control."""
        found: list[tuple[str, Granularity]] = []
        for granularity in self.granularities:
            for name in self.criteria:
                if SCORED[granularity] in criteria[name].granularities:
                    found.append((name, granularity))
                    if self.layer_shuffled and name != "random":
                        found.append((name + SHUFFLED, granularity))
                    if self.reinitialised and name != "random":
                        found.append((name + REINITIALISED, granularity))
        return found

    @property
    def named_layers(self) -> dict[str, list[str]]:
        """The names of layers that people have written, by the field."""
        return {**super().named_layers, "exclude": self.exclude}

    def check_files(self) -> None:
        """The images, and what can be removed, as far as the network is known without torch."""
        super().check_files()
        found = self.network()
        units = found.removable_units(self.exclude) if found and self._ranks_together else None
        if units and (told := too_many_together(units, self.sparsities[-1])):
            raise refused({"sparsities": told})

    @property
    def _ranks_together(self) -> bool:
        """Whether the units of all layers are ranked against each other, and counted."""
        is_by_units = any(granularity == "unit" for _, granularity in self.arms)
        return is_by_units and self.scope == "global" and self.budget == "units"

    @model_validator(mode="after")
    def _excludes_its_layers(self) -> SweepConfig:
        if told := misnamed_layers(self.model, self.exclude):
            raise refused({"exclude": told})
        return self

    @model_validator(mode="after")
    def _can_prune(self) -> SweepConfig:
        for name in self.criteria:
            able = criteria[name].granularities
            if not set(able) & {SCORED[granularity] for granularity in self.granularities}:
                raise ValueError(
                    f"{criteria[name].title} scores {' and '.join(able)}s only; "
                    f"add that granularity or leave the criterion out"
                )
            if "norm_scales" in criteria[name].requires and not models[self.model].norms:
                raise ValueError(
                    f"{criteria[name].title} goes by batch norms, and {models[self.model].title} "
                    "has none: choose a model with batch norm, or leave the criterion out"
                )
        if self.scope == "erk" and "unit" in self.granularities:
            raise ValueError(
                "ERK says which share of a layer's single weights stays: leave units out, or "
                "choose another scope"
            )
        if self.budget != "units" and self.granularities != ["unit"]:
            raise ValueError(
                "a budget says how many units go: choose units alone, or no budget (of single "
                "weights the share that goes is known)"
            )
        if self.budget == "latency" and self.prune_at == "during":
            raise ValueError(
                "while training there is no time to measure latencies again and again: choose a "
                "budget of multiply-adds or parameters, or prune after training"
            )
        if self.rewind is not None and self.rewind > self.epochs:
            raise ValueError(f"rewind to an epoch from 0 to {self.epochs}: training has no more")
        if self.prune_at != "trained" and (self.finetune_epochs or self.rewind is not None):
            raise ValueError(
                "a network that is pruned before or while training has nothing to fine-tune or "
                "rewind: set fine-tuning to 0 and leave rewind empty"
            )
        if self.prune_at == "during" and self.schedule == "one_shot":
            raise ValueError(
                "while training, sparsity rises along a schedule: choose cubic (Zhu & Gupta), "
                "linear or exponential"
            )
        if self.prune_at == "during" and not self.epochs:
            raise ValueError("pruning while training needs training: set epochs above 0")
        if self.rewind is not None and not self.finetune_epochs:
            raise ValueError("a rewound network has to be trained again: set fine-tuning above 0")
        if self.reinitialised and self.rewind is None:
            raise ValueError(
                "the control with random reinitialisation stands beside rewound networks: set "
                "rewind, to 0 for the initial weights, or leave the control out"
            )
        stops = max(len(self.sparsities), (self.steps or 0) * (self.schedule != "one_shot"))
        prunings = len(self.arms) * stops * len(self.seeds)
        if prunings > MOST_PRUNINGS:
            raise ValueError(
                f"these are {prunings:,} prunings; at most {MOST_PRUNINGS:,} fit into one run: "
                "take fewer criteria, sparsities, steps or seeds"
            )
        return self
