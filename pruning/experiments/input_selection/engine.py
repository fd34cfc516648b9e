"""An input selection from the first image to the last row."""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from torch import Tensor, nn

from pruning.context import Context
from pruning.data.image_base import image_datasets
from pruning.evaluation.batches import ImageSet, Splits
from pruning.events import Event, Progress
from pruning.experiments.images.dense import epoch_points
from pruning.experiments.images.outputs import TRAINING
from pruning.experiments.input_selection.best import BestEpoch, Comparison
from pruning.experiments.input_selection.config import LEARNED, InputSelectionConfig, Kind
from pruning.experiments.input_selection.learnt import Learnt, learnt
from pruning.experiments.input_selection.outputs import (
    ACCURACIES,
    EPOCHS,
    LAMBDAS,
    QS,
    QUALITIES,
    TAUS,
    THUMBNAILS,
    quality_names,
    thumbnail_names,
)
from pruning.experiments.input_selection.pictured import pictured_epochs
from pruning.experiments.input_selection.pictures import pictures
from pruning.experiments.input_selection.progress import ProgressScale
from pruning.experiments.input_selection.ranked import Ranking
from pruning.experiments.input_selection.setup import Setup
from pruning.experiments.input_selection.take_away import give
from pruning.experiments.telling import told
from pruning.inputs.objective import InputSelection
from pruning.inputs.selection import Selection
from pruning.training.cache import fit
from pruning.training.epochs import Batches, Epoch
from pruning.training.hooks import Hook
from pruning.training.precision import imitated


def input_selection(config: InputSelectionConfig, context: Context) -> Iterator[Event]:
    """Train behind each kind of mask, one repeat after another."""
    images = yield from image_datasets[config.dataset].load(context.data_dir)
    setup = Setup(config, context, images)
    yield from imitated(config.precision, context.device)
    yield from _Run(setup, Ranking(setup)).all()


@dataclass
class _Run:
    """An input selection on its way."""

    setup: Setup
    ranking: Ranking
    progress: ProgressScale = field(init=False)
    comparison: Comparison = field(init=False)

    def __post_init__(self) -> None:
        self.progress = ProgressScale(self.setup.config)
        self.comparison = Comparison(self.setup.dataset.shape)

    def all(self) -> Iterator[Event]:
        """All repeats; what is drawn comes from the first."""
        config = self.setup.config
        yield from map(self.progress.ranking, self.ranking.found())
        for place, seed in enumerate(config.seeds):
            whole = self.setup.splits(seed)
            trained = yield from self._warmed_up(seed, whole)
            versioned, costs = yield from self._versioned(seed, whole)
            for kind in config.kinds:
                is_learned = kind in LEARNED
                data = versioned if is_learned else whole
                start = trained if is_learned and trained else self.setup.untrained(seed)
                selection, hooks = self._masks(kind, seed, costs)
                if place == 0:
                    hooks.append(_Pictured(kind, selection, data.test, self.setup))
                objective = self._objective(kind, seed, copy.deepcopy(start), selection, hooks)
                learnt = yield from self._followed(kind, seed, objective, data)
                yield from self._told(kind, seed, learnt)
                yield from give(self.setup, kind, seed, learnt, costs)
            yield from self.comparison.order()
        yield self.progress.done()

    def _masks(self, kind: Kind, seed: int, costs: Tensor) -> tuple[Selection, list[Hook]]:
        """A mask that sends everything yet, and what moves one that is not learned."""
        if kind in LEARNED:
            return self.setup.learned(kind, seed, costs), []
        selection, removing = self.ranking.selection(kind, seed)
        return selection, [removing]

    def _warmed_up(self, seed: int, data: Splits) -> Generator[Event, None, nn.Module | None]:
        """The network that was trained on whole images, where a mask starts from one."""
        setup, config = self.setup, self.setup.config
        if not (config.use_warmup_net and set(config.kinds) & set(LEARNED)):
            return None

        def tell(said: Batches | Epoch) -> Iterator[Event]:
            yield self.progress.warming_up(seed, said)
            if isinstance(said, Epoch):
                yield from epoch_points(TRAINING, said, {}, seed=seed)

        return (yield from told(fit(setup.spec(seed), data, setup.context), tell))

    def _versioned(self, seed: int, whole: Splits) -> Generator[Event, None, tuple[Splits, Tensor]]:
        """Images with their versions, and what these cost."""

        def tell(said: Progress) -> Iterator[Event]:
            yield self.progress.versioning(seed, said)

        return (yield from told(self.setup.versioned(whole), tell))

    def _objective(
        self, kind: Kind, seed: int, network: nn.Module, selection: Selection, hooks: list[Hook]
    ) -> InputSelection:
        setup = self.setup
        training = replace(setup.config.training(seed), epochs=setup.config.epochs)
        return InputSelection(network, selection, training, setup.settings(kind), hooks)

    def _followed(
        self, kind: Kind, seed: int, objective: InputSelection, data: Splits
    ) -> Generator[Event, None, Learnt]:
        setup = self.setup
        name = f"stages/{setup.spec(seed).hash}/{kind}-{seed}"

        def tell(said: Batches | Epoch) -> Iterator[Event]:
            yield self.progress.masked(kind, seed, said)
            if isinstance(said, Epoch):
                yield from _epoch(kind, seed, said)
                yield from _versions(kind, seed, said, setup.config)

        found = yield from told(learnt(name, objective, data, setup.context), tell)
        self.progress.ended(len(found.epochs))
        return found

    def _told(self, kind: Kind, seed: int, learnt: Learnt) -> Iterator[Event]:
        """The best epochs of a training."""
        by_number = {epoch.epoch: epoch for epoch in learnt.epochs}
        best = [
            BestEpoch(
                kind,
                seed,
                interval,
                by_number[number].values["test_q"],
                by_number[number].test_accuracy,
                by_number[number].validation_accuracy,
                number,
            )
            for interval, number in learnt.best.items()
        ]
        if best:
            yield from self.comparison.add(best)


class _Pictured(Hook):
    """Draws what a mask is after an epoch."""

    def __init__(self, kind: Kind, selection: Selection, images: ImageSet, setup: Setup) -> None:
        self._kind, self._selection, self._images = kind, selection, images
        self._dataset = setup.dataset
        self._epochs = frozenset(pictured_epochs(setup.config.epochs))

    def after_epoch(self, epoch: Epoch) -> Epoch:
        """With the pictures of those epochs that the slider has a place for."""
        if epoch.epoch not in self._epochs:
            return epoch
        drawn = pictures(self._kind, self._selection, self._images, self._dataset, epoch.epoch)
        return replace(epoch, frames=[*epoch.frames, *drawn])


def _epoch(kind: Kind, seed: int, epoch: Epoch) -> Iterator[Event]:
    """What an epoch brought, on the test set."""
    words, values = {"kind": kind}, epoch.values
    q, is_learned = values["test_q"], kind in LEARNED
    yield ACCURACIES.point(epoch.epoch, epoch.test_accuracy, words, repeat=seed)
    yield QS.point(epoch.epoch, q, words, repeat=seed)
    if is_learned:
        yield LAMBDAS.point(epoch.epoch, values["lambda"], words, repeat=seed)
        yield TAUS.point(epoch.epoch, values["tau"], words, repeat=seed)
    yield EPOCHS.rows(
        [
            {
                "kind": kind,
                "repeat": seed,
                "epoch": epoch.epoch,
                "accuracy": epoch.test_accuracy,
                "q": q,
                "lambda": values["lambda"] if is_learned else None,
                "tau": values["tau"] if is_learned else None,
            }
        ]
    )
    yield from epoch.frames


def _versions(kind: Kind, seed: int, epoch: Epoch, config: InputSelectionConfig) -> Iterator[Event]:
    """Which share of the test images has which version; nothing where a mask has no choice."""
    for series, called, names in (
        (THUMBNAILS, "thumbnail", thumbnail_names(config)),
        (QUALITIES, "quality", quality_names(config)),
    ):
        for place, version in enumerate(names):
            share = epoch.values.get(f"test_{called}_{place}")
            if share is not None:
                yield series.point(epoch.epoch, share, {"kind": kind}, repeat=seed, version=version)
