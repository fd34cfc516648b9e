"""Train or load a toy network, then prune it by every criterion at every sparsity."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from pruning.context import Context
from pruning.data.base import Labelled, datasets
from pruning.events import Event, Note, Progress
from pruning.experiments.toy.config import ToyConfig
from pruning.experiments.toy.outputs import PRUNED, TABLE, UNPRUNED
from pruning.masks.ranking import normalise, rank_units, usable
from pruning.threads import one_thread
from pruning.toy.canvas import Canvas
from pruning.toy.evaluation import Evaluator
from pruning.toy.mlp import MLP
from pruning.toy.networks import ToyNetworkSpec, fit, load
from pruning.toy.page_network import initial_frame, network_frame, scores_frame
from pruning.toy.samples import ReferenceSamples
from pruning.toy.settings import TEST_PER_CLASS

SPARSITY_STEPS = 20
UNUSABLE = "its scores over these reference samples are all zero or not numbers"

TOO_LARGE = (
    "The network or the grid is too large for the page to evaluate itself: the slider has the "
    "sparsities of the settings, and there is no diagram. Three layers of 300 units on a grid of "
    "100 are not too large."
)


def run(config: ToyConfig, context: Context) -> Iterator[Event]:
    """Train or load the network, then prune it by every criterion at every sparsity."""
    data = datasets[config.dataset]
    noise = data.noise if config.noise is None else config.noise
    # Trained quickly: what takes minutes is left to studies, which hold up nobody who waits.
    spec = ToyNetworkSpec(
        data.name, noise, tuple(config.hidden), config.train_seed, content=data.content
    )
    sets, count, seed = spec.sets(), config.reference_samples, config.reference_seed
    canvas = Canvas(
        grid=config.grid,
        train=spec.training_set(),
        reference=sets.reference(count, seed),
        test=sets.test(TEST_PER_CLASS, count, seed),
    )
    yield from canvas.scenery()
    yield from canvas.samples()
    with one_thread():
        network = _kept(spec, config, context)
        steps = _Steps(0 if network else spec.recipe.steps, len(config.removals))
        network = network or (yield from _train(spec, canvas, steps, context))
        points = canvas.points().to(context.device)
        evaluator = Evaluator(network, points)
        logits = evaluator.logits()
        yield from _unpruned(canvas, logits)
        if config.in_page:
            yield network_frame(network, points, logits)
            yield initial_frame(spec.untrained())
        else:
            yield Note(level="info", text=TOO_LARGE)
        ranks = yield from _ranks(network, canvas.reference, config, context)
        yield from _prune(ranks, canvas, evaluator, steps, config)
        if config.in_page:
            yield from _learning(spec, canvas, context)


def _kept(spec: ToyNetworkSpec, config: ToyConfig, context: Context) -> MLP | None:
    """The trained network, if there is all of it that the page shows."""
    network, moments = load(spec, context), spec.moments(context.data_dir)
    if config.in_page and moments and not moments.are_kept(context):
        return None
    return network


@dataclass(frozen=True)
class _Steps:
    """One scale for the progress of training and pruning."""

    training: int
    sparsities: int

    def trained(self, done: int, accuracy: float) -> Progress:
        message = f"Training: step {done:,} of {self.training:,}, accuracy {100 * accuracy:.1f} %"
        return Progress(done=done, total=self._total, message=message)

    def pruned(self, done: int, message: str) -> Progress:
        done = self.training + SPARSITY_STEPS * done
        return Progress(done=done, total=self._total, message=message)

    @property
    def _total(self) -> int:
        return self.training + SPARSITY_STEPS * self.sparsities


def _train(
    spec: ToyNetworkSpec, canvas: Canvas, steps: _Steps, context: Context
) -> Generator[Event, None, MLP]:
    """Train the network; its boundary is drawn along the way, more and more rarely."""
    due = 0.0
    for network, trained in fit(spec, context):
        yield steps.trained(trained.steps, trained.accuracy)
        if trained.steps >= due:
            due = 1.5 * trained.steps
            points = canvas.points().to(context.device)
            yield canvas.boundary("unpruned", 0, Evaluator(network, points).logits(), train=True)
    return network


def _unpruned(canvas: Canvas, logits: Tensor) -> Iterator[Event]:
    yield canvas.boundary("unpruned", 0, logits, train=True)
    for scenario, accuracy in canvas.accuracies(logits).items():
        yield UNPRUNED[scenario].point(0, accuracy, {})


def _learning(spec: ToyNetworkSpec, canvas: Canvas, context: Context) -> Iterator[Event]:
    """The network along its training, at places before that at which nothing is removed."""
    moments = spec.moments(context.data_dir)
    assert moments
    if not moments.are_kept(context):
        return
    points = canvas.points().to(context.device)
    for done, network in moments.networks(spec.untrained().to(context.device)):
        at = done - spec.recipe.steps
        logits = Evaluator(network, points).logits()
        yield canvas.boundary("unpruned", at, logits, train=True)
        for scenario, accuracy in canvas.accuracies(logits).items():
            yield UNPRUNED[scenario].point(at, accuracy, {})


def _ranks(
    network: MLP, reference: Labelled, config: ToyConfig, context: Context
) -> Generator[Event, None, dict[str, list[Tensor]]]:
    """Each criterion's ranking of the hidden units; one that ranks nothing is left out."""
    x, y = (torch.from_numpy(part).to(context.device)[None] for part in reference)
    samples = ReferenceSamples(network, x, y, [config.reference_seed])
    ranks = {}
    for name in config.criteria:
        entry = config.criterion(name)
        scores = [score[0] for score in normalise(entry.score_units(samples), entry.normalisation)]
        if usable(scores):
            ranks[name] = rank_units(scores)
            yield scores_frame(name, scores, ranks[name])
        else:
            yield Note(level="warning", text=f"{entry.title} ({name}) is left out: {UNUSABLE}")
    if not ranks:
        raise ValueError(f"no criterion can rank the units: {UNUSABLE}")
    return ranks


def _prune(
    ranks: dict[str, list[Tensor]],
    canvas: Canvas,
    evaluator: Evaluator,
    steps: _Steps,
    config: ToyConfig,
) -> Iterator[Event]:
    """Every criterion at one sparsity, then at the next, so that all panels advance together.

    The boundaries that people see first come before all that.
    """
    for name, rank in ranks.items():
        logits = evaluator.under(rank).logits(config.start)
        yield canvas.boundary(name, config.start / config.units, logits)
    masks = {name: evaluator.under(rank) for name, rank in ranks.items()}
    for done, removed in enumerate(config.removals):
        sparsity = removed / config.units
        yield steps.pruned(done, f"Pruning: {removed:,} of {config.units:,} units removed")
        for name, nested in masks.items():
            logits = nested.logits(removed)
            if removed != config.start:
                yield canvas.boundary(name, sparsity, logits)
            accuracies = canvas.accuracies(logits)
            for scenario, accuracy in accuracies.items():
                yield PRUNED[scenario].point(sparsity, accuracy, {"criterion": name})
            yield TABLE.row(
                criterion=name,
                sparsity=sparsity,
                units_removed=removed,
                train_accuracy=accuracies["train"],
                test_accuracy=accuracies["test"],
            )
    yield steps.pruned(len(config.removals), "Pruned at every sparsity")
