"""What a hand-made mask is, and whether it fits the network of its run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from backend.problems import FieldError
from pruning.experiments.base import experiments
from pruning.experiments.layer_widths import LayerWidths
from pruning.registry import UnknownNameError

MOST_MASKS = 100
MOST_CONNECTIONS = 5_000
# Of the widest network that any form takes: five hidden layers of 2,000 units.
MOST_UNITS = 10_000
# What both databases keep, and a page counts exactly.
_HIGHEST = 2**31 - 1

Value = TypeVar("Value")


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("takes letters, digits and signs, but no zero characters")
    return text


def _each_once(values: list[Value]) -> list[Value]:
    if double := first_double(values):
        raise ValueError(f"names each once; {double} is there twice")
    return values


def first_double(values: Iterable[object]) -> str:
    """The first of the values that is there twice, in writing; empty if there is none."""
    counts = Counter(map(str, values))
    return next((value for value, count in counts.items() if count > 1), "")


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_storable),
]
Author = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=128), AfterValidator(_storable)
]
Note = Annotated[str, StringConstraints(max_length=500), AfterValidator(_storable)]
_Index = Annotated[int, Field(strict=True, ge=0, le=_HIGHEST)]
_Connection = Annotated[list[_Index], Field(min_length=3, max_length=3)]


class HandMade(BaseModel):
    """What somebody has removed from a network by hand, and what they call that."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(
        description="What it is called; its own among the masks of the run.",
        examples=["Without the first layer's corner"],
    )
    author: Author = Field(
        "", description="Who made it. Where people log in, it is whoever is logged in."
    )
    note: Note = Field("", description="A few words on it.")
    units: Annotated[list[_Index], AfterValidator(_each_once)] = Field(
        default_factory=list,
        max_length=MOST_UNITS,
        description="The hidden units that are removed, in the order in which they were; counted "
        "through all hidden layers from the input on.",
        examples=[[7, 130]],
    )
    connections: Annotated[list[_Connection], AfterValidator(_each_once)] = Field(
        default_factory=list,
        max_length=MOST_CONNECTIONS,
        description="The single connections that are removed, each as layer, from, to. Layer 0 "
        "leads from the inputs to the first hidden layer, the last one to the classes.",
        examples=[[[0, 1, 7]]],
    )


class HandMask(HandMade):
    """A mask that is kept with a run."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    run: str = Field(validation_alias="run_id")
    created_at: datetime


def network_of(experiment: str, config: dict[str, object]) -> LayerWidths | None:
    """The network of a stored run.

    None where its experiment has no single one, or where that, or the data, is not installed.
    """
    try:
        study = experiments[experiment]
        return study.network(study.config.model_validate(config)) if study.network else None
    except (UnknownNameError, ValidationError):
        return None


def misfits(mask: HandMade, network: LayerWidths) -> list[FieldError]:
    """Where a mask names what the network does not have: the first such place of each field."""
    found = (_unit_misfits(mask.units, network), _connection_misfits(mask.connections, network))
    return [error for errors in found for error in [next(errors, None)] if error]


def _unit_misfits(units: Sequence[int], network: LayerWidths) -> Iterator[FieldError]:
    for place, unit in enumerate(units):
        if unit >= network.units:
            message = (
                f"each has to be {network.units - 1} or less, not {unit}: the network has "
                f"{network.units:,} hidden units, counted from 0"
            )
            yield FieldError(field=f"units.{place}", message=message)


def _connection_misfits(
    connections: Sequence[Sequence[int]], network: LayerWidths
) -> Iterator[FieldError]:
    for place, connection in enumerate(connections):
        if message := _misfit(connection, network):
            yield FieldError(field=f"connections.{place}", message=message)


def _misfit(connection: Sequence[int], network: LayerWidths) -> str:
    """What is wrong with a connection, if something is."""
    layer, start, end = connection
    last = len(network.hidden)
    if layer > last:
        return f"each has a layer of {last} or less, not {layer}: {last} leads to the classes"
    for unit, width, side in zip((start, end), network.all[layer:], ("from", "to"), strict=False):
        if unit >= width:
            return (
                f"each of layer {layer} leads {side} one of {width:,} units, {width - 1} or less, "
                f"not {unit}"
            )
    return ""
