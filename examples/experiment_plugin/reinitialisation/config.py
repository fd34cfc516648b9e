"""The settings of a run: what the form, the API and the command line offer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pruning.experiments.base import ExperimentConfig
from pruning.experiments.fields import Ascending, AsList, AsNumbers, Distinct, Seed, titled

Pattern = Annotated[Literal["rings", "waves"], titled(rings="Rings", waves="Waves")]
# By name: what people read, and what it means.
ORDERS = {
    "first": ("First layers", "From the input on."),
    "last": ("Last layers", "From the output back."),
    "random": ("Random layers", "In an order that each seed draws."),
}
Order = Annotated[
    Literal["first", "last", "random"], titled(**{name: said[0] for name, said in ORDERS.items()})
]


class ReinitialisationConfig(ExperimentConfig):
    """The settings of one run."""

    pattern: Pattern = Field(
        "rings",
        title="Pattern",
        description="What the network learns to draw from the coordinates of a point.",
        json_schema_extra={"group": "Network"},
    )
    layers: int = Field(
        5,
        ge=2,
        le=12,
        title="Layers",
        description="How many layers the network has, the output's included.",
        json_schema_extra={"group": "Network"},
    )
    width: int = Field(
        48,
        ge=4,
        le=512,
        title="Width",
        description="How many units each hidden layer has.",
        json_schema_extra={"group": "Network"},
    )
    steps: int = Field(
        300,
        ge=1,
        le=10_000,
        title="Steps",
        description="How many steps of training the network takes, each over all points.",
        json_schema_extra={"group": "Network"},
    )
    orders: Annotated[list[Order], AsList, Distinct] = Field(
        ["first", "last", "random"],
        min_length=1,
        title="Orders",
        description="Which layers get fresh weights before which.",
        json_schema_extra={"group": "Fresh weights"},
    )
    seeds: Annotated[list[Seed], AsNumbers, Ascending] = Field(
        [0, 1, 2],
        min_length=1,
        max_length=20,
        title="Seeds",
        description="Seeds of the weights, trained and fresh: a network each.",
        json_schema_extra={"group": "Fresh weights", "x-format": "numbers"},
    )
    grid: int = Field(
        40,
        ge=8,
        le=128,
        title="Grid",
        description="How many points the pattern has along each side.",
        json_schema_extra={"group": "Network"},
    )
