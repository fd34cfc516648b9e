"""Quantities that mean the same in several experiments, so that their curves can be compared."""

from __future__ import annotations

from pruning.experiments.outputs import Quantity

UNITS = Quantity("units", "share of units removed", "percent")
WEIGHTS = Quantity("weights", "share of weights removed", "percent")
PARAMETERS = Quantity("parameters", "share of parameters removed", "percent")
MULTIPLY_ADDS = Quantity("multiply_adds", "share of multiply-adds removed", "percent")
LATENCY = Quantity("latency", "share of latency removed", "percent")
COMPRESSION = Quantity("compression", "compression: original size / new size", "times")
SPEEDUP_THEORETICAL = Quantity(
    "speedup_theoretical", "theoretical speed-up: multiply-adds before / after", "times"
)
SPEEDUP_MEASURED = Quantity(
    "speedup_measured", "measured speed-up: latency before / after", "times", timed=True
)
REFERENCE_SAMPLES = Quantity("reference_samples", "reference samples per class", "integer")
EPOCH = Quantity("epoch", "epoch", "integer")

ACCURACY = Quantity("accuracy", "accuracy on the test set", "percent")
TRAINING = Quantity("training", "accuracy on the training set", "percent")
REFERENCE = Quantity("reference", "accuracy on the reference samples", "percent")
NOISY = Quantity("noisy", "accuracy on the noisy test", "percent")
LOSS = Quantity("loss", "loss on the test set")

# While a network learns, of the set that a label names.
EPOCH_ACCURACY = Quantity("epoch_accuracy", "accuracy", "percent")
EPOCH_LOSS = Quantity("epoch_loss", "loss")
