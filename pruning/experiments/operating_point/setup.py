"""What is asked of a sweep that goes to one point of one curve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from pruning.events import Progress
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.sweep.arms import Arm, arms_of
from pruning.experiments.sweep.progress import EPOCH, STAGE, ProgressScale
from pruning.experiments.sweep.setup import Setup
from pruning.masks.schedules import Step
from pruning.training.epochs import Batches, Epoch
from pruning.training.optimisers import GENTLER, Training


@dataclass(frozen=True)
class PointSetup(Setup):
    """The surroundings of one operating point."""

    config: OperatingPointConfig

    @cached_property
    def arms(self) -> list[Arm]:
        """The curve that the point is on, behind the one whose masks it takes, if it does."""
        *before, arm = arms_of(self.config)
        return [*before, arm] if arm.is_reinitialised else [arm]

    @property
    def arm(self) -> Arm:
        """The curve that the point is on."""
        return self.arms[-1]

    @property
    def seed(self) -> int:
        """Of the training and the pruning."""
        return self.config.seeds[0]

    def trajectory(self, arm: Arm) -> list[Step]:
        """The sweep's prunings up to the point, of which only the last is reported.

        While training each sparsity has a training of its own: the others are left out.
        """
        steps, wanted = super().trajectory(arm), self.config.sparsity
        place = next((i for i, step in enumerate(steps) if wanted in step.reported), -1)
        if place < 0:
            return []
        before = [] if self.while_training else steps[:place]
        return [
            *(replace(step, reported=()) for step in before),
            replace(steps[place], reported=(wanted,)),
        ]

    @property
    def further_training(self) -> Training:
        """How the network is fine-tuned from here."""
        config = self.config
        return replace(
            config.training(self.seed),
            epochs=config.further_epochs,
            learning_rate=config.further_learning_rate or config.learning_rate / GENTLER,
            learning_rate_schedule="constant",
        )


@dataclass
class PointProgress(ProgressScale):
    """With fine-tuning from here, and the files."""

    setup: PointSetup

    @property
    def total(self) -> int:
        """Steps of the whole run."""
        return super().total + EPOCH * self.setup.config.further_epochs + STAGE

    def fine_tuned(self, said: Batches | Epoch) -> Progress:
        """The network is being fine-tuned from here."""
        return self._training(said, self.setup.config.further_epochs, "Fine-tuning from here")
