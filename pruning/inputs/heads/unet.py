"""A small U-Net: what the whole image shows, in the detail of its pixels."""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from pruning.inputs.heads.fitting import Fit
from pruning.inputs.names import Shape
from pruning.inputs.nearest import upscaled
from pruning.models.initial import he_convolutions

WIDTHS = (8, 16, 32, 64)


class UNet(nn.Module):
    """A U-Net [ronneberger2015]_ of up to four levels, 8 to 64 channels wide [oehmcke2022]_.

    It returns the image's own channels besides. Levels are left out where an image is too small
    to be halved so often. Not as published: maps go up by nearest neighbours in place of a
    sub-pixel convolution, and there is no weight normalisation.

    Parameters
    ----------
    seen
        Of one image: channels, height, width.
    """

    def __init__(self, seen: Shape) -> None:
        super().__init__()
        halvings = min(seen[1:]).bit_length() - 1
        widths = WIDTHS[: halvings + 1]
        self.down = nn.ModuleList(map(_block, (seen[0], *widths), widths))
        self.up = nn.ModuleList(_block(a + b, a) for a, b in reversed(list(pairwise(widths))))

    def forward(self, image: Tensor) -> Tensor:
        """Maps of shape ``(b, 8 + channels, h, w)`` from images ``(b, channels, h, w)``."""
        levels: list[Tensor] = []
        for block in self.down:
            levels.append(block(max_pool2d(levels[-1], 2) if levels else image))
        x = levels.pop()
        for block, level in zip(self.up, reversed(levels), strict=True):
            x = block(torch.cat([level, upscaled(x, *level.shape[2:])], 1))
        return torch.cat([x, image], 1)


def unet(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build a small U-Net and a 1 × 1 convolution; see :class:`UNet`."""
    network = nn.Sequential(
        OrderedDict(
            unet=UNet(seen),
            last=nn.Conv2d(WIDTHS[0] + seen[0], logits[0], 1),
            fit=Fit(seen[1:], logits),
        )
    )
    he_convolutions(network)
    return network


def _block(channels: int, width: int) -> nn.Sequential:
    """Two convolutions of 3 × 3, each with ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(width, width, 3, padding=1),
        nn.ReLU(),
    )
