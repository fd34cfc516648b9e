"""Groups of units: layers that can only lose a unit together, and who reads them.

Some layers cannot lose a unit alone: the outputs of a residual block and of its shortcut are added,
so channel 3 of one goes with channel 3 of the other. Such layers are a group. A group also knows
which layers read its units and at which of their inputs, and that is all that masking and slimming
need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from pruning.masks.applying import parameters_of

Layer = nn.Conv2d | nn.Linear

# In place of a unit: an input that belongs to none of the group.
OTHER = -1


@dataclass(frozen=True)
class Reader:
    """A layer whose inputs are the units of a group: any that surgery can cut.

    Attributes
    ----------
    layer
        Its name.
    units
        The unit that each of its inputs belongs to; ``OTHER`` where it is none of the group.
        Every unit fills equally many.
    """

    layer: str
    units: tuple[int, ...]

    @property
    def inputs_per_unit(self) -> int:
        """How many inputs each unit fills: 1, but behind a flatten the number of pixels."""
        return self.units.count(0)

    @classmethod
    def consecutive(cls, layer: str, units: int, inputs_per_unit: int) -> Reader:
        """A layer whose inputs are the units in their order, and nothing else."""
        return cls(layer, tuple(unit for unit in range(units) for _ in range(inputs_per_unit)))


@dataclass(frozen=True)
class Group:
    """Layers that can only lose a unit together.

    Attributes
    ----------
    name
        That of the first of its layers in the order of the forward pass.
    layers
        The convolutions and linear layers whose outputs are the units, in that order.
    norms
        The norms and depthwise convolutions that the units pass through, each by itself.
    units
        How many units there are.
    readers
        The layers that take the units in.
    rows
        Of layers and norms whose rows are not just the units in their order: the unit that each
        row belongs to; ``OTHER`` where it is none of the group. Where only channels together can
        go, as behind a convolution in groups, a unit has several rows.
    """

    name: str
    layers: tuple[str, ...]
    norms: tuple[str, ...]
    units: int
    readers: tuple[Reader, ...] = ()
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def left(self, module: str, keep: Tensor) -> Tensor:
        """Which rows of a layer or norm are left where these units are."""
        rows = self.rows.get(module)
        return keep if rows is None else filled(keep, torch.tensor(rows))

    def of_units(self, module: str, values: Tensor) -> Tensor:
        """From a value of each row of a layer to one of each unit: their mean."""
        if module not in self.rows:
            return values
        rows = torch.tensor(self.rows[module], device=values.device)
        own = rows != OTHER
        sums = values.new_zeros(self.units).index_add_(0, rows[own], values[own])
        return sums / torch.bincount(rows[own], minlength=self.units)


@dataclass(frozen=True)
class Groups:
    """What may lose units.

    Attributes
    ----------
    network
        Whose units they are.
    groups
        In the order of the forward pass.
    """

    network: nn.Module
    groups: list[Group]

    @property
    def unit_counts(self) -> dict[str, int]:
        """How many units each group has."""
        return {group.name: group.units for group in self.groups}

    def parameter_masks(self, units: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Masks under which the removed units' outputs are exactly zero.

        Zero are a removed unit's weights and bias in every layer of its group, and its weight and
        bias in the batch norms behind them.

        Parameters
        ----------
        units
            Which units stay, by the name of the group: truth values of shape ``(units,)``. Groups
            that are not named stay whole.

        Returns
        -------
        dict[str, Tensor]
            By the name of the parameter, in its shape and on its device. They are views of
            ``units``, so do not write to them.

        Raises
        ------
        ValueError
            If a group is unknown, or a mask has another shape.
        """
        self.check_units(units)
        parameters = parameters_of(self.network)
        masks: dict[str, Tensor] = {}
        for group in self.groups:
            if group.name not in units:
                continue
            for module in (*group.layers, *group.norms):
                left = group.left(module, units[group.name])
                for name in (f"{module}.weight", f"{module}.bias"):
                    if name in parameters:
                        mask = _rows(left, parameters[name])
                        # A norm behind a concatenation has units of several groups.
                        masks[name] = masks[name] & mask if name in masks else mask
        return masks

    def check_units(self, units: Mapping[str, Tensor]) -> None:
        """Raise a ``ValueError`` unless these are masks of this structure's groups."""
        counts = self.unit_counts
        for name, keep in units.items():
            if name not in counts:
                raise ValueError(f"there is no group {name!r}; there are {', '.join(counts)}")
            if keep.dtype != torch.bool or keep.shape != (counts[name],):
                raise ValueError(
                    f"the mask of group {name!r} must hold {counts[name]} truth values; "
                    f"this is {keep.dtype} of shape {tuple(keep.shape)}"
                )


def filled(keep: Tensor, units: Tensor) -> Tensor:
    """Of what belongs to these units, what is left; what belongs to none all is."""
    return keep[units.clamp_min(0)] | (units == OTHER)


def layers_of(network: nn.Module) -> dict[str, Layer]:
    """The convolutions and linear layers by name, in the order in which they were defined.

    That is the order of the forward pass in every registered model; a :class:`Structure` follows
    the forward pass itself.
    """
    modules = network.named_modules()
    return {name: module for name, module in modules if isinstance(module, nn.Conv2d | nn.Linear)}


def input_axis(layer: nn.Module) -> int:
    """Along which axis of what goes into a layer its inputs lie."""
    match layer:
        case nn.Conv2d() | nn.ConvTranspose2d():
            return -3
        case nn.Conv1d():
            return -2
    return -1


def _rows(keep: Tensor, parameter: Tensor) -> Tensor:
    """``keep`` in the shape of a parameter whose first axis it is about."""
    column = keep.to(parameter.device).view(-1, *[1] * (parameter.ndim - 1))
    return column.expand_as(parameter)
