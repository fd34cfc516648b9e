"""A head of residual blocks, which sees the more of the image the coarser the mask is."""

from __future__ import annotations

from torch import nn

from pruning.inputs.heads.fitting import Fit
from pruning.inputs.names import Shape
from pruning.models._residual import ResidualBlock
from pruning.models.initial import he_convolutions

WIDTH, WIDEST = 8, 64


def convnet(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build residual blocks [he2016]_ that halve the maps, one that does not, and a 1 × 1 layer.

    The maps are halved until they have no more rows and columns than the mask. The first block is
    8 channels wide, each one after it twice as wide as the one before [oehmcke2022]_, but, not as
    published, 64 channels at most: doubled nine times, for one element of large images, they would
    be 4,096.
    """
    channels, height, width = seen
    wide = WIDTH
    network = nn.Sequential()
    while height > logits[1] or width > logits[2]:
        network.append(ResidualBlock(channels, wide, 2))
        height, width = (height + 1) // 2, (width + 1) // 2
        channels, wide = wide, min(2 * wide, WIDEST)
    network.append(ResidualBlock(channels, wide, 1))
    network.add_module("last", nn.Conv2d(wide, logits[0], 1))
    network.add_module("fit", Fit((height, width), logits))
    he_convolutions(network)
    return network
