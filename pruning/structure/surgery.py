"""From masks of units to a physically smaller network.

What a removed unit takes with it is known from the dependency graph
(:mod:`pruning.structure.units`): its rows in every layer of its group, its entries in their batch
norms, and the columns of the layers that read it. Taking these out leaves the outputs as they were
under the masks.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from pruning.structure.units import Groups, filled

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
        # By module: the groups that its rows, or its columns, belong to, and which unit of them.
        self._rows: _Axes = {}
        self._columns: _Axes = {}
        for group in groups.groups:
            for module in (*group.layers, *group.norms):
                rows = torch.tensor(group.rows.get(module, range(group.units)))
                self._rows.setdefault(module, []).append((group.name, rows))
            for reader in group.readers:
                read = (group.name, torch.tensor(reader.units))
                self._columns.setdefault(reader.layer, []).append(read)

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
        fewer = {name for name, keep in masks.items() if (self._kept[name] & ~keep).any()}
        after = {**self._kept, **masks}
        rows, columns = (
            {
                module: _left(parts, after)[_left(parts, self._kept)].nonzero().flatten()
                for module, parts in axes.items()
                if any(name in fewer for name, _ in parts)
            }
            for axes in (self._rows, self._columns)
        )
        return rows, columns


# By module: names of groups, each with the unit that every index belongs to.
_Axes = dict[str, list[tuple[str, Tensor]]]


def _left(parts: Sequence[tuple[str, Tensor]], kept: Units) -> Tensor:
    """Which of the indices that an axis had at first are left where these units are."""
    (name, units), *others = parts
    left = filled(kept[name], units)
    for name, units in others:
        left = left & filled(kept[name], units)
    return left


def _cut(module: nn.Module, rows: Tensor | None, columns: Tensor | None) -> None:
    """Leave a module only these rows and columns."""
    is_turned = isinstance(module, nn.ConvTranspose2d)
    for name, parameter in module.named_parameters(recurse=False):
        read = columns if parameter.ndim > 1 else None
        # The weights of a transposed convolution stand the other way round.
        cut = _select(parameter.detach(), *((read, rows) if is_turned else (rows, read)))
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
            # Whole groups go.
            left = len(module.weight)
            module.groups = module.groups * left // module.out_channels
            module.out_channels = left
            module.in_channels = module.groups * module.weight.shape[1]
        case nn.ConvTranspose2d():
            module.in_channels = len(module.weight)
        case nn.Conv1d() | nn.Conv2d():
            module.out_channels, module.in_channels = module.weight.shape[:2]
        case nn.Linear():
            module.out_features, module.in_features = module.weight.shape
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            module.num_features = len(module.weight)
        case nn.GroupNorm():
            left = len(module.weight)
            module.num_groups = module.num_groups * left // module.num_channels
            module.num_channels = left
