"""Networks that have lost units, built again from how wide their layers are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from pruning.models.weights import WeightsError, load_weights, prefix_in
from pruning.structure.groups import Structure
from pruning.structure.surgery import Slimmer
from pruning.structure.units import layers_of


def widths_of(network: nn.Module) -> dict[str, int]:
    """How many outputs each convolution and linear layer has."""
    return {name: len(layer.weight) for name, layer in layers_of(network).items()}


def with_widths(
    network: nn.Module, shape: tuple[int, int, int], widths: Mapping[str, int]
) -> nn.Module:
    """A network whose layers are as wide as told: ``network`` itself, or a slimmer copy.

    Which units stay does not matter to its form, so weights are to be loaded into it.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    widths
        What :func:`widths_of` says of a network of the same model that has lost units.

    Raises
    ------
    ValueError
        If the network cannot lose units so.
    """
    own = widths_of(network)
    if own == widths:
        return network
    # What was left whole may be what could not lose units.
    whole = [name for name, width in widths.items() if own.get(name) == width]
    structure = Structure.of(network, shape, whole)
    return Slimmer(network, structure).shrink(_any_units(structure, widths))


def load_any_width(network: nn.Module, shape: tuple[int, int, int], path: Path) -> nn.Module:
    """The network with the weights of a file; as slim as the file's, if that has lost units.

    Parameters
    ----------
    shape
        Of one image: channels, height, width.
    path
        A safetensors file, of the network as it is or of one that has lost units.

    Raises
    ------
    WeightsError
        If the file cannot be read or does not fit the network.
    """
    own = widths_of(network)
    found = _widths_in(path, own, network.state_dict())
    try:
        # Another number of classes is no slimmer network.
        if found.keys() == own.keys() and all(0 < found[name] <= own[name] for name in own):
            network = with_widths(network, shape, found)
    except ValueError as error:
        raise WeightsError(f"{path.name} does not fit the network: {error}") from error
    load_weights(network, path)
    return network


def _widths_in(path: Path, layers: Iterable[str], names: Collection[str]) -> dict[str, int]:
    """How wide these layers are in a file; those that it has. ``names`` are the network's."""
    try:
        with safe_open(path, framework="pt") as file:
            known = set(file.keys())
            prefix = prefix_in(known, names)
            shapes = {
                name: file.get_slice(f"{prefix}{name}.weight").get_shape()
                for name in layers
                if f"{prefix}{name}.weight" in known
            }
            return {name: shape[0] for name, shape in shapes.items() if shape}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path.name} cannot be read as safetensors: {error}") from error


def _any_units(structure: Structure, widths: Mapping[str, int]) -> dict[str, Tensor]:
    """Masks that leave groups as wide as told; which units stay does not matter to the form."""
    masks = {}
    for group in structure.groups:
        first = group.layers[0]
        nothing = torch.zeros(group.units, dtype=torch.bool)
        others, rows = int(group.left(first, nothing).sum()), len(group.left(first, nothing))
        left = (widths.get(first, 0) - others) * group.units // (rows - others)
        masks[group.name] = torch.arange(group.units) < left
    return masks
