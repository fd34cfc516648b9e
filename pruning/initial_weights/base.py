"""What a starting point is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pruning.registry import Choice, Registry

INITIAL = "initial"


@dataclass(frozen=True)
class InitialWeights:
    """Weights that training starts from.

    Attributes
    ----------
    path
        A safetensors file; None for initial weights drawn by the seed.
    model
        The name of the model that they are of, where that is known.
    needs
        What other settings have to be for it to fit, as far as that is known: names by field.
    """

    name: str
    title: str
    description: str
    path: Path | None = None
    model: str | None = None
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)


initial_weights: Registry[InitialWeights] = Registry("starting point", "pruning.initial_weights")
initial_weights.add(InitialWeights(INITIAL, "Initial weights", "Drawn by the seed."))

InitialWeightsName = Annotated[str, Choice(initial_weights, extra=("needs",))]
