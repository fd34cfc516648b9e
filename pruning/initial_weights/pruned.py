"""Pruned networks that are kept to be started from; readable without torch."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from pruning.takeaway.description import Description

if TYPE_CHECKING:
    from torch import nn

log = logging.getLogger(__name__)

# The measure that a starting point is told by.
DESCRIBED = "test_accuracy"


class PrunedStart(NamedTuple):
    """A pruned network that is kept: the name of its files, what it is, and its weights."""

    name: str
    described: Description
    path: Path


def start_name(config_hash: str) -> str:
    """What the network is called as a starting point that a configuration of this hash makes."""
    return f"pruned-{config_hash}"


def keep(network: nn.Module, described: Description, data_dir: Path, name: str) -> None:
    """Keep a network under its :func:`start_name`."""
    from pruning.takeaway.weights import write_weights
    from pruning.tensor_files import write_text

    folder = _folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(network, folder / f"{name}.safetensors")
    # Last: what is described is there.
    write_text(folder / f"{name}.json", described.model_dump_json(indent=2))


def pruned_networks(data_dir: Path) -> list[PrunedStart]:
    """The networks that are kept, the latest first."""
    files = sorted(_folder(data_dir).glob("*.json"), key=lambda path: -path.stat().st_mtime)
    return [
        PrunedStart(path.stem, described, path.with_suffix(".safetensors"))
        for path in files
        if (described := _described(path))
    ]


def _folder(data_dir: Path) -> Path:
    return data_dir / "pruned"


def _described(path: Path) -> Description | None:
    try:
        described = Description.model_validate_json(path.read_bytes())
    except ValidationError:
        log.warning("%s cannot be read, so its network is no starting point", path)
        return None
    return described if DESCRIBED in described.measures else None
