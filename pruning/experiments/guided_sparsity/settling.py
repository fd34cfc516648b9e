"""The network that is evaluated: small weights are zero, and dead units are out of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from pruning.masks.applying import apply_masks
from pruning.structure.dead_units import Masks, has_input, masks_of
from pruning.structure.groups import Structure
from pruning.structure.hooks import hooked
from pruning.structure.surgery import Slimmer
from pruning.structure.units import Groups, filled, layers_of

# What is smaller is no normal number: with a threshold of 0 exact zeros alone are none.
_TINY = torch.finfo(torch.float32).tiny


@dataclass(frozen=True)
class Settled:
    """A network at the threshold.

    Attributes
    ----------
    network
        Its weights below the threshold are zero, and so is all of its dead units.
    masks
        What is left, of the parameters and of the units.
    left
        The weights that are not below the threshold, by layer, before dead units went.
    """

    network: nn.Module
    masks: Masks
    left: Mapping[str, Tensor]

    def slimmed(self, groups: Groups) -> nn.Module:
        """The same without its dead units, physically; itself where there are none."""
        units = self.masks.units
        return Slimmer(self.network, groups).shrink(units) if units else self.network


@torch.no_grad()
def settled(network: nn.Module, structure: Structure, threshold: float, x: Tensor) -> Settled:
    """A copy of a network in eval mode with its small weights and its dead units gone.

    A unit without weights still says what its bias makes of nothing: the same for all images.
    Before it goes that is added to the biases of the layers that read it, so that the network says
    what it said. At the edges of a padded convolution, where a constant ends, it cannot be
    exact; and a layer without a bias has none to add to. What is told of the network is measured
    after that.

    Parameters
    ----------
    structure
        Of a network with the same layers.
    x
        Images to see by what units say, of shape ``(n, channels, height, width)``; one will do.
    """
    copied = copy.deepcopy(network).eval()
    layers = layers_of(copied)
    least = max(threshold, _TINY)
    left = {name: (layer.weight.abs() >= least).cpu() for name, layer in layers.items()}
    apply_masks(copied, {f"{name}.weight": mask for name, mask in left.items()})
    still = {name: mask.clone() for name, mask in left.items()}
    # A unit that reads none but dead ones is dead in turn.
    while _cut_off(copied, structure, still, x):
        pass
    masks = masks_of(structure, left)
    apply_masks(copied, masks.parameters)
    return Settled(copied, masks, left)


def _cut_off(network: nn.Module, groups: Groups, left: dict[str, Tensor], x: Tensor) -> bool:
    """Let no layer read units without input, whose constants its bias takes over."""
    dead = _read_but_dead(groups, left)
    layers, constants = layers_of(network), _inputs(network, list(dead), x)
    for name, inputs in dead.items():
        weight, bias = layers[name].weight, layers[name].bias
        here = inputs.to(x.device)
        columns = weight[:, here].reshape(len(weight), int(inputs.sum()), -1)
        if bias is not None:
            bias.add_(columns.sum(2) @ constants[name][here])
        weight[:, here] = 0
        left[name][:, inputs] = False
    return bool(dead)


def _read_but_dead(groups: Groups, left: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """By layer: which of its inputs come from units without input, though it reads them."""
    found: dict[str, Tensor] = {}
    for group in groups.groups:
        alive = has_input(group, left)
        for reader in group.readers:
            reads = left[reader.layer].transpose(0, 1).flatten(1).any(1)
            dead = reads & ~filled(alive, torch.tensor(reader.units))
            if dead.any():
                found[reader.layer] = found.get(reader.layer, torch.zeros_like(dead)) | dead
    return found


def _inputs(network: nn.Module, names: Sequence[str], x: Tensor) -> dict[str, Tensor]:
    """What goes into layers of the first image; into convolutions in the middle of it."""
    found: dict[str, Tensor] = {}

    def keep(layer: nn.Module, args: Any, name: str) -> None:
        if isinstance(layer, nn.Conv2d):
            height, width = args[0].shape[2:]
            found[name] = args[0][0, :, height // 2, width // 2]
        else:
            found[name] = args[0].flatten(0, -2)[0]

    layers = layers_of(network)
    handles = [layers[name].register_forward_pre_hook(partial(keep, name=name)) for name in names]
    with hooked(handles):
        if names:
            network(x[:1])
    return found
