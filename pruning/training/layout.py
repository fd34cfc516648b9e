"""Where the numbers of images and kernels lie in memory while a network is trained.

Convolutions on the CPU, and those in 16 bits everywhere, are fastest where the channels of a pixel
lie beside each other. Elsewhere all is laid out as usual: files of tensors know no other way, and
what is measured does not depend on whether it was trained before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

_CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


def convolves(network: nn.Module) -> bool:
    """Whether there are convolutions over images in it."""
    return any(isinstance(module, _CONVOLUTIONS) for module in network.modules())


@contextmanager
def laid_out_for_convolutions(
    network: nn.Module, optimizers: Iterable[Optimizer]
) -> Iterator[None]:
    """Lay a network out with the channels last, and as usual again at the end.

    What optimisers remember of a parameter lies as the parameter does, and stays so: fused ones go
    over both side by side, as they lie in memory, and would mix up what lies differently.
    """
    _lay_out(network, torch.channels_last)
    for optimizer in optimizers:
        for parameter, remembered in optimizer.state.items():
            for name, value in remembered.items():
                if isinstance(value, Tensor) and value.shape == parameter.shape:
                    remembered[name] = laid_out_as(value, parameter)
    try:
        yield
    finally:
        _lay_out(network, torch.contiguous_format)


def _lay_out(network: nn.Module, layout: torch.memory_format) -> None:
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.ndim == 4:
            tensor.data = tensor.data.contiguous(memory_format=layout)


def laid_out_as(values: Tensor, other: Tensor) -> Tensor:
    """The same numbers in the memory layout of a tensor of the same shape."""
    if values.stride() == other.stride():
        return values
    return torch.empty_like(other, dtype=values.dtype).copy_(values)
