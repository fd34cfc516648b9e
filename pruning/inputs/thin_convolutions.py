"""Gradients of images at the speed of the layers behind them.

A mask before a network learns from the gradient of the images, which no other training asks for. On
the CPU torch takes it from a convolution of one to four input channels as if these were many: with
``lenet5`` on images of 28 × 28 that makes a step a third longer. Written as a product of matrices
whose parts are added up where they belong, it takes a sixth of that time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function

MOST_CHANNELS = 4


class ThinConvolutions:
    """The convolutions of a network that see images, if they are on the CPU.

    What they compute stays the same, up to rounding.
    """

    def __init__(self, network: nn.Module) -> None:
        self._layers = [m for m in network.modules() if type(m) is nn.Conv2d and _is_thin(m)]

    @contextmanager
    def quick(self) -> Iterator[None]:
        """Let what is computed meanwhile have its gradients the quick way."""
        layers = [layer for layer in self._layers if layer.weight.device.type == "cpu"]
        for layer in layers:
            # In front of the method of the class, and only as long as this lasts.
            vars(layer)["forward"] = partial(_forward, layer)
        try:
            yield
        finally:
            for layer in layers:
                del vars(layer)["forward"]


def input_gradient(
    outputs: Tensor, weight: Tensor, padding: tuple[int, int], size: tuple[int, int]
) -> Tensor:
    """The gradient by the input of a convolution with stride 1.

    Parameters
    ----------
    outputs
        The gradient by its output, shape ``(b, out, h, w)``.
    weight
        Shape ``(out, in, kernel height, kernel width)``.
    padding
        By zeros, above and below, left and right.
    size
        Height and width of the input.

    Returns
    -------
    Tensor
        Shape ``(b, in, *size)``, in single precision at least.
    """
    count, _, height, width = outputs.shape
    channels, tall, wide = weight.shape[1:]
    parts = weight.flatten(1).t() @ outputs.flatten(2)
    # A half-precision product is quick, half-precision sums are slow and lose digits.
    parts = parts.to(torch.promote_types(parts.dtype, torch.float32))
    parts = parts.view(count, channels, tall, wide, height, width)
    whole = parts.new_zeros(count, channels, height + tall - 1, width + wide - 1)
    for i in range(tall):
        for j in range(wide):
            # Not by +=, which would write each sum twice.
            whole[:, :, i : i + height, j : j + width].add_(parts[:, :, i, j])
    top, left = padding
    return whole[:, :, top : top + size[0], left : left + size[1]]


def _is_thin(layer: nn.Conv2d) -> bool:
    return (
        layer.in_channels <= MOST_CHANNELS
        and layer.groups == 1
        and layer.stride == layer.dilation == (1, 1)
        and layer.padding_mode == "zeros"
        and isinstance(layer.padding, tuple)
    )


def _forward(layer: nn.Conv2d, x: Tensor) -> Tensor:
    if not (x.requires_grad and torch.is_grad_enabled()):
        return nn.Conv2d.forward(layer, x)
    # The convolution itself sees no gradient to pass on to its input.
    output = nn.Conv2d.forward(layer, x.detach())
    apply: Callable[..., Tensor] = _InputGradient.apply
    return apply(x, output, layer.weight.detach(), layer.padding)


class _InputGradient(Function):
    """Gives on the output as it is, and its gradient to the input as well."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, output: Tensor, weight: Tensor, padding: Any) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.padding, ctx.size, ctx.type = padding, x.shape[2:], x.dtype
        # Not a view of it: what comes behind may work in place.
        ctx.mark_dirty(output)
        return output

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        (weight,) = ctx.saved_tensors
        found = input_gradient(gradient, weight.to(gradient), ctx.padding, ctx.size)
        return found.to(ctx.type), gradient, None, None
