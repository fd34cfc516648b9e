"""Through which modules the outputs of layers are seen to go, unit by unit.

This is what is known of a network whose graph of dependencies cannot be followed: a tensor that one
module gives out and another one takes in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.pooling import _AvgPoolNd, _MaxPoolNd

from pruning.structure.hooks import hooked

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm)

# Each unit by itself, whatever they do to it.
_UNITWISE = (
    *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Mish, nn.Tanh, nn.Hardswish),
    *(nn.Identity, _DropoutNd, _AvgPoolNd, _MaxPoolNd, nn.AdaptiveAvgPool2d),
)


@contextmanager
def handed_on(network: nn.Module) -> Iterator[dict[nn.Module, list[nn.Module]]]:
    """Watch a forward pass: the norms and depthwise convolutions behind each layer, in order.

    It ends behind a layer where something that is no module has the next look at the tensor.
    """
    passed: dict[nn.Module, list[nn.Module]] = {}
    # Tensors are kept: a new one could have the address of one that is gone.
    origin: dict[int, tuple[nn.Module, Tensor]] = {}

    def seen(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        if not isinstance(output, Tensor):
            return
        source = origin.get(id(inputs[0])) if inputs else None
        if source and _passes(module, source[0]):
            passed[source[0]].append(module)
            origin[id(output)] = source[0], output
        elif isinstance(module, nn.Conv2d | nn.Linear):
            passed[module] = []
            origin[id(output)] = module, output
        elif isinstance(module, _UNITWISE) and source:
            origin[id(output)] = source[0], output

    hooks = [module.register_forward_hook(seen) for module in network.modules()]
    with hooked(hooks):
        yield passed
        origin.clear()


def _passes(module: nn.Module, layer: nn.Module) -> bool:
    """Whether it has a row for each unit of a layer."""
    if not isinstance(module, NORMS) and not is_depthwise(module):
        return False
    weight, written = module.weight, layer.weight
    return (
        isinstance(weight, Tensor) and isinstance(written, Tensor) and len(weight) == len(written)
    )


def is_depthwise(module: nn.Module) -> bool:
    """Whether each channel goes through a filter of its own."""
    return isinstance(module, nn.Conv2d) and (
        1 < module.groups == module.in_channels == module.out_channels
    )
