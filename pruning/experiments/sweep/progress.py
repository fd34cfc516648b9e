"""How far a sweep is, training and pruning on one scale."""

from __future__ import annotations

from dataclasses import dataclass

from pruning.events import Progress
from pruning.experiments.sweep.arms import Arm
from pruning.experiments.sweep.networks import Retraining
from pruning.experiments.sweep.setup import Setup
from pruning.training.epochs import Batches, Epoch

# Steps of progress: an epoch of training takes about as long as measuring a few pruned networks.
EPOCH = 20
STAGE = 10


@dataclass
class ProgressScale:
    """Counts what is done; the total is an upper bound where arms are left out."""

    setup: Setup
    _passed: int = 0
    _within: int = 0

    @property
    def total(self) -> int:
        """Steps of the whole sweep."""
        config, setup = self.setup.config, self.setup
        arms = sum(map(self._arm, setup.arms))
        return len(config.seeds) * (EPOCH * config.epochs + arms)

    def _arm(self, arm: Arm) -> int:
        """Steps of one arm of one seed."""
        setup = self.setup
        steps = setup.trajectory(arm)
        # The dense network, and each sparsity that is reported.
        measured = 1 + sum(len(step.reported) for step in steps)
        if not setup.is_iterated or arm.is_reinitialised:
            steps = [step for step in steps if step.reported]
        retraining = setup.retraining(0, arm)
        epochs = retraining.epochs - retraining.after if retraining else 0
        return STAGE * measured + EPOCH * epochs * len(steps)

    def trained(self, seed: int, said: Batches | Epoch) -> Progress:
        """The dense network of a seed is being trained."""
        epochs = self.setup.config.epochs
        return self._training(said, epochs, f"Training, seed {seed}")

    def retrained(self, arm: Arm, seed: int, learning: Retraining) -> Progress:
        """A pruned network is being trained."""
        retraining = self.setup.retraining(seed, arm)
        epochs = retraining.epochs if retraining else 0
        what = f"{arm.title}, {100 * learning.step.sparsity:.4g} % removed, seed {seed}"
        return self._training(learning.said, epochs, what)

    def pruned(self, arm: Arm, seed: int, sparsity: float) -> Progress:
        """A pruned network is ready to be measured."""
        self._pass(STAGE)
        return self._say(f"{arm.title}, seed {seed}: {100 * sparsity:.4g} % removed")

    def done(self, message: str) -> Progress:
        """Nothing is left to do."""
        return Progress(done=self.total, total=self.total, message=message)

    def _training(self, said: Batches | Epoch, epochs: int, what: str) -> Progress:
        if isinstance(said, Epoch):
            self._pass(EPOCH)
            accuracy, epoch = said.train_accuracy, said.epoch
        else:
            share = said.done * epochs / said.total - (said.epoch - 1)
            self._within = int(EPOCH * min(share, 1))
            accuracy, epoch = said.accuracy, said.epoch
        return self._say(f"{what}: epoch {epoch} of {epochs}, accuracy {100 * accuracy:.1f} %")

    def _pass(self, steps: int) -> None:
        self._passed += steps
        self._within = 0

    def _say(self, message: str) -> Progress:
        done = min(self._passed + self._within, self.total)
        return Progress(done=done, total=self.total, message=message)
