"""What comes out of an operating point."""

from __future__ import annotations

from pruning.experiments.images.outputs import DENSE, TRAINING
from pruning.experiments.outputs import Column, Outputs, TableOutput
from pruning.experiments.sweep.outputs import FINETUNING

# The networks that are compared, and what people call them.
STAGES = {
    "dense": "Dense",
    "pruned": "Pruned",
    "fine_tuned": "Fine-tuned from here",
}
NETWORKS = TableOutput(
    "networks",
    "What this network is",
    (
        Column("network", "Network"),
        Column("test_accuracy", "Accuracy", "percent"),
        Column("test_loss", "Loss", "number"),
        Column("nonzero_parameters", "Parameters left", "integer"),
        Column("bytes", "Size", "bytes"),
        Column("multiply_adds", "Multiply-adds", "integer"),
        Column("latency_ms", "Latency", "milliseconds", timed=True),
        Column("latency_ms_q1", "1st quartile", "milliseconds", timed=True),
        Column("latency_ms_q3", "3rd quartile", "milliseconds", timed=True),
    ),
    key=("network",),
)
LAYERS = TableOutput(
    "layers",
    "Layers before and after",
    (
        Column("layer", "Layer"),
        Column("units_before", "Units before", "integer"),
        Column("units", "after", "integer"),
        Column("weights_before", "Weights before", "integer"),
        Column("weights", "after", "integer"),
        Column("multiply_adds_before", "Multiply-adds before", "integer"),
        Column("multiply_adds", "after", "integer"),
    ),
    key=("layer",),
    description="Of one image. Weights that a mask has set to zero are not counted.",
)
OUTPUTS = Outputs(
    series=(*TRAINING.values(), *DENSE.values(), *FINETUNING.values()), tables=(NETWORKS, LAYERS)
)
