"""Dropout at the speed of the layers around it.

On the CPU torch draws one 32-bit number for each value that may drop, on one thread: more than a
quarter of the time of a step of ``mlp-mint`` on two cores. Sixteen random bits decide as well, and
four such decisions come from one draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

DRAW = torch.int64
DECISION = torch.int16
LEVELS = 1 << 16


@contextmanager
def quick_dropout(network: nn.Module) -> Iterator[None]:
    """Let the dropout layers of a network on the CPU draw less for a while.

    They still draw from torch's default generator, but not the numbers that they would have drawn.
    Shares are rounded to multiples of 1/65536. On other devices nothing changes.
    """
    layers = [m for m in network.modules() if type(m) is nn.Dropout and 0 < m.p < 1]
    if next(network.parameters()).device.type != "cpu":
        layers = []
    shares = [layer.p for layer in layers]
    hooks = [layer.register_forward_hook(_hook(layer.p)) for layer in layers]
    for layer in layers:
        layer.p = 0.0
    try:
        yield
    finally:
        for layer, share, hook in zip(layers, shares, hooks, strict=True):
            layer.p = share
            hook.remove()


def drop(x: Tensor, share: float) -> Tensor:
    """Set a share of the values to zero at random, and scale the others to keep the mean."""
    zeros = round(share * LEVELS)
    draws = -(-x.numel() * DECISION.itemsize // DRAW.itemsize)
    lowest = torch.iinfo(DRAW).min
    # From the lowest number without an upper end: all 64 bits are random.
    noise = torch.empty(draws, dtype=DRAW).random_(lowest, None)
    decisions = noise.view(DECISION)[: x.numel()].view(x.shape)
    keep = decisions >= torch.iinfo(DECISION).min + zeros
    return x * (keep * (LEVELS / (LEVELS - zeros)))


def _hook(share: float) -> Any:
    def hook(layer: nn.Module, _: Any, x: Tensor) -> Tensor:
        return drop(x, share) if layer.training else x

    return hook
