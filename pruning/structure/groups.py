"""What of a network can be removed, and what goes together.

Some layers cannot lose a unit alone: the outputs of a residual block and of its shortcut are added,
so channel 3 of one goes with channel 3 of the other. Torch-Pruning's dependency graph [fang2023]_
finds these couplings; here they become groups. A group also knows which layers read its units, and
that is all that masking and slimming need.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pruning.masks.applying import masked
from pruning.structure.dependencies import Coupling, example, trace

Layer = nn.Conv2d | nn.Linear

FIRST = "first"
OUTPUT = "output"


@dataclass(frozen=True)
class Reader:
    """A layer whose inputs are the units of a group.

    Attributes
    ----------
    layer
        Its name.
    inputs_per_unit
        How many consecutive inputs each unit fills: 1, but behind a flatten the number of pixels.
    """

    layer: str
    inputs_per_unit: int


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
        The batch norms that the units pass through.
    units
        How many units each of the layers has.
    readers
        The layers that take the units in.
    """

    name: str
    layers: tuple[str, ...]
    norms: tuple[str, ...]
    units: int
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True)
class Structure:
    """What of ``network`` can be removed; see :meth:`of`.

    Attributes
    ----------
    layers
        The layers that may lose weights, by name in the order of the forward pass; excluded ones
        are left out.
    groups
        What may lose units, in the order of the forward pass. A group that has an excluded layer
        is left out; the output layer is in none, for its units are the classes.
    """

    network: nn.Module
    layers: dict[str, Layer]
    groups: list[Group]

    @classmethod
    def of(
        cls, network: nn.Module, shape: tuple[int, int, int], exclude: Collection[str] = ()
    ) -> Structure:
        """Find the layers and groups of a network; the network is left as it was.

        Parameters
        ----------
        shape
            Of one image: channels, height, width.
        exclude
            Names of layers that stay whole, or the words ``first`` and ``output``.

        Raises
        ------
        ValueError
            If a layer to exclude is not there, if images of this shape do not fit, or if units
            cannot be removed from the network: the message says where.
        """
        order, couplings = trace(network, shape)
        names = layers_of(network)
        layers = {name: names[name] for name in order if name in names}
        if not layers:
            raise ValueError("the network has no convolution and no linear layer")
        excluded = _excluded(exclude, list(layers))
        groups = [
            _group(coupling, order)
            for coupling in couplings
            if not coupling.is_output and excluded.isdisjoint(coupling.layers)
        ]
        kept = {name: layer for name, layer in layers.items() if name not in excluded}
        structure = cls(network, kept, sorted(groups, key=lambda group: order.index(group.name)))
        _check_silence(structure, shape)
        return structure

    @property
    def weights(self) -> list[str]:
        """The names of the parameters that may lose single weights."""
        return [f"{name}.weight" for name in self.layers]

    @property
    def weight_counts(self) -> dict[str, int]:
        """How many weights each layer has."""
        return {name: layer.weight.numel() for name, layer in self.layers.items()}

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
        parameters = dict(self.network.named_parameters())
        masks = {}
        for group in self.groups:
            if group.name not in units:
                continue
            for module in (*group.layers, *group.norms):
                for name in (f"{module}.weight", f"{module}.bias"):
                    if name in parameters:
                        masks[name] = _rows(units[group.name], parameters[name])
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


def layers_of(network: nn.Module) -> dict[str, Layer]:
    """The convolutions and linear layers by name, in the order in which they were defined.

    That is the order of the forward pass in every registered model; a :class:`Structure` follows
    the forward pass itself.
    """
    modules = network.named_modules()
    return {name: module for name, module in modules if isinstance(module, nn.Conv2d | nn.Linear)}


def too_sparse(counts: Mapping[str, int], removed: Mapping[str, int]) -> str | None:
    """Why so much cannot be removed, with what to change; None if it can.

    Parameters
    ----------
    counts
        How many units each group or weights each layer has: :attr:`Structure.unit_counts` or
        :attr:`Structure.weight_counts`.
    removed
        How many of them are to go.
    """
    emptied = [name for name, count in counts.items() if removed.get(name, 0) >= count]
    if not emptied:
        return None
    return (
        f"Nothing would be left of {', '.join(emptied)}: ask for a lower sparsity, or exclude "
        f"{'it' if len(emptied) == 1 else 'them'}"
    )


def _excluded(exclude: Collection[str], layers: list[str]) -> frozenset[str]:
    words = {FIRST: layers[0], OUTPUT: layers[-1]}
    excluded = frozenset(words.get(name, name) for name in exclude)
    if unknown := sorted(excluded - set(layers)):
        raise ValueError(
            f"there is no layer {', '.join(map(repr, unknown))} to exclude; there are "
            f"{', '.join(layers)}, and the words {FIRST} and {OUTPUT}"
        )
    return excluded


def _group(coupling: Coupling, order: list[str]) -> Group:
    """The group that a coupling is; an error if one unit is not one channel everywhere."""
    layers = tuple(sorted(coupling.layers, key=order.index))
    name = layers[0]
    if coupling.others:
        raise ValueError(_refusal(name, f"they pass through {', '.join(coupling.others)}"))
    identity = list(range(coupling.units))
    for module, units in (coupling.layers | coupling.norms).items():
        if units != identity:
            raise ValueError(_refusal(name, f"they are not in the same order in {module}"))
    readers = []
    for reader, units in coupling.readers.items():
        spread, rest = divmod(coupling.inputs[reader], coupling.units)
        if rest or units != [unit for unit in identity for _ in range(spread)]:
            raise ValueError(_refusal(name, f"they are not all that {reader} takes in"))
        readers.append(Reader(reader, spread))
    readers.sort(key=lambda reader: order.index(reader.layer))
    return Group(
        name, layers, tuple(sorted(coupling.norms, key=order.index)), coupling.units, tuple(readers)
    )


def _refusal(name: str, reason: str) -> str:
    return f"units of {name} cannot be removed, because {reason}; exclude {name}"


def _rows(keep: Tensor, parameter: Tensor) -> Tensor:
    """``keep`` in the shape of a parameter whose first axis it is about."""
    column = keep.to(parameter.device).view(-1, *[1] * (parameter.ndim - 1))
    return column.expand_as(parameter)


def _check_silence(structure: Structure, shape: tuple[int, int, int]) -> None:
    """Raise unless layers read exactly zero where units were removed.

    Between them an activation function that takes 0 to something else, such as a sigmoid, would
    tell a masked network from a slimmed one.
    """
    everything = {
        name: torch.zeros(count, dtype=torch.bool) for name, count in structure.unit_counts.items()
    }
    with torch.inference_mode():
        silenced = masked(structure.network, structure.parameter_masks(everything)).eval()
        for group in structure.groups:
            for reader in group.readers:
                silenced.get_submodule(reader.layer).register_forward_pre_hook(
                    _silent(reader.layer)
                )
        silenced(example(silenced, shape))


def _silent(name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
    def check(_: nn.Module, inputs: tuple[Tensor]) -> None:
        if inputs[0].any():
            raise ValueError(
                f"units before {name} cannot be removed, because without them it still takes in "
                "something else than zero: activation functions must take 0 to 0"
            )

    return check
