"""What comes out of a run of MINT."""

from __future__ import annotations

from collections.abc import Iterable

from pruning.experiments.images.outputs import DENSE, TRAINING, epoch_curves
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.fields import VARIANTS, VariantName
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
)
from pruning.experiments.outputs import Variant as Compared
from pruning.experiments.quantities import ACCURACY, WEIGHTS

COMPARED = Quantity("compared_weights", "share of the compared layers' weights removed", "percent")
# Accuracy after retraining, against what is gone of the compared layers and of the whole network.
AGAINST = {
    COMPARED: Series("accuracy/{variant}/compared", COMPARED, ACCURACY, ("statistic",)),
    WEIGHTS: Series("accuracy/{variant}/weights", WEIGHTS, ACCURACY, ("statistic",)),
}
RETRAINING = epoch_curves("retraining", "/{variant}", "seed", "percentage")

_VARIANT = Column("variant", "Variant")
_SEED = Column("seed", "Seed", "integer")
_ASKED = Column("pruned_percent_asked", "Asked", "percentage")
_PRUNED = Column("pruned_percent", "Pruned", "percentage")
_ALL = Column("pruned_percent_all", "Of the network", "percentage")
_BEFORE = Column("accuracy_before_retraining", "After pruning", "percent")
_BEST = Column("best_epoch_accuracy", "Best epoch", "percent")
_SPARSE = Column("bytes_sparse", "Compressed", "bytes")

ACCURACY_TABLE = TableOutput(
    "accuracy",
    "Every network",
    (
        _VARIANT,
        _ASKED,
        _PRUNED,
        _ALL,
        _BEFORE,
        Column("accuracy", "Accuracy", "percent"),
        _BEST,
        Column("parameters", "Parameters", "integer"),
        _SPARSE,
        Column("bytes_slim", "Slimmed", "bytes"),
        Column("units_cut", "Units cut", "integer"),
        Column(
            "speedup_measured",
            "Speed-up",
            "times",
            timed=True,
            quartiles=("speedup_measured_q1", "speedup_measured_q3"),
        ),
        Column("speedup_measured_q1", "1st quartile", "times", timed=True),
        Column("speedup_measured_q3", "3rd quartile", "times", timed=True),
        _SEED,
    ),
    key=("variant", "seed", "pruned_percent_asked"),
    description="Pruned: of the compared layers' weights. Best epoch: on the test set. Parameters: "
    "those that are left. Compressed: the compared layers, zeros in place, deflated. Slimmed: the "
    "network without the units that have no input or no reader left, which are cut. Speed-up: "
    "measured; ≈ 1 where it cannot be told from 1, the CSV has its quartiles.",
)
SUMMARY = TableOutput(
    "summary",
    "Mean over the seeds",
    (
        _VARIANT,
        _ASKED,
        Column("seeds", "Seeds", "integer"),
        _PRUNED,
        _ALL,
        Column("accuracy", "Accuracy", "percent"),
        Column("sd", "± sd", "percent"),
        _BEST,
        _SPARSE,
    ),
    key=("variant", "pruned_percent_asked"),
    description="On the test images, which the main result is chosen on, too: the best of several.",
)


def _ablation(name: str, title: str, column: Column) -> TableOutput:
    return TableOutput(
        name,
        title,
        (
            column,
            _ASKED,
            _PRUNED,
            _BEFORE,
            Column("accuracy", "Accuracy", "percent"),
            _BEST,
            _SEED,
        ),
        key=(column.name, "seed", "pruned_percent_asked"),
        description="Networks pruned by MINT, with all other settings as they are.",
    )


BY_GROUPS = _ablation("by_groups", "By groups", Column("groups", "Groups", "integer"))
BY_SAMPLES = _ablation(
    "by_samples", "By samples", Column("samples_per_class", "Samples per class", "integer")
)
PAIRS = TableOutput(
    "pairs",
    "What each layer lost",
    (
        _VARIANT,
        _ASKED,
        Column("layer", "Layer"),
        Column("weights", "Weights", "integer"),
        Column("pruned", "Pruned", "percent"),
        Column("gone", "With dead units", "percent"),
        Column("blocks", "Blocks", "integer"),
        Column("blocks_pruned", "Blocks pruned", "percent"),
        Column("cutoff", "Cutoff", "number"),
        Column("limited", "At its limit"),
        _SEED,
    ),
    key=("variant", "seed", "pruned_percent_asked", "layer"),
    description="A block is what lies between two groups; the cutoff is the highest score of those "
    "that went. Pruned: of its weights. Chance and magnitude do not go by "
    "scores: they take as many weights of a layer as MINT, in whole blocks. With dead units: units "
    "that have no input or no reader left are cut out, and their other weights with them, whatever "
    "a layer's limit.",
)
SIGNAL = TableOutput(
    "signal",
    "How much of the scores is signal",
    (
        Column("layer", "Layer"),
        Column("reads", "Reads"),
        Column("groups", "Groups"),
        Column("mean", "Mean score", "number"),
        Column("sd", "± sd", "number"),
        Column("distinct", "Distinct scores", "integer"),
        Column("parent_share", "Common to parents", "percent"),
        Column("permuted", "Permuted", "number"),
        Column("second_mean", "Mean, second draw", "number"),
        Column("correlation", "Two draws, r", "number"),
        _SEED,
    ),
    key=("layer", "seed"),
    description="Common: the share of the scores' variance that lies between groups of parents. "
    "Permuted: the mean score of samples whose two sides belong to different images. Two draws: "
    "the correlation of scores from other samples, 1 where they know the same. What a layer reads "
    "are its parents, its own units the children.",
)

SCORES = FrameOutput(
    "scores/{layer}",
    "What groups of two layers tell each other",
    {
        "scores": "by group of children, in rows, and group of parents; not a number: not yet",
        "weights": "how many weights each block has",
    },
)
DISTRIBUTION = FrameOutput(
    "distribution/{layer}",
    "The scores of a layer",
    {"scores": "all scores", "permuted": "the same of permuted samples"},
)
DRAWS = FrameOutput(
    "draws/{layer}",
    "Scores from two draws of samples",
    {"first": "by the first draw", "second": "by the second"},
)
BLOCKS = FrameOutput(
    "blocks",
    "All blocks that can go",
    {
        "scores": "their scores",
        "weights": "how many weights each has",
        "total": "how many weights the network has",
    },
)

OUTPUTS = Outputs(
    series=(*TRAINING.values(), *DENSE.values(), *AGAINST.values(), *RETRAINING.values()),
    tables=(SUMMARY, ACCURACY_TABLE, BY_GROUPS, BY_SAMPLES, PAIRS, SIGNAL),
    frames=(SCORES, DISTRIBUTION, DRAWS, BLOCKS),
)


def compared(names: Iterable[VariantName]) -> tuple[Compared, ...]:
    """What the curves of a run are of."""
    return tuple(Compared("scoring", name, VARIANTS[name]) for name in names)


def facts(config: MintConfig) -> Facts:
    """What a run is found by."""
    return Facts(config.dataset, config.model, compared(config.variants))
