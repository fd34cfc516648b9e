"""What comes out of a run of guided sparsity."""

from __future__ import annotations

from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import variant
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
)
from pruning.experiments.quantities import ACCURACY, LOSS, PARAMETERS, WEIGHTS

STEP = Quantity("step", "step", "integer")
MEAN_OF_LAYERS = Quantity("layer_mean", "share of weights removed, mean over layers", "percent")
NONZERO = Quantity("nonzero_parameters", "parameters that are not zero", "integer")
TERM = Quantity("penalty", "penalty")

_SEED = ("seed",)
# What is followed while networks learn, by the name of what is measured.
ALONG = {
    "accuracy": Series("along/accuracy/{entrant}", STEP, ACCURACY, _SEED),
    "weights": Series("along/weights/{entrant}", STEP, WEIGHTS, _SEED),
    "layer_mean": Series("along/layer_mean/{entrant}", STEP, MEAN_OF_LAYERS, _SEED),
    "nonzero": Series("along/nonzero/{entrant}", STEP, NONZERO, _SEED),
    "cross_entropy": Series("along/cross_entropy/{entrant}", STEP, LOSS, _SEED),
    "term": Series("along/term/{entrant}", STEP, TERM, ("seed", "penalty")),
}
# Accuracy against what is gone at the end, a curve an arm and a point an entrant.
AGAINST = {
    quantity: Series(f"accuracy/{{arm}}/{quantity.name}", quantity, ACCURACY, ("statistic",))
    for quantity in (WEIGHTS, MEAN_OF_LAYERS, PARAMETERS)
}

_ARM = Column("arm", "Arm")
_COEFFICIENTS = (
    Column("l1", "L1", "number"),
    Column("lasso", "Lasso", "number"),
    Column("variance", "Variance", "number"),
)
_ENTRANT = (_ARM, *_COEFFICIENTS, Column("coefficients", "Coefficients"))
ENTRANT_KEY = ("arm", "l1", "lasso", "variance")
_SEED_COLUMN = Column("seed", "Seed", "integer")
_ACCURACY = Column("accuracy", "Accuracy", "percent")
_MEAN = Column("sparsity_mean_of_layers", "Zeros, mean of layers", "percent")
_ALL = Column("sparsity_of_all_weights", "Zeros, all weights", "percent")
_NONZERO = Column("nonzero_parameters", "Not zero", "integer")
_ALIVE = Column("alive_units", "Units left", "integer")
_SLIM = Column("parameters_slim", "Parameters, slimmed", "integer")
_SPEEDUP = Column(
    "speedup_measured",
    "Speed-up, measured",
    "times",
    timed=True,
    quartiles=("speedup_measured_q1", "speedup_measured_q3"),
)

ARMS_TABLE = TableOutput(
    "arms",
    "Every network",
    (
        *_ENTRANT,
        _SEED_COLUMN,
        _ACCURACY,
        _MEAN,
        _ALL,
        _NONZERO,
        _ALIVE,
        _SLIM,
        Column("parameters_removed", "Parameters removed", "percent"),
        Column("latency_ms", "Latency", "milliseconds", timed=True),
        _SPEEDUP,
        Column("speedup_measured_q1", "1st quartile", "times", timed=True),
        Column("speedup_measured_q3", "3rd quartile", "times", timed=True),
        Column("ended", "Ended"),
    ),
    key=(*ENTRANT_KEY, "seed"),
    description="At the end of training, on the test set, with weights below the threshold set to "
    "zero. Zeros: before surgery; all else: after it, without the units that have no input or no "
    "reader left, of the layers that can lose units. That is what is timed beside the whole "
    "network. ≈ 1: a speed-up that cannot be told from 1.",
)
SUMMARY = TableOutput(
    "summary",
    "Mean over the seeds",
    (
        *_ENTRANT,
        Column("seeds", "Seeds", "integer"),
        _ACCURACY,
        Column("sd", "± sd", "percent"),
        _MEAN,
        _ALL,
        Column("alive_units", "Units left", "number"),
        Column("parameters_slim", "Parameters, slimmed", "integer"),
        Column("speedup_measured", "Speed-up, measured", "times", timed=True),
    ),
    key=ENTRANT_KEY,
    description="Of the seeds whose training did not diverge.",
)
LEVELS = TableOutput(
    "levels",
    "What each arm is worth at a sparsity",
    (
        Column("sparsity", "Sparsity", "percent"),
        *_ENTRANT,
        Column("seeds", "Seeds", "integer"),
        _ACCURACY,
        Column("sd", "± sd", "percent"),
        Column("alive_units", "Units left", "number"),
        Column("parameters_slim", "Parameters, slimmed", "integer"),
        Column("speedup_measured", "Speed-up at the end", "times", timed=True),
        Column("step", "Step, mean", "number"),
    ),
    key=("sparsity", "arm"),
    description="Read along training, where at least so many of all weights are zero: at the "
    "moment with the best accuracy on held-out images, of the coefficients with which that is best "
    "in the mean over the seeds; units and parameters are those that surgery leaves there. An arm "
    "is left out where not all seeds come so far.",
)
# The verdict where no arm is ahead.
NOBODY = "nobody"
AHEAD = TableOutput(
    "ahead",
    "Which arm is ahead",
    (
        Column("sparsity", "Sparsity", "percent"),
        Column("first", "First"),
        Column("first_coefficients", "Coefficients"),
        Column("first_accuracy", "Accuracy", "percent"),
        Column("first_sd", "± sd", "percent"),
        Column("second", "Second"),
        Column("second_coefficients", "Coefficients"),
        Column("second_accuracy", "Accuracy", "percent"),
        Column("second_sd", "± sd", "percent"),
        Column("difference", "Difference", "percent"),
        Column("spread", "Spread", "percent"),
        Column("verdict", "Ahead by more than the spread"),
    ),
    key=("sparsity",),
    description="Each arm with the best of its coefficients that reach the sparsity, however few "
    "do: more of them in between may change who is ahead. Spread: the root of the sum of both "
    "variances over the seeds. A sparsity that fewer than two arms reach has no comparison.",
)
LAYERS = TableOutput(
    "layers",
    "What is alive in each layer",
    (
        Column("entrant", "Network"),
        Column("step", "Step", "integer"),
        Column("layer", "Layer"),
        Column("units", "Units", "integer"),
        Column("alive", "Alive", "integer"),
        Column("share", "Share alive", "percent"),
        Column("zeros", "Zeros", "percent"),
    ),
    key=("entrant", "step", "layer"),
    description="Of the first seed. Alive: units of which a weight is left at the threshold.",
)

UNITS = FrameOutput(
    "units/{entrant}",
    "Which units live",
    {
        "energy": "log10 of each unit's energy, a row a layer; not a number where there is no unit",
        "dead": "1 where a unit has no weight left at the threshold; not a number elsewhere",
        "edges": "the middles of the bins of the histograms, log10 of energies",
        "counts of {layer}": "how many units of a layer lie in each bin",
    },
    at=STEP,
)

OUTPUTS = Outputs(
    series=(*ALONG.values(), *AGAINST.values()),
    tables=(AHEAD, LEVELS, SUMMARY, ARMS_TABLE, LAYERS),
    frames=(UNITS,),
)


def facts(config: GuidedSparsityConfig) -> Facts:
    """What a run is found by."""
    return Facts(config.dataset, config.model, tuple(map(variant, config.arms)))
