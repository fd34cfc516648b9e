"""What is known of the networks that are kept; importable without torch."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import inf
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
    settings
        What was asked for, in few digits: :attr:`pruning.training.cache.NetworkSpec.settings`.
        Empty of networks that were kept before there was such a word.
    """

    hash: str
    model: str
    dataset: str
    training: Training
    test_accuracy: float
    test_loss: float
    test_images: int
    epochs: list[Epoch]
    settings: str = ""

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


def kept_settings(
    data_dir: Path, settings: str, snapshots: Collection[int] = (), before: datetime | None = None
) -> bool:
    """Whether a trained network of these settings is kept, or was before some moment.

    Parameters
    ----------
    snapshots
        Epochs after which its weights have to be there as well.
    """
    latest = before.timestamp() if before else inf
    folder = networks_folder(data_dir)
    for path in folder.glob("*.json"):
        written = path.stat().st_mtime
        if written < latest and _settings_in(path, written) == settings:
            stem = folder / path.stem
            wanted = [stem, *(f"{stem}.epoch-{epoch}" for epoch in snapshots)]
            return all(Path(f"{each}{WEIGHTS}").exists() for each in wanted)
    return False


@lru_cache(maxsize=10_000)
def _settings_in(path: Path, _: float) -> str:
    """The settings that a file tells, read once as long as it is not written again."""
    network = described(path)
    return network.settings if network else ""


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
