"""Units of which nothing is left once single weights are gone: without input, or without reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from pruning.structure.groups import Structure
from pruning.structure.units import OTHER, Group, filled


@dataclass(frozen=True)
class Masks:
    """What is left of a network.

    Attributes
    ----------
    parameters
        By the name of the parameter; what lies around units that are gone is masked, too.
    units
        Which units stay, by group of the structure.
    broken
        The layers of the groups of which no unit has both an input and a reader: nothing passes
        through the network.
    """

    parameters: dict[str, Tensor]
    units: dict[str, Tensor]
    broken: tuple[str, ...] = ()

    @property
    def units_cut(self) -> int:
        """How many units can be cut out."""
        return sum(int((~keep).sum()) for keep in self.units.values())


def masks_of(structure: Structure, weights: Mapping[str, Tensor]) -> Masks:
    """Masks of all parameters, from those of the weights.

    A unit that has no input left in any layer that writes to it, or that no layer reads any more,
    goes altogether: its bias and its batch norm, too, and the weights of those who read it. That
    may leave other units without input or reader, which then go as well. One unit of each
    group always stays, for a network without it could not be run; where nothing else of its group
    does, it has neither input nor reader.

    Parameters
    ----------
    weights
        Masks of weights by the name of their layer.
    """
    left = {layer: mask.clone() for layer, mask in weights.items()}
    units = {name: torch.ones(n, dtype=torch.bool) for name, n in structure.unit_counts.items()}
    broken: set[str] = set()
    while _cut_out(structure, left, units, broken):
        pass
    parameters = {f"{layer}.weight": mask for layer, mask in left.items()}
    fewer = {name: keep for name, keep in units.items() if not keep.all()}
    for name, mask in structure.parameter_masks(fewer).items():
        parameters[name] = parameters[name] & mask if name in parameters else mask.clone()
    layers = (layer for group in structure.groups for layer in group.layers)
    return Masks(parameters, fewer, tuple(layer for layer in layers if layer in broken))


def _cut_out(
    structure: Structure,
    left: dict[str, Tensor],
    units: dict[str, Tensor],
    broken: set[str],
) -> bool:
    """Let go of the units that have no input or no reader; say whether there were any."""
    changed = False
    for group in structure.groups:
        alive = units[group.name] & has_input(group, left) & _has_reader(group, left)
        keep, breaks = alive.clone(), not alive.any() and group.layers[0] not in broken
        if not alive.any():
            keep[units[group.name].nonzero()[0]] = True
            broken |= {*group.layers}
        if torch.equal(keep, units[group.name]) and not breaks:
            continue
        changed, units[group.name] = True, keep
        # What stays of a broken group for the network to run reads nothing, and nobody reads it.
        for layer in {*group.layers} & left.keys():
            left[layer][~group.left(layer, alive)] = False
        for reader in group.readers:
            if reader.layer in left:
                left[reader.layer][:, ~filled(alive, torch.tensor(reader.units))] = False
    return changed


def has_input(group: Group, left: Mapping[str, Tensor]) -> Tensor:
    """Which units any of the layers that write to them still has weights for."""
    found = torch.zeros(group.units, dtype=torch.bool)
    for layer in group.layers:
        if layer not in left:
            return torch.ones(group.units, dtype=torch.bool)
        alive = left[layer].flatten(1).any(1)
        rows = torch.tensor(group.rows.get(layer, range(group.units)))
        found[rows[alive & (rows != OTHER)]] = True
    return found


def _has_reader(group: Group, left: Mapping[str, Tensor]) -> Tensor:
    """Which units any layer still reads."""
    found = torch.zeros(group.units, dtype=torch.bool)
    if not all(reader.layer in left for reader in group.readers) or not group.readers:
        # What no layer reads may still be all that the network says.
        return torch.ones(group.units, dtype=torch.bool)
    for reader in group.readers:
        units = torch.tensor(reader.units)
        own = units != OTHER
        reads = left[reader.layer].transpose(0, 1).flatten(1).any(1)
        found[units[own & reads]] = True
    return found
