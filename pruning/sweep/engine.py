"""A sweep from the first image to the last row."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field

from torch import nn

from pruning.context import CannotRunError, Context
from pruning.data.image_base import image_datasets
from pruning.epochs import Batches, Epoch
from pruning.evaluation import evaluate
from pruning.events import Event, Label, Note, Point, Table
from pruning.experiments.sweep import SweepConfig
from pruning.masks import share_removed
from pruning.sweep.arms import Arm, UnusableScoresError
from pruning.sweep.gallery import Gallery
from pruning.sweep.offers import Offers, training_curves
from pruning.sweep.pace import Pace
from pruning.sweep.sensitivity import sensitivity
from pruning.sweep.stages import Learning, Stage, Trained, stages
from pruning.sweep.statistics import Statistics, dense_points
from pruning.sweep.study import Study, layer_counts
from pruning.sweep.yardstick import ROUNDING, Yardstick, accuracy_row
from pruning.tensor_files import read_tensors
from pruning.threads import one_thread
from pruning.trained import fit

LAYER_COLUMNS = ["criterion", "granularity", "sparsity", "layer", "kept", "total", "removed"]


def sweep(config: SweepConfig, context: Context) -> Iterator[Event]:
    """Train, prune, train again and measure, one seed after another."""
    images = yield from image_datasets[config.dataset].load(context.data_dir)
    study = Study(config, context, images)
    with one_thread() if study.is_small else nullcontext():
        _check(study)
        yield from _Sweep(study).run()


def _check(study: Study) -> None:
    try:
        study.check()
    except ValueError as error:
        raise CannotRunError(str(error)) from error


@dataclass
class _Sweep:
    """A sweep on its way."""

    study: Study
    statistics: Statistics = field(init=False)
    pace: Pace = field(init=False)
    dense: list[tuple[float, float]] = field(default_factory=list)
    collapsed: set[Arm] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.statistics = Statistics(len(self.study.config.seeds))
        self.pace = Pace(self.study)

    def run(self) -> Iterator[Event]:
        """All seeds; what is drawn and given away comes from the first."""
        for place, seed in enumerate(self.study.config.seeds):
            trained = yield from self._train(seed)
            yardstick = Yardstick(self.study, trained)
            if place == 0:
                yield from self._conditions(yardstick)
            for arm in self.study.arms:
                yield from self._arm(arm, yardstick, first=place == 0)
            if place == 0 and self.study.config.sensitivity:
                yield from sensitivity(self.study, trained)
        yield from self.statistics.rest()
        yield self.pace.done("Pruned to every sparsity")

    def _train(self, seed: int) -> Generator[Event, None, Trained]:
        """The dense network of a seed, trained or loaded, and its level."""
        study = self.study
        epochs: list[Epoch] = []
        rewind = study.config.rewind
        snapshots = [] if rewind is None else [rewind]
        spec, data = study.spec(seed), study.splits(seed)
        fitting = fit(spec, data, study.context, snapshots)
        dense = yield from self._follow(fitting, seed, epochs)
        yield from training_curves(study, seed, epochs)
        rewound = None
        if rewind is not None:
            path = spec.path(study.context.data_dir, rewind)
            rewound, _ = read_tensors(path, study.context.device)
        outcome = evaluate(dense, data.test, study.context)
        self.dense.append((outcome.accuracy, outcome.loss))
        yield from dense_points(self.dense)
        untrained = study.untrained(seed)
        return Trained(dense, untrained, rewound, outcome, data, seed)

    def _follow(
        self, fitting: Generator[Batches | Epoch, None, nn.Module], seed: int, epochs: list[Epoch]
    ) -> Generator[Event, None, nn.Module]:
        """Say how training goes; its epochs are kept in ``epochs``."""
        while True:
            try:
                said = next(fitting)
            except StopIteration as stop:
                network: nn.Module = stop.value
                return network
            yield self.pace.trained(seed, said)
            if isinstance(said, Epoch):
                epochs.append(said)
                yield from _curves("training", said, {"seed": seed})

    def _conditions(self, yardstick: Yardstick) -> Iterator[Event]:
        text = f"Latencies: {yardstick.conditions}; each network by turns with the dense one."
        yield Note(level="info", text=text)

    def _arm(self, arm: Arm, yardstick: Yardstick, *, first: bool) -> Iterator[Event]:
        """One arm of one seed; a criterion that cannot rank is left out with a warning."""
        study, seed = self.study, yardstick.trained.seed
        # Of a control the curve is what one looks at.
        drawn = first and not arm.shuffled
        gallery = Gallery(study, arm, yardstick.trained) if drawn else None
        offers = Offers(study, arm, yardstick) if first else None
        try:
            for said in stages(study, arm, yardstick.trained):
                if isinstance(said, Learning):
                    yield from self._learning(arm, seed, said)
                    continue
                yield self.pace.pruned(arm, seed, said.sparsity)
                yield from self._measure(arm, yardstick, said, offers)
                if first:
                    yield from self._layers(arm, said)
                if gallery:
                    yield from gallery.of(said)
        except UnusableScoresError as error:
            text = f"{arm.title} is left out for seed {seed}: {error}"
            yield Note(level="warning", text=text)
        if offers:
            yield from offers.made()

    def _learning(self, arm: Arm, seed: int, learning: Learning) -> Iterator[Event]:
        yield self.pace.retrained(arm, seed, learning)
        if isinstance(learning.said, Epoch):
            labels: dict[str, Label] = {"seed": seed, "sparsity": learning.sparsity}
            yield from _curves("finetuning", learning.said, labels, f"/{arm.key}")

    def _measure(
        self, arm: Arm, yardstick: Yardstick, stage: Stage, offers: Offers | None
    ) -> Iterator[Event]:
        lean = yardstick.lean(arm, stage)
        if (gap := yardstick.gap(stage, lean)) > ROUNDING:
            text = f"{arm.title}: slimmed, the network's logits differ by up to {gap:.2g}."
            yield Note(level="warning", text=text)
        measured = yardstick.measure(arm, stage, lean)
        achieved = share_removed(stage.kept)
        yield accuracy_row(arm, yardstick.trained.seed, stage, achieved, measured)
        yield from self.statistics.add(arm.key, stage.sparsity, measured)
        if offers:
            offers.consider(stage, lean, measured)

    def _layers(self, arm: Arm, stage: Stage) -> Iterator[Event]:
        """What is left of each layer, and a warning where nothing is."""
        counts = list(layer_counts(arm, stage.kept, self.study.structure))
        rows: list[list[str | int | float | bool | None]] = [
            [arm.name, arm.granularity, stage.sparsity, layer, kept, total, 1 - kept / total]
            for layer, kept, total in counts
        ]
        yield Table(name="layers", columns=LAYER_COLUMNS, key=LAYER_COLUMNS[:4], rows=rows)
        emptied = [layer for layer, kept, _ in counts if kept == 0]
        if emptied and arm not in self.collapsed:
            self.collapsed.add(arm)
            yield Note(level="warning", text=_collapse(arm, stage.sparsity, emptied))


def _collapse(arm: Arm, sparsity: float, layers: list[str]) -> str:
    return (
        f"{arm.title}: from {100 * sparsity:g} % on nothing is left of {', '.join(layers)}, so "
        "nothing passes through the network (layer collapse)."
    )


def _curves(series: str, epoch: Epoch, labels: dict[str, Label], arm: str = "") -> Iterator[Point]:
    """An epoch as points of the curves of loss and accuracy."""
    values = {
        "train": (epoch.train_loss, epoch.train_accuracy),
        "validation": (epoch.validation_loss, epoch.validation_accuracy),
        "test": (None, epoch.test_accuracy),
    }
    for name, pair in values.items():
        for measure, y in zip(("loss", "accuracy"), pair, strict=True):
            if y is not None:
                told = {**labels, "set": name}
                yield Point(series=f"{series}/{measure}{arm}", x=epoch.epoch, y=y, labels=told)
