"""A network as its weights in safetensors and a description in JSON, enough to build it again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from pruning.models.base import models
from pruning.models.weights import load_weights
from pruning.structure.groups import Structure
from pruning.structure.surgery import Slimmer
from pruning.structure.units import layers_of
from pruning.tensor_files import write_tensors


class Description(BaseModel):
    """What there is to know of a network beside its weights.

    Attributes
    ----------
    model
        The name of the registered model that it came from.
    shape
        Of one image: channels, height, width.
    classes
        Their names, in the order of the outputs.
    input
        What the network takes, in words.
    mean, sd
        Per channel, on a scale from 0 to 1: images are normalised with them.
    widths
        How many outputs each convolution and linear layer has.
    criterion, granularity, sparsity
        How it was pruned, and the share that is gone; None and 0 for a network that was not.
    budget
        What that is a share of, where units went; of single weights it is a share of these.
    measures
        Whatever was measured of it, such as its test accuracy.
    chosen_on
        The images by which it was chosen among others, validation or test.
    validation_accuracy
        On the validation images, from 0 to 1, where that is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["prunelab-network-1"] = "prunelab-network-1"
    model: str
    dataset: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    input: str = "(image - mean) / sd, per channel, of images with values from 0 to 1"
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    widths: dict[str, int]
    criterion: str | None = None
    granularity: str | None = None
    sparsity: float = 0.0
    budget: str = "units"
    measures: dict[str, float] = Field(default_factory=dict)
    chosen_on: Literal["validation", "test"] | None = None
    validation_accuracy: float | None = None


def widths_of(network: nn.Module) -> dict[str, int]:
    """How many outputs each convolution and linear layer has."""
    return {name: len(layer.weight) for name, layer in layers_of(network).items()}


def write_description(description: Description, path: Path) -> Path:
    """Write the description as JSON."""
    path.write_text(description.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return path


def write_weights(network: nn.Module, path: Path) -> Path:
    """Write all parameters and buffers as safetensors."""
    write_tensors(path, network.state_dict())
    return path


def rebuild(description: Path, weights: Path) -> nn.Module:
    """Build a network again from its two files, in eval mode; nothing is unpickled.

    Parameters
    ----------
    description
        What :func:`write_description` wrote.
    weights
        What :func:`write_weights` wrote.

    Raises
    ------
    ValueError
        If the files do not describe a network, or not the same one.
    pruning.registry.UnknownNameError
        If the model is not registered here.
    """
    told = Description.model_validate_json(description.read_bytes())
    network = models[told.model].untrained(told.shape, len(told.classes), seed=0).eval()
    if widths_of(network) != told.widths:
        # What was left whole may be what could not lose units.
        widths = widths_of(network)
        whole = [name for name, width in told.widths.items() if widths.get(name) == width]
        structure = Structure.of(network, told.shape, whole)
        network = Slimmer(network, structure).shrink(_any_units(structure, told.widths))
    load_weights(network, weights)
    return network


def _any_units(structure: Structure, widths: Mapping[str, int]) -> dict[str, Tensor]:
    """Masks that leave groups as wide as told; which units stay does not matter to the shape."""
    return {
        group.name: torch.arange(group.units) < widths.get(group.layers[0], 0)
        for group in structure.groups
    }
