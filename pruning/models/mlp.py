"""Fully connected networks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pruning.models.base import Shape, model
from pruning.models.initial import glorot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn


@model(
    "mlp-wide",
    title="MLP 1000-1000-500-200",
    description="Four wide hidden layers without biases; most of it can go.",
    papers=("han2015",),
    norms=False,
    layers=("fc1", "fc2", "fc3", "fc4", "output"),
)
def mlp_wide(shape: Shape, classes: int) -> nn.Module:
    """Build 1000-1000-500-200 with ReLU and no biases: 2,386,000 weights for MNIST."""
    return _mlp(shape, (1000, 1000, 500, 200), classes, bias=False)


@model(
    "mlp-mint",
    title="MLP 500-300",
    description="Two hidden layers with dropout.",
    papers=("ganesh2020",),
    norms=False,
    layers=("fc1", "fc2", "output"),
)
def mlp_mint(shape: Shape, classes: int) -> nn.Module:
    """Build 500-300 with ReLU and dropout of 0.2 after each hidden layer [ganesh2020]_."""
    return _mlp(shape, (500, 300), classes, dropout=0.2)


@model(
    "lenet-300-100",
    title="LeNet-300-100",
    description="The fully connected network that most pruning papers start with.",
    papers=("lecun1998", "frankle2019"),
    norms=False,
    layers=("fc1", "fc2", "output"),
)
def lenet_300_100(shape: Shape, classes: int) -> nn.Module:
    """Build 300-100 with ReLU [lecun1998]_ and Gaussian Glorot weights.

    Those are of [frankle2019]_, figure 2.
    """
    network = _mlp(shape, (300, 100), classes)
    glorot(network)
    return network


def _mlp(
    shape: Shape,
    hidden: Sequence[int],
    classes: int,
    bias: bool = True,
    dropout: float = 0.0,
) -> nn.Sequential:
    from torch import nn

    channels, height, width = shape
    network = nn.Sequential()
    network.add_module("flatten", nn.Flatten())
    for index, (fan_in, fan_out) in enumerate(pairwise([channels * height * width, *hidden]), 1):
        network.add_module(f"fc{index}", nn.Linear(fan_in, fan_out, bias))
        network.add_module(f"relu{index}", nn.ReLU())
        if dropout:
            network.add_module(f"dropout{index}", nn.Dropout(dropout))
    network.add_module("output", nn.Linear(hidden[-1], classes, bias))
    return network
