"""Trained networks, kept under the hash of what made them."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from pruning.context import CannotRunError, Context
from pruning.data.base import Labelled, PointSets, datasets
from pruning.locks import alone_if_free
from pruning.randomness import torch_generator
from pruning.toy.checkpoint import Checkpoint
from pruning.toy.evaluation import accuracy
from pruning.toy.identity import ToyNetworkIdentity
from pruning.toy.in_page import fits_in_page
from pruning.toy.mlp import MLP
from pruning.toy.moments import Moments
from pruning.toy.settings import TRAINING_PER_CLASS
from pruning.toy.training import TrainingProgress, train, train_on_all
from pruning.whole_files import whole

log = logging.getLogger(__name__)

# Between two looks at whether another run has trained the network.
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class ToyNetworkSpec(ToyNetworkIdentity):
    """A trained network, its points, and what it starts from."""

    def sets(self) -> PointSets:
        """The dataset's points for training, reference and test.

        Raises
        ------
        CannotRunError
            If it was removed, or is another one by now.
        """
        data = datasets[self.dataset]
        if data.content != self.content:
            raise CannotRunError(
                f"the dataset {self.dataset} was replaced while the run went on; run it again"
            )
        return data.sets(self.noise, self.train_seed)

    def moments(self, data_dir: Path) -> Moments | None:
        """What it was like along the way, of those that a page draws; None of others."""
        if self.recipe.batch == 0 or not fits_in_page(self.hidden, grid=0):
            return None
        return Moments(self.moments_path(data_dir))

    def training_set(self) -> Labelled:
        """The training points, shape ``(n, 2)``, and their classes, shape ``(n,)``."""
        return self.sets().training(TRAINING_PER_CLASS)

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
    with whole(spec.path(context.data_dir)) as draft:
        save_file(network.state_dict(), draft)


def fit(spec: ToyNetworkSpec, context: Context) -> Iterator[tuple[MLP, TrainingProgress]]:
    """Train the network and keep it; yield it along the way, first of all untrained.

    A training on all points takes minutes: it goes on where a killed one was, and where another
    run is at the same network, this one waits for it and takes what it made.
    """
    network = spec.untrained().to(context.device)
    yield network, TrainingProgress(0, 1 / datasets[spec.dataset].classes)
    training = _on_all if spec.recipe.batch == 0 else _on_minibatches
    for trained in training(network, spec, context):
        yield network, trained


def _on_minibatches(
    network: MLP, spec: ToyNetworkSpec, context: Context
) -> Iterator[TrainingProgress]:
    generator = torch_generator("training of a toy network", spec.train_seed)
    moments = spec.moments(context.data_dir)
    if moments:
        moments.note(network, 0)
    for trained in train(network, *_points(spec, context), generator, spec.recipe):
        if moments:
            moments.note(network, trained.steps)
        if trained.steps == spec.recipe.steps:
            save(network, spec, context)
            if moments:
                moments.write()
        yield trained


def _on_all(network: MLP, spec: ToyNetworkSpec, context: Context) -> Iterator[TrainingProgress]:
    lock = spec.path(context.data_dir).with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    for turn in count():
        with alone_if_free(lock) as free:
            if free:
                yield from _on_all_alone(network, spec, context)
                return
        if turn == 0:
            yield TrainingProgress(0, 0.0, elsewhere=True)
        context.check()
        time.sleep(PAUSE_SECONDS)


def _on_all_alone(
    network: MLP, spec: ToyNetworkSpec, context: Context
) -> Iterator[TrainingProgress]:
    x, y = _points(spec, context)
    if found := load(spec, context):
        network.load_state_dict(found.state_dict())
        yield TrainingProgress(spec.recipe.steps, accuracy(network(x), y))
        return
    checkpoint = Checkpoint(spec.path(context.data_dir).with_suffix(".partial.safetensors"))
    for trained in train_on_all(
        network, x, y, spec.train_seed, spec.recipe, checkpoint, context.check
    ):
        if trained.steps == spec.recipe.steps:
            save(network, spec, context)
            checkpoint.remove()
        yield trained


def _points(spec: ToyNetworkSpec, context: Context) -> tuple[Tensor, Tensor]:
    x, y = (torch.from_numpy(part).to(context.device) for part in spec.training_set())
    return x, y
