"""From masks of units to a physically smaller network.

What a removed unit takes with it is known from the dependency graph
(:mod:`pruning.structure.units`): its rows in every layer of its group, its entries in their batch
norms, and the columns of the layers that read it. Taking these out leaves the outputs as they were
under the masks.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pruning.structure.units import OTHER, Groups

Units = Mapping[str, Tensor]


class Slimmer:
    """One copy of a network that shrinks from mask to mask.

    Nested masks of one network so cost one dependency graph and one copy, and each step only
    moves what is left.

    Parameters
    ----------
    network
        Is left as it was.
    groups
        Its groups, such as its structure; those of a network with other weights but the same layers
        will do.
    """

    def __init__(self, network: nn.Module, groups: Groups) -> None:
        self._groups = groups
        self._network = copy.deepcopy(network).eval()
        self._kept = {
            name: torch.ones(count, dtype=torch.bool) for name, count in groups.unit_counts.items()
        }
        self._readers: dict[str, list[tuple[str, Tensor]]] = {}
        for group in groups.groups:
            for reader in group.readers:
                read = (group.name, torch.tensor(reader.units))
                self._readers.setdefault(reader.layer, []).append(read)

    def shrink(self, units: Units) -> nn.Module:
        """Remove the units that the masks remove and return the network.

        It is the same object each time: the next step shrinks it further.

        Parameters
        ----------
        units
            Masks of the units that the network had at first, truth values of shape ``(units,)``.
            Groups that are not named stay as they are.

        Raises
        ------
        ValueError
            If a mask would empty its group, or bring a removed unit back. The network then stays
            as it was.
        """
        masks = {name: keep.cpu() for name, keep in units.items()}
        self._check(masks)
        rows, columns = self._indices(masks)
        for name in rows.keys() | columns.keys():
            _cut(self._network.get_submodule(name), rows.get(name), columns.get(name))
        self._kept |= masks
        return self._network

    def _check(self, masks: Units) -> None:
        self._groups.check_units(masks)
        for name, keep in masks.items():
            if not keep.any():
                raise ValueError(f"group {name!r} would lose all its units; one has to stay")
            if (keep & ~self._kept[name]).any():
                raise ValueError(f"group {name!r} has lost units that this mask keeps")

    def _indices(self, masks: Units) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Which of their present rows and columns the modules keep; whole ones are left out."""
        rows: dict[str, Tensor] = {}
        fewer = {name for name, keep in masks.items() if (self._kept[name] & ~keep).any()}
        for group in self._groups.groups:
            if group.name in fewer:
                stay = masks[group.name][self._kept[group.name]]
                rows |= dict.fromkeys((*group.layers, *group.norms), stay.nonzero().flatten())
        columns = {
            layer: self._inputs(layer, {**self._kept, **masks})[self._inputs(layer, self._kept)]
            .nonzero()
            .flatten()
            for layer, read in self._readers.items()
            if any(name in fewer for name, _ in read)
        }
        return rows, columns

    def _inputs(self, layer: str, kept: Units) -> Tensor:
        """Which of the inputs that a layer had at first are left where these units are."""
        (name, units), *others = self._readers[layer]
        left = filled(kept[name], units)
        for name, units in others:
            left = left & filled(kept[name], units)
        return left


def filled(keep: Tensor, units: Tensor) -> Tensor:
    """Of inputs that belong to these units, which are left; those of no unit all are."""
    return keep[units.clamp_min(0)] | (units == OTHER)


def _cut(module: nn.Module, rows: Tensor | None, columns: Tensor | None) -> None:
    """Leave a module only these rows and columns."""
    for name, parameter in module.named_parameters(recurse=False):
        cut = _select(parameter.detach(), rows, columns if parameter.ndim > 1 else None)
        setattr(module, name, nn.Parameter(cut, parameter.requires_grad))
    for name, buffer in module.named_buffers(recurse=False):
        setattr(module, name, _select(buffer, rows if buffer.ndim else None, None))
    _resize(module)


def _select(tensor: Tensor, rows: Tensor | None, columns: Tensor | None) -> Tensor:
    # The smaller selection first: the second then moves less.
    if rows is not None:
        tensor = tensor.index_select(0, rows.to(tensor.device))
    if columns is not None:
        tensor = tensor.index_select(1, columns.to(tensor.device))
    return tensor


def _resize(module: nn.Module) -> None:
    """Let a module's sizes say what its parameters are."""
    match module:
        case nn.Conv2d() if module.groups > 1:
            # Only where each channel has a filter of its own: units pass through.
            module.groups = module.in_channels = module.out_channels = len(module.weight)
        case nn.Conv2d():
            module.out_channels, module.in_channels = module.weight.shape[:2]
        case nn.Linear():
            module.out_features, module.in_features = module.weight.shape
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            module.num_features = len(module.weight)
