"""What is known of the networks that are kept; importable without torch."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pruning.training.epochs import Epoch
from pruning.training.optimisers import Training

log = logging.getLogger(__name__)

WEIGHTS = ".safetensors"


@dataclass(frozen=True)
class TrainedNetwork:
    """What people want to know of a network that is kept; the JSON file beside its weights.

    Attributes
    ----------
    hash
        The name of its files.
    test_accuracy, test_loss
        Over ``test_images`` images.
    epochs
        How training went.
    """

    hash: str
    model: str
    dataset: str
    training: Training
    test_accuracy: float
    test_loss: float
    test_images: int
    epochs: list[Epoch]

    def weights(self, data_dir: Path) -> Path:
        """Where its weights are: a starting point for other networks of its model."""
        return networks_folder(data_dir) / (self.hash + WEIGHTS)


DESCRIPTION = TypeAdapter(TrainedNetwork)


def trained_networks(data_dir: Path) -> list[TrainedNetwork]:
    """The networks that are kept, those trained last in front."""
    files = [
        path
        for path in networks_folder(data_dir).glob("*.json")
        if path.with_suffix(WEIGHTS).exists()
    ]
    files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return [network for path in files if (network := described(path))]


def networks_folder(data_dir: Path) -> Path:
    """Where they are."""
    return data_dir / "networks"


def described(path: Path) -> TrainedNetwork | None:
    """What a file says, or None if it cannot be read."""
    try:
        return DESCRIPTION.validate_json(path.read_bytes())
    except ValidationError:
        log.warning("%s cannot be read, so its network counts as not trained", path)
        return None
