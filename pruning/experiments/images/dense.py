"""The dense networks of an experiment on images: their training, and the level that they reach."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from torch import nn

from pruning.evaluation.accuracy import Outcome, evaluate
from pruning.evaluation.batches import Splits
from pruning.events import Artifact, Event, Label, Note, Point, Progress
from pruning.experiments.images.outputs import DENSE, TRAINING
from pruning.experiments.images.setup import ImageSetup
from pruning.experiments.outputs import Series, Words
from pruning.experiments.telling import told
from pruning.takeaway.given import given
from pruning.takeaway.tensorboard import Scalar, write_tensorboard
from pruning.training.cache import fit
from pruning.training.epochs import Batches, Epoch

Learning = Batches | Epoch


@dataclass
class DenseNetworks:
    """Trains the dense network of one seed after another.

    Attributes
    ----------
    progress
        How far a run is that trains the network of a seed and has come to this.
    tensorboard
        Whether the curves are given away as files for TensorBoard.
    """

    setup: ImageSetup
    progress: Callable[[int, Learning], Progress]
    tensorboard: bool = False
    _outcomes: list[Outcome] = field(default_factory=list)

    def train(
        self, seed: int, data: Splits, snapshots: Iterable[int] = ()
    ) -> Generator[Event, None, tuple[nn.Module, Outcome]]:
        """Train a network or find it trained; say how it learned, and the level of all so far.

        Parameters
        ----------
        snapshots
            The epochs after which the weights are kept as well.
        """
        epochs: list[Epoch] = []
        context = self.setup.context
        if self.setup.wrapped and not self._outcomes:
            text = f"In the file of weights each name has {self.setup.wrapped} before it: left out."
            yield Note(level="info", text=text)
        fitting = fit(self.setup.spec(seed), data, context, list(snapshots))
        network = yield from self._follow(fitting, seed, epochs)
        if self.tensorboard:
            yield from self._curves(seed, epochs)
        outcome = evaluate(network, data.test, context)
        self._outcomes.append(outcome)
        yield from dense_level(self._outcomes)
        return network, outcome

    def _follow(
        self, fitting: Generator[Learning, None, nn.Module], seed: int, epochs: list[Epoch]
    ) -> Generator[Event, None, nn.Module]:
        """Say how training goes; its epochs are kept in ``epochs``."""

        def tell(said: Learning) -> Iterator[Event]:
            yield self.progress(seed, said)
            if isinstance(said, Epoch):
                epochs.append(said)
                yield from epoch_points(TRAINING, said, {}, seed=seed)

        return (yield from told(fitting, tell))

    def _curves(self, seed: int, epochs: Sequence[Epoch]) -> Iterator[Artifact]:
        """The curves of one training for TensorBoard."""
        folder = self.setup.context.artifacts
        if folder is None:
            return
        scalars = [
            Scalar(tag, epoch.epoch, value)
            for epoch in epochs
            for tag, value in _scalars(epoch).items()
            if value is not None
        ]
        path = folder / f"events.out.tfevents.seed-{seed}"
        yield given(write_tensorboard(scalars, path), f"Training of seed {seed}: TensorBoard")


def dense_level(outcomes: Sequence[Outcome]) -> Iterator[Point]:
    """The level of the dense networks by now."""
    for measure, series in DENSE.items():
        yield from series.band(0, *mean_and_sd([getattr(each, measure) for each in outcomes]), {})


def epoch_points(
    curves: Mapping[str, Series], epoch: Epoch, words: Words, **labels: Label
) -> Iterator[Point]:
    """An epoch as points of the curves of loss and accuracy."""
    values = {
        "train": (epoch.train_loss, epoch.train_accuracy),
        "validation": (epoch.validation_loss, epoch.validation_accuracy),
        "test": (None, epoch.test_accuracy),
    }
    for name, pair in values.items():
        for measure, y in zip(("loss", "accuracy"), pair, strict=True):
            if y is not None:
                yield curves[measure].point(epoch.epoch, y, words, **labels, set=name)


def mean_and_sd(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation; that is 0 of a single value."""
    array = np.array(values)
    return float(array.mean()), float(array.std(ddof=1)) if len(array) > 1 else 0.0


def _scalars(epoch: Epoch) -> dict[str, float | None]:
    return {
        "loss/train": epoch.train_loss,
        "loss/validation": epoch.validation_loss,
        "accuracy/train": epoch.train_accuracy,
        "accuracy/validation": epoch.validation_accuracy,
        "accuracy/test": epoch.test_accuracy,
        "learning_rate": epoch.learning_rate,
    }
