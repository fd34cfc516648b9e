"""Units that can only go together because a module treats their channels as one.

A convolution in groups has no filter for a part of a group, and a group norm no mean for it. What
is removed there is a whole group of channels, in every layer that has a part in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch import nn

from pruning.structure.dependencies import Coupling
from pruning.structure.units import OTHER

Labels = NDArray[np.int32]


def merged(couplings: Sequence[Coupling], modules: Mapping[str, nn.Module]) -> list[Coupling]:
    """The couplings, those made one that have part in the same groups of channels.

    The units of such a one are what can go alone: there are fewer of them than channels.

    Parameters
    ----------
    modules
        Those of the network, by name.
    """
    starts = np.cumsum([0, *(coupling.units for coupling in couplings)])
    tied: list[tuple[int, str]] = []
    parts: list[tuple[int, tuple[str, int]]] = []
    for place, coupling in enumerate(couplings):
        for name, axis in _tying(coupling):
            channels = len(axis) // _groups(modules[name])
            tied.append((place, name))
            parts += [
                (int(starts[place]) + unit, (name, index // channels))
                for index, unit in enumerate(axis)
                if unit != OTHER
            ]
    units = _components(int(starts[-1]), parts)
    families: dict[int, list[int]] = {}
    for place, family in enumerate(_components(len(couplings), tied)):
        families.setdefault(int(family), []).append(place)
    is_tied = {place for place, _ in tied}
    found = []
    for places in families.values():
        if places[0] in is_tied:
            family = [(couplings[at], units[starts[at] : starts[at + 1]]) for at in places]
            found += _apart(_one(family, modules))
        else:
            found.append(couplings[places[0]])
    return found


def _tying(coupling: Coupling) -> Iterator[tuple[str, list[int]]]:
    """The modules that tie channels together, each with the units of its channels."""
    for axes in (coupling.group_inputs, coupling.group_outputs, coupling.group_norms):
        yield from axes.items()


def _groups(module: nn.Module) -> int:
    return module.num_groups if isinstance(module, nn.GroupNorm) else int(module.groups)  # type: ignore[arg-type]


def _components(count: int, parts: Sequence[tuple[int, object]]) -> Labels:
    """A label for each of ``count`` things, the same for those that have parts in common."""
    hubs: dict[object, int] = {}
    rows = [thing for thing, _ in parts]
    columns = [count + hubs.setdefault(part, len(hubs)) for _, part in parts]
    size = count + len(hubs)
    graph = coo_array((np.ones(len(parts)), (rows, columns)), shape=(size, size))
    labels: Labels = connected_components(graph, directed=False)[1]
    return labels[:count]


def _one(family: Sequence[tuple[Coupling, Labels]], modules: Mapping[str, nn.Module]) -> Coupling:
    """A coupling in place of several, or of one whose units are tied together."""
    numbers: dict[int, int] = {}
    for _, labels in family:
        for label in labels.tolist():
            numbers.setdefault(label, len(numbers))
    one = Coupling(len(numbers))
    for coupling, labels in family:
        number_of = [*(numbers[label] for label in labels.tolist()), OTHER]
        for whole, axes in zip(one.axes, coupling.axes, strict=True):
            for name, axis in axes.items():
                known = whole.get(name, [OTHER] * len(axis))
                # The last number is that of OTHER.
                told = [number_of[unit] for unit in axis]
                whole[name] = [b if a == OTHER else a for a, b in zip(known, told, strict=True)]
        one.others += coupling.others
    one.others += _beside(one, modules)
    return one


def _apart(one: Coupling) -> list[Coupling]:
    """The coupling in parts, where some of its layers have nothing to do with some of its units.

    What is alone in its kind, such as a group of channels across two layers, stays whole.
    """
    kinds: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for unit in range(one.units):
        counts = ((name, axis.count(unit)) for name, axis in one.written.items())
        kinds.setdefault(tuple(pair for pair in counts if pair[1]), []).append(unit)
    several = {kind: units for kind, units in kinds.items() if len(units) > 1}
    layers = [name for kind in several for name, _ in kind]
    if len(kinds) == 1 or not several or len(layers) > len(set(layers)):
        return [one]
    return [_only(one, units) for units in several.values()]


def _only(one: Coupling, units: Sequence[int]) -> Coupling:
    """What a coupling says of some of its units, as if the others were none."""
    part = Coupling(len(units), others=one.others)
    number_of = {unit: number for number, unit in enumerate(units)}
    for whole, axes in zip(part.axes, one.axes, strict=True):
        for name, axis in axes.items():
            told = [number_of.get(unit, OTHER) for unit in axis]
            if set(told) != {OTHER}:
                whole[name] = told
    return part


def _beside(one: Coupling, modules: Mapping[str, nn.Module]) -> list[str]:
    """The modules with a group that has both units and other channels: it cannot go, nor stay."""
    found = []
    for name in dict.fromkeys(name for name, _ in _tying(one)):
        module = modules[name]
        axes = (
            [one.group_norms[name]]
            if isinstance(module, nn.GroupNorm)
            else _sides(one, module, name)
        )
        parts = (np.array(axis).reshape(_groups(module), -1) != OTHER for axis in axes)
        are_units = np.concatenate(list(parts), axis=1)
        if (are_units.any(axis=1) != are_units.all(axis=1)).any():
            found.append(f"{name} ({type(module).__name__}), whose groups have other channels, too")
    return found


def _sides(one: Coupling, module: nn.Module, name: str) -> list[list[int]]:
    """The units of the inputs and of the outputs of a convolution in groups."""
    inputs, outputs = (int(getattr(module, each)) for each in ("in_channels", "out_channels"))
    return [
        one.group_inputs.get(name, [OTHER] * inputs),
        one.group_outputs.get(name, [OTHER] * outputs),
    ]
