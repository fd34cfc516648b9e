"""Trained networks, kept under the hash of what made them."""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from pruning.context import Context
from pruning.data.base import Classes, Points, datasets
from pruning.randomness import torch_generator
from pruning.toy.mlp import MLP
from pruning.toy.settings import TRAINING_PER_CLASS, ToyTraining
from pruning.toy.training import TrainingProgress, train

log = logging.getLogger(__name__)

# Training sets are drawn from seeds that reference samples never have, or equal seeds would make
# the reference samples a part of the training set.
TRAINING_SEEDS = 1 << 32


@dataclass(frozen=True)
class ToyNetworkSpec:
    """Everything that a trained network depends on."""

    dataset: str
    noise: float
    hidden: tuple[int, ...]
    train_seed: int
    recipe: ToyTraining = field(default_factory=ToyTraining)

    @property
    def hash(self) -> str:
        """The first 16 hex digits of the SHA-256 of the canonical JSON."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def path(self, data_dir: Path) -> Path:
        """Where the trained network is kept."""
        return data_dir / "networks" / f"{self.hash}.safetensors"

    def training_set(self) -> tuple[Points, Classes]:
        """The training points, shape ``(n, 2)``, and their classes, shape ``(n,)``."""
        sample = datasets[self.dataset].sample
        return sample(TRAINING_PER_CLASS, self.noise, TRAINING_SEEDS + self.train_seed)

    def untrained(self) -> MLP:
        """The network with the initial weights that the training seed draws."""
        generator = torch_generator("initial weights", self.train_seed)
        return MLP(2, self.hidden, datasets[self.dataset].classes, generator)


def load(spec: ToyNetworkSpec, context: Context) -> MLP | None:
    """The trained network, or None where there is none that can be read."""
    path = spec.path(context.data_dir)
    if not path.exists():
        return None
    network = spec.untrained().to(context.device)
    try:
        network.load_state_dict(load_file(path, device=context.device))
    except (SafetensorError, RuntimeError):
        log.warning("%s cannot be read, so its network is trained again", path)
        return None
    return network


def save(network: MLP, spec: ToyNetworkSpec, context: Context) -> None:
    """Keep a trained network; a reader sees the whole file or none."""
    path = spec.path(context.data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / path.name
        save_file(network.state_dict(), draft)
        draft.replace(path)


def fit(spec: ToyNetworkSpec, context: Context) -> Iterator[tuple[MLP, TrainingProgress]]:
    """Train the network and keep it; yield it along the way, first of all untrained."""
    network = spec.untrained().to(context.device)
    generator = torch_generator("training of a toy network", spec.train_seed)
    x, y = (torch.from_numpy(part).to(context.device) for part in spec.training_set())
    yield network, TrainingProgress(0, 1 / datasets[spec.dataset].classes)
    for trained in train(network, x, y, generator, spec.recipe):
        if trained.steps == spec.recipe.steps:
            save(network, spec, context)
        yield network, trained
