"""What a starting point is."""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    name: str
    title: str
    description: str
    path: Path | None = None
    model: str | None = None


initial_weights: Registry[InitialWeights] = Registry("starting point", "pruning.initial_weights")
initial_weights.add(InitialWeights(INITIAL, "Initial weights", "Drawn by the seed."))

InitialWeightsName = Annotated[str, Choice(initial_weights)]
