"""Heads of one or two convolutions: an element depends on the pixels around it.

Published heads reflect the image at its edges; these pad it with zeros (which is the mean of
normalised images), so that the smallest thumbnail is large enough.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from pruning.inputs.heads.fitting import Fit
from pruning.inputs.names import Shape
from pruning.models.initial import he_convolutions

WIDTH = 8


class AttentionGate(nn.Module):
    """Two maps, mixed channel by channel: ``a · x + (1 - a) · y`` [oehmcke2022]_.

    The share ``a`` follows from the means over the whole image of ``x + y``, by a 1 × 1
    convolution and a sigmoid.
    """

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.gate = nn.Conv2d(WIDTH, WIDTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Maps of shape ``(b, 8, h, w)`` from images ``(b, channels, h, w)``."""
        first, second = self.first(x), self.second(x)
        share = torch.sigmoid(self.gate((first + second).mean((2, 3), keepdim=True)))
        mixed: Tensor = torch.lerp(second, first, share)
        return mixed


def conv(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build one convolution of 3 × 3 [oehmcke2022]_."""
    last = nn.Conv2d(seen[0], logits[0], 3, padding=1)
    return nn.Sequential(OrderedDict(last=last, fit=Fit(seen[1:], logits)))


def convatt(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build a 3 × 3 convolution beside one that is dilated, a gate, and a 1 × 1 convolution.

    Each has 8 channels, a batch norm and ReLU; the dilation is 2 [oehmcke2022]_.
    """
    return _gated(seen, logits, _unit(seen[0], 3), _unit(seen[0], 3, dilation=2))


def smallconvatt(seen: Shape, logits: Shape) -> nn.Sequential:
    """Build the same as :func:`convatt` of a 1 × 1 and a 3 × 3 convolution [oehmcke2022]_."""
    return _gated(seen, logits, _unit(seen[0], 1), _unit(seen[0], 3))


def _gated(seen: Shape, logits: Shape, first: nn.Module, second: nn.Module) -> nn.Sequential:
    network = nn.Sequential(
        OrderedDict(
            gate=AttentionGate(first, second),
            last=nn.Conv2d(WIDTH, logits[0], 1),
            fit=Fit(seen[1:], logits),
        )
    )
    he_convolutions(network)
    return network


def _unit(channels: int, kernel: int, dilation: int = 1) -> nn.Sequential:
    """A convolution that keeps height and width, a batch norm and ReLU."""
    padding = dilation * (kernel // 2)
    # Without biases: the batch norm would take them away.
    layer = nn.Conv2d(channels, WIDTH, kernel, padding=padding, dilation=dilation, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(WIDTH), nn.ReLU())
