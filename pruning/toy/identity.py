"""What a trained toy network is kept under; importable without torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pruning.toy.settings import ToyTraining
from pruning.training.identity import digest, identity, later


@dataclass(frozen=True)
class ToyNetworkIdentity:
    """Everything that a trained network depends on.

    Attributes
    ----------
    content
        What tells a dataset's points from others that have had its name.
    """

    dataset: str
    noise: float
    hidden: tuple[int, ...]
    train_seed: int
    recipe: ToyTraining = field(default_factory=ToyTraining)
    content: str = later("", before="")

    @property
    def hash(self) -> str:
        """What its file is called: everything that it depends on, in few digits."""
        return digest(identity(self))

    def path(self, data_dir: Path) -> Path:
        """Where the trained network is kept."""
        return data_dir / "networks" / f"{self.hash}.safetensors"

    def moments_path(self, data_dir: Path) -> Path:
        """Where it is kept what the network was like along the way."""
        return self.path(data_dir).with_suffix(".moments.safetensors")
