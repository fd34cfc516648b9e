"""A network as its weights in safetensors and a description in JSON, enough to build it again."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from pruning.models.base import models
from pruning.models.weights import load_weights
from pruning.structure.widths import with_widths
from pruning.takeaway.description import Description
from pruning.tensor_files import write_tensors


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
    network = with_widths(network, told.shape, told.widths)
    load_weights(network, weights)
    return network
