"""What a network costs: parameters, multiply-adds, bytes.

Sparsity asked for is not size, and size is not speed (:mod:`pruning.evaluation.latency`), so all of
them are counted or measured beside each other, as [blalock2020]_ asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pruning.masks.applying import ParameterMasks, parameters_of
from pruning.structure.dependencies import example
from pruning.structure.groups import Structure
from pruning.structure.hooks import evaluating, hooked
from pruning.structure.units import Layer, layers_of


@dataclass(frozen=True)
class Cost:
    """What a network costs, masks counted.

    Attributes
    ----------
    parameters
        All parameters.
    nonzero
        Those that the masks leave.
    multiply_adds
        Of one image, over convolutions and linear layers; weights that a mask removes count
        nothing.
    bytes
        To store what is left as 32-bit floats. A layer whose mask is not whole rows needs one
        more bit per weight, to say which are left.
    """

    parameters: int
    nonzero: int
    multiply_adds: int
    bytes: int

    def compression(self, dense: Cost) -> float:
        """How many times fewer parameters this has: original size / new size."""
        return _ratio(dense.nonzero, self.nonzero)

    def speedup(self, dense: Cost) -> float:
        """The theoretical speed-up: original / new multiply-adds."""
        return _ratio(dense.multiply_adds, self.multiply_adds)

    def parameter_ratio(self, dense: Cost) -> float:
        """The share of the parameters that is left."""
        return self.nonzero / dense.nonzero

    def multiply_adds_ratio(self, dense: Cost) -> float:
        """The share of the multiply-adds that is left."""
        return self.multiply_adds / dense.multiply_adds


# Multiply-adds of a batch that one thread does in half a millisecond: two would wait for each
# other about as long, and many times longer where the cores are shared.
_ONE_THREAD = 20_000_000


def is_small_step(network: nn.Module, shape: tuple[int, int, int], batch_size: int) -> bool:
    """Whether a step of training is so short that splitting it over threads takes longer."""
    return cost_of(network, shape).multiply_adds * batch_size < _ONE_THREAD


def cost_of(
    network: nn.Module,
    shape: tuple[int, int, int],
    masks: ParameterMasks | None = None,
    positions: Mapping[str, int] | None = None,
) -> Cost:
    """Count what ``network`` costs under ``masks``; it is left as it was.

    Masks of units leave the columns that read removed units: count the slimmed network instead.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    positions
        What :func:`positions_of` says, if it is known: removing units does not change it.
    """
    masks = masks or {}
    parameters = sum(parameter.numel() for parameter in network.parameters())
    nonzero = parameters - sum(mask.numel() - int(mask.sum()) for mask in masks.values())
    layers = layers_of(network)
    # By parameter: layers that share a weight share its mask, and it is stored once.
    named = parameters_of(network)
    mask_of: dict[Tensor, Tensor] = {named[name]: mask for name, mask in masks.items()}
    bitmap = sum(
        math.ceil(weight.numel() / 8)
        for weight in {layer.weight for layer in layers.values()}
        if not _whole_rows(mask_of.get(weight))
    )
    positions = positions or positions_of(network, shape)
    multiply_adds = sum(
        positions[name] * _left(layer.weight, mask_of.get(layer.weight))
        for name, layer in layers.items()
    )
    return Cost(parameters, nonzero, multiply_adds, 4 * nonzero + bitmap)


def channel_ratio(structure: Structure, units: Mapping[str, Tensor]) -> float:
    """The share of the output channels of all layers in groups that is left.

    It is not the share of parameters: where half of the channels are left on both sides of a
    layer, a quarter of its weights is.
    """
    kept = total = 0
    for group in structure.groups:
        keep = units.get(group.name, torch.ones(group.units, dtype=torch.bool))
        for layer in group.layers:
            rows = group.left(layer, keep)
            kept += int(rows.sum())
            total += len(rows)
    return kept / total


def _ratio(before: int, after: int) -> float:
    return before / after if after else math.inf


def _left(weight: Tensor, mask: Tensor | None) -> int:
    return weight.numel() if mask is None else int(mask.sum())


def _whole_rows(mask: Tensor | None) -> bool:
    if mask is None:
        return True
    rows = mask.flatten(1)
    return bool((rows == rows[:, :1]).all())


def positions_of(network: nn.Module, shape: tuple[int, int, int]) -> dict[str, int]:
    """How often each weight of a layer is multiplied for one image, by the layer's name."""
    layers = layers_of(network)
    positions = dict.fromkeys(layers, 0)

    def count(name: str, layer: Layer) -> Callable[[nn.Module, tuple[Tensor], Tensor], None]:
        def hook(_: nn.Module, __: tuple[Tensor], output: Tensor) -> None:
            positions[name] += output[0].numel() // len(layer.weight)

        return hook

    hooks = [layer.register_forward_hook(count(name, layer)) for name, layer in layers.items()]
    with hooked(hooks), torch.inference_mode(), evaluating(network):
        network(example(network, shape))
    return positions
