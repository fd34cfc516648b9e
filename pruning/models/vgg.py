"""VGG with batch norm, in the form that is used for CIFAR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.models.base import Shape, model
from pruning.models.initial import he_convolutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn

# The widths of the convolutions between two pools.
VGG11 = ((64,), (128,), (256, 256), (512, 512), (512, 512))
VGG16 = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


@model(
    "vgg11-bn",
    title="VGG-11 with batch norm",
    description="Eight convolutions in five blocks and one linear layer.",
    least=8,
    papers=("simonyan2015",),
    layers=(*(f"conv{nth}" for nth in range(1, 9)), "output"),
)
def vgg11_bn(shape: Shape, classes: int) -> nn.Module:
    """Build VGG-11 [simonyan2015]_ with batch norm and one linear layer, as :func:`vgg16_bn`."""
    return _vgg(shape, VGG11, classes)


@model(
    "vgg16-bn",
    title="VGG-16 with batch norm",
    description="Thirteen convolutions in five blocks and one linear layer.",
    least=8,
    papers=("simonyan2015",),
    layers=(*(f"conv{nth}" for nth in range(1, 14)), "output"),
)
def vgg16_bn(shape: Shape, classes: int) -> nn.Module:
    """Build VGG-16 [simonyan2015]_ with batch norm and one linear layer, 512 → classes.

    The five pools bring 32 pixels down to one. Smaller images reach one pixel earlier, and the
    pools after that are left out; what larger images leave is averaged. Convolutions have no
    biases: the batch norm behind them would take them away.
    """
    return _vgg(shape, VGG16, classes)


def _vgg(shape: Shape, blocks: Sequence[Sequence[int]], classes: int) -> nn.Sequential:
    from torch import nn

    channels, side = shape[0], min(shape[1:])
    network = nn.Sequential()
    index = 0
    for pool, widths in enumerate(blocks, 1):
        for width in widths:
            index += 1
            network.add_module(f"conv{index}", nn.Conv2d(channels, width, 3, 1, 1, bias=False))
            network.add_module(f"bn{index}", nn.BatchNorm2d(width))
            network.add_module(f"relu{index}", nn.ReLU())
            channels = width
        if side > 1:
            network.add_module(f"pool{pool}", nn.MaxPool2d(2))
            side //= 2
    network.add_module("average", nn.AdaptiveAvgPool2d(1))
    network.add_module("flatten", nn.Flatten())
    network.add_module("output", nn.Linear(channels, classes))
    he_convolutions(network)
    return network
