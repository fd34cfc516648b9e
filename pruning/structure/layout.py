"""Where the numbers of images and kernels lie in memory: as usual, or with the channels last.

Most convolutions are faster where the channels of a pixel lie beside each other, those in 16 bits
many times. Networks themselves are laid out so only for steps of training: files of tensors know
no other way, and what is measured does not depend on whether it was trained before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from pruning.structure.hooks import evaluating

USUAL, CHANNELS_LAST = torch.contiguous_format, torch.channels_last

_CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


def channels_last(x: Tensor) -> Tensor:
    """A copy of a batch that lies so, and whose strides say so even where there is one channel."""
    return torch.empty_like(x, memory_format=CHANNELS_LAST).copy_(x)


def laid_out_like(images: Tensor, other: Tensor) -> Tensor:
    """The same images with the channels last, if those of another batch lie so."""
    return channels_last(images) if other.stride(1) == 1 != images.stride(1) else images


def laid_out_as(values: Tensor, other: Tensor) -> Tensor:
    """The same numbers in the memory layout of a tensor of the same shape."""
    if values.stride() == other.stride():
        return values
    return torch.empty_like(other, dtype=values.dtype).copy_(values)


def layout_for(network: nn.Module, x: Tensor) -> torch.memory_format:
    """How batches should lie for a network: the channels last, if it convolves and computes so.

    Parameters
    ----------
    x
        Images to try that out on, of shape ``(b, channels, height, width)``: operations such as
        ``view`` refuse what does not lie as usual.
    """
    if not any(isinstance(module, _CONVOLUTIONS) for module in network.modules()):
        return USUAL
    gpus = [x.device] if x.device.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices=gpus), torch.no_grad(), evaluating(network):
            network(channels_last(x))
    except RuntimeError:
        # Should there be another reason, the network says so when it is used.
        return USUAL
    return CHANNELS_LAST


@contextmanager
def with_channels_last(network: nn.Module, optimizers: Iterable[Optimizer]) -> Iterator[None]:
    """Lay a network out with the channels last, and as usual again at the end.

    What optimisers remember of a parameter lies as the parameter does, and stays so: fused ones go
    over both side by side, as they lie in memory, and would mix up what lies differently.
    """
    _lay_out(network, CHANNELS_LAST)
    for optimizer in optimizers:
        for parameter, remembered in optimizer.state.items():
            for name, value in remembered.items():
                if isinstance(value, Tensor) and value.shape == parameter.shape:
                    remembered[name] = laid_out_as(value, parameter)
    try:
        yield
    finally:
        _lay_out(network, USUAL)


def _lay_out(network: nn.Module, layout: torch.memory_format) -> None:
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.ndim == 4:
            tensor.data = tensor.data.contiguous(memory_format=layout)
