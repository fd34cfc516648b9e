"""Residual networks: those for CIFAR, and torchvision's for larger images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pruning.models.base import Shape, model
from pruning.models.initial import he_convolutions

if TYPE_CHECKING:
    from torch import nn


@model(
    "resnet-20",
    title="ResNet-20",
    description="Three stages of three residual blocks, 16 to 64 channels wide.",
    least=8,
    papers=("he2016",),
)
def resnet_20(shape: Shape, classes: int) -> nn.Module:
    """Build the CIFAR ResNet of three blocks per stage; see :func:`cifar_resnet`."""
    return cifar_resnet(shape, 3, classes)


@model(
    "resnet-32",
    title="ResNet-32",
    description="Three stages of five residual blocks, 16 to 64 channels wide.",
    least=8,
    papers=("he2016",),
)
def resnet_32(shape: Shape, classes: int) -> nn.Module:
    """Build the CIFAR ResNet of five blocks per stage; see :func:`cifar_resnet`."""
    return cifar_resnet(shape, 5, classes)


@model(
    "resnet-56",
    title="ResNet-56",
    description="Three stages of nine residual blocks, 16 to 64 channels wide.",
    least=8,
    papers=("he2016",),
)
def resnet_56(shape: Shape, classes: int) -> nn.Module:
    """Build the CIFAR ResNet of nine blocks per stage; see :func:`cifar_resnet`."""
    return cifar_resnet(shape, 9, classes)


@model(
    "resnet18",
    title="ResNet-18 (torchvision)",
    description="For larger images: basic blocks, 64 to 512 channels wide, untrained.",
    least=32,
    papers=("he2016",),
)
def resnet18(shape: Shape, classes: int) -> nn.Module:
    """Build torchvision's ResNet-18; see :func:`torchvision_resnet`."""
    return torchvision_resnet(shape, "resnet18", classes)


@model(
    "resnet50",
    title="ResNet-50 (torchvision)",
    description="For larger images: bottleneck blocks, 256 to 2048 channels wide, untrained.",
    least=32,
    papers=("he2016",),
)
def resnet50(shape: Shape, classes: int) -> nn.Module:
    """Build torchvision's ResNet-50; see :func:`torchvision_resnet`."""
    return torchvision_resnet(shape, "resnet50", classes)


def cifar_resnet(shape: Shape, blocks: int, classes: int) -> nn.Module:
    """Build a residual network for small images: 16, 32 and 64 channels wide.

    From [he2016]_, section 4.2. Where a stage begins, the shortcut is a projection, a 1 × 1
    convolution and a batch norm (option B of the paper). The paper's own CIFAR networks pad with
    zero channels there (option A), which ties the channels of neighbouring stages together at an
    offset, so that units could not be removed stage by stage. Projections add 2,752 parameters.

    Parameters
    ----------
    blocks
        In each of the three stages; ``6 * blocks + 2`` layers in all.
    """
    from torch import nn

    from pruning.models._residual import ResidualBlock

    network = nn.Sequential()
    network.add_module("conv1", nn.Conv2d(shape[0], 16, 3, 1, 1, bias=False))
    network.add_module("bn1", nn.BatchNorm2d(16))
    network.add_module("relu1", nn.ReLU())
    channels = 16
    for stage, width in enumerate((16, 32, 64), 1):
        strides = [1 if stage == 1 else 2] + [1] * (blocks - 1)
        inputs = [channels] + [width] * (blocks - 1)
        parts = map(ResidualBlock, inputs, [width] * blocks, strides)
        network.add_module(f"stage{stage}", nn.Sequential(*parts))
        channels = width
    network.add_module("average", nn.AdaptiveAvgPool2d(1))
    network.add_module("flatten", nn.Flatten())
    network.add_module("output", nn.Linear(channels, classes))
    he_convolutions(network)
    return network


def torchvision_resnet(
    shape: Shape, name: Literal["resnet18", "resnet50"], classes: int
) -> nn.Module:
    """Build torchvision's network of this name, untrained, for any number of channels.

    Its parts keep their names, but for the last layer: ``output`` in place of ``fc``.
    """
    from torch import nn

    from pruning.vision import torchvision

    network = nn.Sequential()
    for part, module in torchvision.models.get_model(name, num_classes=classes).named_children():
        if part == "fc":
            network.add_module("flatten", nn.Flatten())
        network.add_module("output" if part == "fc" else part, module)
    if shape[0] != 3:
        network.conv1 = nn.Conv2d(shape[0], 64, 7, 2, 3, bias=False)
        he_convolutions(network.conv1)
    return network
