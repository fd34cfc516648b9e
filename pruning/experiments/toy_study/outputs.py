"""What comes out of a toy study."""

from __future__ import annotations

from pruning.experiments.boundaries import boundary_frames
from pruning.experiments.facts import criterion_variants, perceptron
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
)
from pruning.experiments.quantities import REFERENCE_SAMPLES, TRAINING
from pruning.experiments.toy_study.config import Scenario, ToyStudyConfig

TESTED = Quantity("tested", "accuracy on the noisy test or the reference samples", "percent")
ACCURACIES: dict[Scenario, Series] = {
    "train": Series(
        "accuracy/{dataset}/{network}",
        REFERENCE_SAMPLES,
        TRAINING,
        labels=("statistic",),
        where={"scenario": "train"},
    ),
    "test": Series(
        "accuracy/{dataset}/{network}",
        REFERENCE_SAMPLES,
        TESTED,
        labels=("statistic",),
        where={"scenario": "test"},
    ),
}

ACCURACY_TABLE = TableOutput(
    "accuracy",
    "Accuracy",
    (
        Column("dataset", "Dataset"),
        Column("criterion", "Criterion"),
        Column("reference_samples", "Samples", "integer"),
        Column("scenario", "Tested on"),
        Column("mean", "Mean", "percent"),
        Column("sd", "Sd", "percent"),
        Column("minimum", "Lowest", "percent"),
        Column("maximum", "Highest", "percent"),
        Column("seeds", "Seeds", "integer"),
        Column("unpruned_mean", "Unpruned", "percent"),
    ),
    key=("dataset", "criterion", "reference_samples", "scenario"),
)
AGREEMENT_TABLE = TableOutput(
    "rank_agreement",
    "Rank agreement",
    (
        Column("dataset", "Dataset"),
        Column("case", "Between"),
        Column("criterion_a", "Criterion"),
        Column("criterion_b", "and criterion"),
        Column("samples_a", "Samples", "integer"),
        Column("samples_b", "and samples", "integer"),
        Column("measure", "Measure"),
        Column("mean", "Mean", "number"),
        Column("sd", "Sd", "number"),
        Column("pairs", "Pairs", "integer"),
    ),
    key=("dataset", "case", "criterion_a", "criterion_b", "samples_a", "samples_b", "measure"),
)

_MATRIX = {"{measure}": "how far rankings agree, row against column"}
_PAIRS = {"all_seeds": "over all pairs of seeds", "equal_seeds": "under the same seed"}

OUTPUTS = Outputs(
    series=tuple(ACCURACIES.values()),
    tables=(ACCURACY_TABLE, AGREEMENT_TABLE),
    frames=(
        *boundary_frames("{dataset}/", boundaries=REFERENCE_SAMPLES, references=REFERENCE_SAMPLES),
        FrameOutput(
            "{dataset}/accuracies",
            "Accuracy under each seed",
            {"{criterion}/{scenario}": "a value for each seed"},
            REFERENCE_SAMPLES,
        ),
        *(
            FrameOutput(
                f"{{dataset}}/agreement/{pairs}",
                f"Agreement of criteria {over}",
                _MATRIX,
                REFERENCE_SAMPLES,
            )
            for pairs, over in _PAIRS.items()
        ),
        *(
            FrameOutput(
                f"{{dataset}}/agreement/{{criterion}}/{pairs}",
                f"Agreement of numbers of samples {over}",
                _MATRIX,
            )
            for pairs, over in _PAIRS.items()
        ),
    ),
)


def facts(config: ToyStudyConfig) -> Facts:
    """What a toy study is found by."""
    variants = criterion_variants(config.criteria)
    return Facts(", ".join(config.datasets), perceptron(config.hidden), variants)
