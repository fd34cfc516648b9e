"""What comes out of a sweep."""

from __future__ import annotations

from pruning.experiments.facts import criterion_variants
from pruning.experiments.images.outputs import DENSE, MEASURES, TRAINING, epoch_curves
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
)
from pruning.experiments.quantities import COMPRESSION, SPEEDUP_MEASURED, SPEEDUP_THEORETICAL
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import ASKED, SCORED, Budget, Granularity, shares

RATIOS = (COMPRESSION, SPEEDUP_THEORETICAL, SPEEDUP_MEASURED)
# Every granularity, and units with each budget.
_OF_SHARES: list[tuple[Granularity, Budget]] = [
    *((granularity, "units") for granularity in SCORED),
    *(("unit", budget) for budget in ASKED if budget != "units"),
]


def share_axis(budget: Budget) -> str:
    """What the names of curves against shares end in: other shares, other curves."""
    return "sparsity" if budget == "units" else budget


AGAINST_SHARE = {
    (measure, granularity, budget): Series(
        f"{measure}/{{criterion}}/{granularity}/{share_axis(budget)}",
        shares(granularity, budget),
        quantity,
        ("statistic",),
    )
    for measure, quantity in MEASURES.items()
    for granularity, budget in _OF_SHARES
}
AGAINST_RATIO = {
    (measure, ratio.name): Series(
        f"{measure}/{{criterion}}/{{granularity}}/{ratio.name}",
        ratio,
        quantity,
        ("sparsity", "statistic"),
    )
    for measure, quantity in MEASURES.items()
    for ratio in RATIOS
}
FINETUNING = epoch_curves("finetuning", "/{criterion}/{granularity}", "seed", "sparsity")

_MEASURED = (
    Column(
        "speedup_measured",
        "measured",
        "times",
        timed=True,
        quartiles=("speedup_measured_q1", "speedup_measured_q3"),
    ),
    Column("speedup_measured_q1", "1st quartile", "times", timed=True),
    Column("speedup_measured_q3", "3rd quartile", "times", timed=True),
)
_UNTOLD = "≈ 1: a measured speed-up cannot be told from 1, which lies between its quartiles."
_ARM = (Column("criterion", "Criterion"), Column("granularity", "Removed"))
SUMMARY = TableOutput(
    "summary",
    "Mean over the seeds",
    (
        *_ARM,
        Column("sparsity", "Asked", "percent"),
        Column("sparsity_achieved", "Achieved", "percent"),
        Column("seeds", "Seeds", "integer"),
        Column("test_accuracy", "Accuracy", "percent"),
        Column("sd", "± sd", "percent"),
        Column("test_loss", "Loss", "number"),
        Column("compression", "Compression", "times"),
        Column("speedup_theoretical", "Speed-up, theoretical", "times"),
        *_MEASURED,
        Column("latency_ms", "Latency", "milliseconds", timed=True),
        Column("latency_ms_q1", "1st quartile", "milliseconds", timed=True),
        Column("latency_ms_q3", "3rd quartile", "milliseconds", timed=True),
        Column("channel_ratio", "Units left", "percent"),
        Column("parameter_ratio", "Parameters left", "percent"),
    ),
    key=("criterion", "granularity", "sparsity"),
    description=_UNTOLD,
)
ACCURACY_TABLE = TableOutput(
    "accuracy",
    "Every network",
    (
        *_ARM,
        Column("seed", "Seed", "integer"),
        Column("sparsity_asked", "Asked", "percent"),
        Column("sparsity_achieved", "Achieved", "percent"),
        Column("compression", "Compression", "times"),
        Column("speedup_theoretical", "Speed-up, theoretical", "times"),
        *_MEASURED,
        Column("test_accuracy", "Accuracy", "percent"),
        Column("test_loss", "Loss", "number"),
        Column("test_accuracy_before_finetune", "right after pruning", "percent"),
        Column("best_epoch_accuracy", "Best epoch on the test set", "percent"),
        Column("nonzero_parameters", "Parameters left", "integer"),
        Column("bytes", "Size", "bytes"),
    ),
    key=("criterion", "granularity", "seed", "sparsity_asked"),
    description=_UNTOLD,
)
LAYERS = TableOutput(
    "layers",
    "What each layer lost",
    (
        *_ARM,
        Column("sparsity", "Asked", "percent"),
        Column("layer", "Layer"),
        Column("kept", "Kept", "integer"),
        Column("total", "Of", "integer"),
        Column("removed", "Share removed", "percent"),
    ),
    key=("criterion", "granularity", "sparsity", "layer"),
)
SENSITIVITY = TableOutput(
    "sensitivity",
    "Each layer alone",
    (
        *_ARM,
        Column("layer", "Layer"),
        Column("sparsity", "Asked", "percent"),
        Column("test_accuracy", "Accuracy", "percent"),
    ),
    key=("criterion", "granularity", "layer", "sparsity"),
)

SPARSITY = Quantity("sparsity", "share removed", "percent")
_HISTOGRAM = {"x": "middles of the bins", "y": "how many values are in each"}

OUTPUTS = Outputs(
    series=(
        *TRAINING.values(),
        *DENSE.values(),
        *AGAINST_SHARE.values(),
        *AGAINST_RATIO.values(),
        *FINETUNING.values(),
    ),
    tables=(SUMMARY, ACCURACY_TABLE, LAYERS, SENSITIVITY),
    frames=(
        FrameOutput(
            "weights/{criterion}/{granularity}/{layer}",
            "|w| of the weights that are not zero",
            _HISTOGRAM,
            SPARSITY,
        ),
        FrameOutput(
            "units/{criterion}/{granularity}/{layer}",
            "L2 norm of the units that are left",
            _HISTOGRAM,
            SPARSITY,
        ),
        FrameOutput(
            "filters/{criterion}/{granularity}",
            "The first layer",
            {"image": "its filters in a grid"},
            SPARSITY,
            picture="image",
        ),
        FrameOutput(
            "confusion/{criterion}/{granularity}",
            "What is taken for what",
            {"counts": "test images by their class, in rows, and by what they are taken for"},
            SPARSITY,
        ),
        FrameOutput(
            "flips/{criterion}/{granularity}",
            "What is not recognised any more",
            {
                "image": "test images in a grid",
                "true": "their classes",
                "before": "what the dense network takes them for",
                "after": "what the pruned network takes them for",
            },
            SPARSITY,
            picture="image",
        ),
    ),
)


def facts(config: SweepConfig) -> Facts:
    """What a sweep is found by."""
    return Facts(config.dataset, config.model, criterion_variants(config.criteria))
