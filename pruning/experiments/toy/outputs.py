"""What comes out of a toy run."""

from __future__ import annotations

from pruning.experiments.boundaries import POINTS, boundary_frames
from pruning.experiments.facts import criterion_variants, perceptron
from pruning.experiments.outputs import Column, Facts, FrameOutput, Outputs, Series, TableOutput
from pruning.experiments.quantities import ACCURACY, TRAINING, UNITS
from pruning.experiments.toy.config import ToyConfig

_SETS = {"train": TRAINING, "test": ACCURACY}
UNPRUNED = {
    name: Series("accuracy/unpruned", None, measure, where={"scenario": name})
    for name, measure in _SETS.items()
}
PRUNED = {
    name: Series("accuracy/{criterion}", UNITS, measure, where={"scenario": name})
    for name, measure in _SETS.items()
}

TABLE = TableOutput(
    "accuracy",
    "Accuracy",
    (
        Column("criterion", "Criterion"),
        Column("sparsity", "Removed", "percent"),
        Column("units_removed", "Units removed", "integer"),
        Column("train_accuracy", "Accuracy, training set", "percent"),
        Column("test_accuracy", "Accuracy, test set", "percent"),
    ),
    key=("criterion", "sparsity"),
)

_WEIGHTS = {
    "weight_{layer}": "of a linear layer, from the input on: a row for each of its outputs",
    "bias_{layer}": "of the same layer",
}
NETWORK = FrameOutput("network", "Trained network", _WEIGHTS)
INITIAL = FrameOutput("initial", "Network before it was trained", _WEIGHTS)
SCORES = FrameOutput(
    "scores/{criterion}",
    "Scores of the hidden units",
    {
        "score": "normalised, of all layers from the input on",
        "rank": "among all units: 0 goes first",
    },
)

OUTPUTS = Outputs(
    series=(*UNPRUNED.values(), *PRUNED.values()),
    tables=(TABLE,),
    frames=(
        *boundary_frames(boundaries=UNITS),
        FrameOutput("points/test", "Test points", POINTS),
        NETWORK,
        INITIAL,
        SCORES,
    ),
)


def facts(config: ToyConfig) -> Facts:
    """What a toy run is found by."""
    variants = criterion_variants(config.criteria)
    return Facts(config.dataset, perceptron(config.hidden), variants)
