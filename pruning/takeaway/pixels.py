"""A network that takes images as they are in files, so that whoever runs it need not normalise."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class OnPixels(nn.Module):
    """``network`` behind the normalisation that it was trained with.

    Parameters
    ----------
    network
        Takes normalised images.
    mean, sd
        Per channel, on a scale from 0 to 1.
    """

    mean: Tensor
    sd: Tensor

    def __init__(self, network: nn.Module, mean: Sequence[float], sd: Sequence[float]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1))
        self.register_buffer("sd", torch.tensor(sd).view(-1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Logits of images with values from 0 to 1, shape ``(n, channels, height, width)``."""
        logits: Tensor = self.network((images - self.mean) / self.sd)
        return logits
