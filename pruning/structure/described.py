"""What networks are made of, layer by layer, kept as words: who reads it needs no torch."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from pruning.models.base import FIRST, OUTPUT, Model, Shape, models

if TYPE_CHECKING:
    from torch import nn

LayerKind = Literal["convolution", "linear"]


@dataclass(frozen=True)
class LayerDescription:
    """A convolution or a linear layer of a network.

    Attributes
    ----------
    units
        How many filters or neurons it has.
    parameters
        Weights and biases.
    multiply_adds
        Of one image.
    values
        How many numbers it hands on of one image.
    """

    name: str
    kind: LayerKind
    units: int
    parameters: int
    multiply_adds: int
    values: int


@dataclass(frozen=True)
class GroupDescription:
    """Layers, by their names, that can only lose a unit together, and how many units they have."""

    layers: tuple[str, ...]
    units: int


@dataclass(frozen=True)
class NetworkDescription:
    """A network for images of one shape.

    Attributes
    ----------
    layers
        In the order in which the network names them.
    parameters
        All, those of batch norms too.
    groups
        What may lose units, the output left out; None if units of this network cannot be removed
        as long as no layer is excluded.
    """

    layers: tuple[LayerDescription, ...]
    parameters: int
    groups: tuple[GroupDescription, ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all layers."""
        return tuple(layer.name for layer in self.layers)

    def removable_units(self, exclude: Collection[str]) -> list[int] | None:
        """How many units each group has that holds none of the layers ``exclude``."""
        if self.groups is None:
            return None
        words = {FIRST: self.names[0], OUTPUT: self.names[-1]}
        whole = {words.get(name, name) for name in exclude}
        return [group.units for group in self.groups if whole.isdisjoint(group.layers)]

    @property
    def values(self) -> int:
        """How many numbers all layers hand on of one image."""
        return sum(layer.values for layer in self.layers)

    def multiply_adds(self, kind: LayerKind | None = None) -> int:
        """Of one image, in all layers or in those of a kind."""
        return sum(each.multiply_adds for each in self.layers if kind in (None, each.kind))


class Described(NamedTuple):
    """What a description is of: a model for images of this shape and so many classes."""

    model: str
    shape: Shape
    classes: int

    def path(self, data_dir: Path) -> Path:
        """Where the description is kept; that of corrected code has another name."""
        name = re.sub(r"[^\w.-]", "_", self.model)
        size = "x".join(map(str, self.shape))
        code = code_of(models[self.model])
        return data_dir / "models" / f"{name}-{code}-{size}-{self.classes}.json"


_DESCRIPTION = TypeAdapter(NetworkDescription)


def kept_description(of: Described, data_dir: Path) -> NetworkDescription | None:
    """The description of a network, if somebody has written it down; needs no torch."""
    try:
        return _DESCRIPTION.validate_json(of.path(data_dir).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def describe(of: Described, data_dir: Path) -> NetworkDescription:
    """Build a network, look at its layers, and write the description down."""
    from pruning.structure.cost import positions_of
    from pruning.structure.units import layers_of
    from pruning.tensor_files import write_text

    network = models[of.model].untrained(of.shape, of.classes, seed=0)
    positions = positions_of(network, of.shape)
    found = NetworkDescription(
        tuple(
            LayerDescription(
                name,
                "linear" if layer.weight.ndim == 2 else "convolution",
                len(layer.weight),
                sum(each.numel() for each in layer.parameters()),
                positions[name] * layer.weight.numel(),
                positions[name] * len(layer.weight),
            )
            for name, layer in layers_of(network).items()
        ),
        sum(each.numel() for each in network.parameters()),
        _groups(network, of.shape),
    )
    write_text(of.path(data_dir), _DESCRIPTION.dump_json(found).decode())
    return found


def _groups(network: nn.Module, shape: Shape) -> tuple[GroupDescription, ...] | None:
    from pruning.structure.groups import Structure

    try:
        found = Structure.of(network, shape).groups
    except ValueError:
        # What stands in the way is told to whoever asks for units; layers are known all the same.
        return None
    return tuple(GroupDescription(group.layers, group.units) for group in found)


def code_of(model: Model) -> str:
    """The code of a model as :attr:`.Model.code`, read again once its file has been changed."""
    file = Path(inspect.unwrap(model.build).__code__.co_filename)
    return _code_of(model, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=256)
def _code_of(model: Model, _: int) -> str:
    return model.code
