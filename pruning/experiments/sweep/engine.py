"""A sweep from the first image to the last row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor

from pruning.context import Context
from pruning.data.image_base import image_datasets
from pruning.evaluation.latency import BY_TURNS
from pruning.events import Event, Label, Note
from pruning.experiments.images.dense import DenseNetworks, epoch_points
from pruning.experiments.sweep.agreement import DisagreementError
from pruning.experiments.sweep.arms import Arm, UnusableScoresError
from pruning.experiments.sweep.baseline import Baseline, accuracy_row
from pruning.experiments.sweep.checked import checked
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.dense_network import dense_network
from pruning.experiments.sweep.gallery import Gallery
from pruning.experiments.sweep.granularities import WORDS
from pruning.experiments.sweep.measuring_time import MeasuringTime
from pruning.experiments.sweep.networks import (
    DenseNetwork,
    PrunedNetwork,
    Retraining,
    pruned_networks,
    reinitialised_networks,
)
from pruning.experiments.sweep.outputs import FINETUNING, LAYERS
from pruning.experiments.sweep.pictures import NO_FILTERS, has_filters
from pruning.experiments.sweep.progress import ProgressScale
from pruning.experiments.sweep.sensitivity import sensitivity
from pruning.experiments.sweep.setup import Setup, layer_counts
from pruning.experiments.sweep.statistics import Statistics
from pruning.experiments.sweep.take_away import TakeAway
from pruning.masks.schedules import Step
from pruning.training.epochs import Epoch

Masks = dict[Step, dict[str, Tensor]]


def sweep(config: SweepConfig, context: Context) -> Iterator[Event]:
    """Train, prune, train again and measure, one seed after another."""
    images = yield from image_datasets[config.dataset].load(context.data_dir)
    setup = Setup(config, context, images)
    yield from checked(setup, _swept(setup))


def _swept(setup: Setup) -> Iterator[Event]:
    """Only once it is known that it can be done."""
    yield from _Sweep(setup).run()


@dataclass
class _Sweep:
    """A sweep on its way."""

    setup: Setup
    statistics: Statistics = field(init=False)
    progress: ProgressScale = field(init=False)
    dense: DenseNetworks = field(init=False)
    measuring_time: MeasuringTime = field(init=False)
    collapsed: set[tuple[str, str]] = field(default_factory=set)
    # What each arm has come to in the seed at hand, for the control that trains it anew.
    masks: dict[str, Masks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        config = self.setup.config
        self.statistics = Statistics(len(config.seeds), config.budget)
        self.progress = ProgressScale(self.setup)
        tensorboard = "tensorboard" in config.take_away
        self.dense = DenseNetworks(self.setup, self.progress.trained, tensorboard)
        self.measuring_time = MeasuringTime.of(self.setup)

    def run(self) -> Iterator[Event]:
        """All seeds; what is drawn and given away comes from the first."""
        for place, seed in enumerate(self.setup.config.seeds):
            trained = yield from dense_network(self.setup, self.dense, seed)
            baseline = Baseline(self.setup, trained, self.measuring_time)
            self.masks.clear()
            if place == 0:
                yield from self._conditions(baseline)
            for arm in self.setup.arms:
                yield from self._arm(arm, baseline, first=place == 0)
            if place == 0 and self.setup.config.sensitivity:
                yield from sensitivity(self.setup, trained)
        yield from self.statistics.rest()
        yield self.progress.done("Pruned to every sparsity")

    def _conditions(self, baseline: Baseline) -> Iterator[Event]:
        yield Note(level="info", text=f"Latencies: {baseline.conditions}; {BY_TURNS}")
        if told := _together(self.setup):
            yield Note(level="info", text=told)
        for arm, reason in self.setup.left_out.items():
            yield Note(level="warning", text=f"{arm.title} is left out: {reason}")
        if not has_filters(baseline.trained.dense, self.setup.dataset.shape):
            yield Note(level="info", text=NO_FILTERS)
        in_runs = [arm for arm in self.setup.arms if arm.granularity == "semi_structured"]
        if in_runs:
            yield Note(level="info", text=_runs(self.setup, in_runs[0]))

    def _arm(self, arm: Arm, baseline: Baseline, *, first: bool) -> Iterator[Event]:
        """One arm of one seed; a criterion that cannot rank is left out with a warning."""
        setup, seed = self.setup, baseline.trained.seed
        # Of a control the curve is what one looks at.
        drawn = first and not arm.control
        gallery = Gallery(setup, arm, baseline.trained) if drawn else None
        take_away = TakeAway(setup, arm, baseline) if first else None
        try:
            for said in self._networks(arm, baseline.trained):
                if isinstance(said, Retraining):
                    yield from self._learning(arm, seed, said)
                    continue
                if self.setup.config.reinitialised and said.step.sparsity:
                    self.masks.setdefault(arm.key, {})[said.step] = said.kept
                yield self.progress.pruned(arm, seed, said.sparsity)
                yield from self._measure(arm, baseline, said, take_away)
                if first:
                    yield from self._layers(arm, said)
                if gallery:
                    yield from gallery.of(said)
        except UnusableScoresError as error:
            text = f"{arm.title} is left out for seed {seed}: {error}"
            yield Note(level="warning", text=text)
        except DisagreementError as error:
            yield Note(level="error", text=f"{arm.title} ends early for seed {seed}: {error}")
        if take_away:
            yield from take_away.made()

    def _networks(self, arm: Arm, trained: DenseNetwork) -> Iterator[Retraining | PrunedNetwork]:
        if arm.is_reinitialised:
            masks = self.masks.get(arm.controlled.key, {})
            return reinitialised_networks(self.setup, arm, trained, masks)
        return pruned_networks(self.setup, arm, trained)

    def _learning(self, arm: Arm, seed: int, learning: Retraining) -> Iterator[Event]:
        yield self.progress.retrained(arm, seed, learning)
        if isinstance(learning.said, Epoch):
            words = {"criterion": arm.name, "granularity": arm.granularity}
            for asked in learning.step.reported or (learning.step.sparsity,):
                labels: dict[str, Label] = {"seed": seed, "sparsity": asked}
                yield from epoch_points(FINETUNING, learning.said, words, **labels)

    def _measure(
        self, arm: Arm, baseline: Baseline, pruned: PrunedNetwork, take_away: TakeAway | None
    ) -> Iterator[Event]:
        measured = baseline.measure(arm, pruned)
        yield accuracy_row(arm, baseline.trained.seed, pruned, measured)
        at = pruned.step.sparsity
        yield from self.statistics.add(arm.name, arm.granularity, pruned.sparsity, measured, at)
        if take_away:
            take_away.consider(pruned, measured)

    def _layers(self, arm: Arm, pruned: PrunedNetwork) -> Iterator[Event]:
        """What is left of each layer, and a warning where nothing is."""
        counts = list(layer_counts(arm, pruned.kept, self.setup.structure))
        yield LAYERS.rows(
            {
                "criterion": arm.name,
                "granularity": arm.granularity,
                "sparsity": pruned.sparsity,
                "layer": layer,
                "kept": kept,
                "total": total,
                "removed": 1 - kept / total,
            }
            for layer, kept, total in counts
        )
        emptied = [layer for layer, kept, _ in counts if kept == 0]
        if emptied and (arm.name, arm.granularity) not in self.collapsed:
            self.collapsed.add((arm.name, arm.granularity))
            yield Note(level="warning", text=_collapse(arm, pruned.sparsity, emptied))


def _together(setup: Setup) -> str:
    """Which of the sparsities that were asked for are one network."""
    found: dict[str, None] = {}
    for arm in setup.arms:
        for step in setup.trajectory(arm):
            if len(step.reported) > 1:
                asked = ", ".join(f"{100 * share:g}" for share in step.reported)
                of = WORDS[arm.granularity]
                found[f"{asked} % of {of} are one network with {100 * step.sparsity:.4g} %"] = None
    return f"Reported at the nearest step: {'; '.join(found)}." if found else ""


def _runs(setup: Setup, arm: Arm) -> str:
    """What N:M is of, and what of it shows here."""
    length = setup.config.run_length
    others = ", ".join(sorted(setup.structure.layers.keys() - setup.whole(arm).keys()))
    whole = f" Whole stay layers whose inputs cannot be divided so: {others}." if others else ""
    return (
        f"N:M: of every {length} consecutive inputs as many weights go, so that shares are "
        f"multiples of 1/{length}.{whole} Latencies are those of the network with zeros in place: "
        "it takes hardware with sparse matrix units to be faster by it, at 2:4."
    )


def _collapse(arm: Arm, sparsity: float, layers: list[str]) -> str:
    return (
        f"{arm.title}: from {100 * sparsity:g} % on nothing is left of {', '.join(layers)}, so "
        "nothing passes through the network (layer collapse)."
    )
