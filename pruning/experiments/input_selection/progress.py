"""How far an input selection is, all trainings on one scale."""

from __future__ import annotations

from dataclasses import dataclass

from pruning.events import Progress
from pruning.experiments.input_selection.config import KINDS, LEARNED, InputSelectionConfig, Kind
from pruning.training.epochs import Batches, Epoch

# Steps of progress of one epoch, of all random forests together, and of the versions of all images.
EPOCH, FORESTS, VERSIONS = 20, 60, 20


@dataclass
class ProgressScale:
    """Counts epochs; those that an early end saves count as done."""

    config: InputSelectionConfig
    _passed: int = 0
    _within: int = 0

    @property
    def total(self) -> int:
        """Steps of the whole run."""
        config = self.config
        epochs = len(config.kinds) * config.epochs + self._warmup
        return self._forests + len(config.seeds) * (EPOCH * epochs + self._versions)

    @property
    def _forests(self) -> int:
        """Whether random forests are asked, and what that takes."""
        return FORESTS if "given" in self.config.kinds and not self.config.importances else 0

    @property
    def _versions(self) -> int:
        """Whether images get versions, and what that takes in each repeat."""
        return VERSIONS if self.config.has_versions else 0

    @property
    def _warmup(self) -> int:
        """Epochs before there is a mask."""
        config = self.config
        learns = config.use_warmup_net and set(config.kinds) & set(LEARNED)
        return config.warmup_epochs if learns else 0

    def ranking(self, said: Progress) -> Progress:
        """Random forests grow, which is the first that happens."""
        self._passed = FORESTS * said.done // said.total
        return Progress(done=self._passed, total=self.total, message=said.message)

    def versioning(self, seed: int, said: Progress) -> Progress:
        """Images get their versions."""
        done = VERSIONS * said.done // said.total
        passed = self._passed + done
        if said.done == said.total:
            self._passed = passed
        return Progress(done=passed, total=self.total, message=f"{said.message}, repeat {seed}")

    def warming_up(self, seed: int, said: Batches | Epoch) -> Progress:
        """The network learns on whole images."""
        return self._say(said, self.config.warmup_epochs, f"Whole images, repeat {seed}", "")

    def masked(self, kind: Kind, seed: int, said: Batches | Epoch) -> Progress:
        """It learns behind a mask."""
        q = f", Q {100 * said.values['test_q']:.1f} %" if isinstance(said, Epoch) else ""
        return self._say(said, self.config.epochs, f"{KINDS[kind]} mask, repeat {seed}", q)

    def ended(self, epochs: int) -> None:
        """A training behind a mask is over, after so many epochs."""
        self._passed += EPOCH * (self.config.epochs - epochs)

    def done(self) -> Progress:
        """Nothing is left to do."""
        return Progress(done=self.total, total=self.total, message="All masks have been learned")

    def _say(self, said: Batches | Epoch, epochs: int, what: str, more: str) -> Progress:
        if isinstance(said, Epoch):
            self._passed, self._within = self._passed + EPOCH, 0
            of, accuracy = "test", said.test_accuracy
        else:
            share = said.done * epochs / said.total - (said.epoch - 1)
            self._within = int(EPOCH * min(share, 1))
            of, accuracy = "training", said.accuracy
        told = f"{what}: epoch {said.epoch} of {epochs}, {of} accuracy {100 * accuracy:.1f} %{more}"
        done = min(self._passed + self._within, self.total)
        return Progress(done=done, total=self.total, message=told)
