"""Small convolutional networks: two or four convolutions, then fully connected layers."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from pruning.models.base import Shape, model
from pruning.models.initial import glorot, truncated_normal

if TYPE_CHECKING:
    from torch import nn


@model(
    "lenet5",
    title="LeNet-5 (20-50-500)",
    description="Two convolutions of 5 × 5 and one hidden layer, as Caffe made it common.",
    least=16,
    papers=("lecun1998",),
    norms=False,
    layers=("conv1", "conv2", "fc1", "output"),
)
def lenet5(shape: Shape, classes: int) -> nn.Module:
    """Build the 20-50-500 form of LeNet-5 [lecun1998]_: 431,080 parameters for MNIST."""
    from torch import nn

    channels, height, width = shape
    # Twice, a convolution takes 4 pixels off each side and a pool halves what is left.
    rest = [((side - 4) // 2 - 4) // 2 for side in (height, width)]
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(channels, 20, 5),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(20, 50, 5),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(50 * rest[0] * rest[1], 500),
            relu3=nn.ReLU(),
            output=nn.Linear(500, classes),
        )
    )


@model(
    "lenet-gss",
    title="LeNet for guided sparsity (64-128-512-256)",
    description="Two wide convolutions and two hidden layers with dropout.",
    least=4,
    papers=("torfi2018",),
    norms=False,
    layers=("conv1", "conv2", "fc1", "fc2", "output"),
)
def lenet_gss(shape: Shape, classes: int) -> nn.Module:
    """Build conv 64, conv 128, fc 512, fc 256 with dropout of 0.2 [torfi2018]_.

    Weights start truncated normal with a standard deviation of 0.1, biases at 0.1.
    """
    from torch import nn

    channels, height, width = shape
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(channels, 64, 5, padding=2),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(64, 128, 5, padding=2),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(128 * (height // 4) * (width // 4), 512),
            relu3=nn.ReLU(),
            dropout1=nn.Dropout(0.2),
            fc2=nn.Linear(512, 256),
            relu4=nn.ReLU(),
            dropout2=nn.Dropout(0.2),
            output=nn.Linear(256, classes),
        )
    )
    truncated_normal(network, sd=0.1, bias=0.1)
    return network


@model(
    "conv-4",
    title="Conv-4",
    description="Four convolutions in two pairs and two hidden layers: a small VGG.",
    least=4,
    papers=("frankle2019",),
    norms=False,
    layers=("conv1", "conv2", "conv3", "conv4", "fc1", "fc2", "output"),
)
def conv_4(shape: Shape, classes: int) -> nn.Module:
    """Build conv 64, 64, pool, 128, 128, pool, fc 256, 256 with Gaussian Glorot weights.

    As in [frankle2019]_, figure 2.
    """
    from torch import nn

    channels, height, width = shape
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(channels, 64, 3, padding=1),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(64, 64, 3, padding=1),
            relu2=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv3=nn.Conv2d(64, 128, 3, padding=1),
            relu3=nn.ReLU(),
            conv4=nn.Conv2d(128, 128, 3, padding=1),
            relu4=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(128 * (height // 4) * (width // 4), 256),
            relu5=nn.ReLU(),
            fc2=nn.Linear(256, 256),
            relu6=nn.ReLU(),
            output=nn.Linear(256, classes),
        )
    )
    glorot(network)
    return network
