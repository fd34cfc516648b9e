"""Residual blocks."""

from __future__ import annotations

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut [he2016]_.

    The shortcut is the identity where the shape stays, else a projection: a 1 × 1 convolution and
    a batch norm.

    Parameters
    ----------
    channels, width
        How many channels come in and go out.
    stride
        Of the first convolution and of the projection, in pixels.
    """

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Sequential()
        if channels != width or stride != 1:
            self.shortcut.add_module("conv", nn.Conv2d(channels, width, 1, stride, bias=False))
            self.shortcut.add_module("bn", nn.BatchNorm2d(width))
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return feature maps of shape ``(n, channels, height, width)`` from such maps."""
        change: Tensor = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        rectified: Tensor = self.relu2(change + self.shortcut(x))
        return rectified
