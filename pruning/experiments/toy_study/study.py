"""What the parts of a toy study compute."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from pruning.context import Context
from pruning.criteria.base import criteria
from pruning.data.base import Labelled, datasets
from pruning.events import Event, Frame, Progress
from pruning.experiments.toy_study.cells import Cells
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.experiments.toy_study.masked import EvaluationSet, MaskedNetwork
from pruning.experiments.toy_study.one_shot import masks_of, prune_sets
from pruning.experiments.toy_study.ranks import compare_counts, compare_criteria
from pruning.experiments.toy_study.scoring import score_sets
from pruning.masks.counts import units_removed
from pruning.masks.ranking import usable
from pruning.randomness import numpy_generator
from pruning.threads import side_by_side
from pruning.toy.canvas import Canvas
from pruning.toy.evaluation import Block, in_blocks
from pruning.toy.mlp import MLP
from pruning.toy.networks import ToyNetworkSpec, fit, load
from pruning.toy.settings import TEST_PER_CLASS, TRAININGS
from pruning.toy.training import TrainingProgress

# Grid points along each side of a small picture.
GRID = 80
# So many points are worked on between two looks at whether the run was cancelled.
ROUND_POINTS = 8000
# How much of the work of comparing sample counts the scores are.
SCORING_SHARE = 0.3


@dataclass(frozen=True)
class Round:
    """Some of the seeds: their reference samples and the scores over these."""

    seeds: Sequence[int]
    references: list[Labelled]
    scores: dict[str, Tensor]


class DatasetStudy:
    """The study of one dataset.

    Parameters
    ----------
    steps
        How many steps of progress the part has that is asked for.
    """

    def __init__(self, config: ToyStudyConfig, dataset: str, steps: int, context: Context) -> None:
        self.config = config
        self.data = datasets[dataset]
        self.spec = ToyNetworkSpec(
            dataset,
            self.data.noise,
            tuple(config.hidden),
            config.train_seed,
            TRAININGS[config.training],
            content=self.data.content,
        )
        self._sets = self.spec.sets()
        self._removed = units_removed(config.fraction, config.units)
        self._steps = steps
        self._pruning_share = 0.5 if config.ranks else 1.0
        self._context = context

    def train(self) -> Iterator[Event]:
        """Train the network unless there is one, and draw what it learned."""
        network = yield from self._network()
        canvas = self._canvas()
        yield from canvas.scenery()
        unpruned = MaskedNetwork(network, every_unit(network))
        logits = _logits(unpruned, self._blocks(network, canvas))
        yield canvas.boundary("unpruned", 0, logits, train=True)
        yield self._progress(1, "its network is trained")

    def prune(self, count: int) -> Iterator[Event]:
        """Prune by every criterion, over ``count`` reference samples per class of each seed."""
        network = yield from self._network()
        train = EvaluationSet.of(network, *self.spec.training_set())
        unpruned = MaskedNetwork(network, every_unit(network))
        cells = Cells(self.config, self.data, count, unpruned.accuracy(train))
        scores = []
        for part in self._rounds(network, count, self.config.criteria):
            if 0 in part.seeds:
                yield from self._pictures(network, unpruned, count, part)
            points = self._tests(part, count)
            tests = side_by_side(lambda labelled: EvaluationSet.of(network, *labelled), points)
            cells.add(
                part.seeds,
                side_by_side(unpruned.accuracy, tests),
                prune_sets(network, part.scores, self._removed, train, tests),
            )
            scores.append(part.scores)
            share = self._pruning_share * (part.seeds[-1] + 1) / self.config.seeds
            yield self._progress(share, f"{count} reference samples per class")
        yield from cells.events()
        if self.config.ranks:
            compared = compare_criteria(self.data.name, count, _joined(scores), self.config.seeds)
            what = f"rankings by {count} reference samples per class"
            yield from self._compare(compared, len(self.config.criteria), self._pruning_share, what)

    def compare_counts(self, criterion: str) -> Iterator[Event]:
        """Compare one criterion's rankings by all numbers of reference samples."""
        network = yield from self._network()
        counts, scores = self.config.reference_samples, {}
        for done, count in enumerate(counts, start=1):
            rounds = [part.scores for part in self._rounds(network, count, [criterion])]
            scores[count] = _joined(rounds)[criterion]
            share = SCORING_SHARE * done / len(counts)
            yield self._progress(share, f"{criteria[criterion].title}, ranking")
        compared = compare_counts(self.data.name, criterion, scores, self.config.seeds)
        what = f"{criteria[criterion].title}, comparing rankings"
        yield from self._compare(compared, len(counts), SCORING_SHARE, what)

    def _compare(
        self, compared: Iterator[Iterable[Event]], bits: int, start: float, what: str
    ) -> Iterator[Event]:
        """Pass on what comparisons say, with the progress that they are."""
        for done, events in enumerate(compared, start=1):
            yield from events
            yield self._progress(start + (1 - start) * min(1, done / bits), what)

    def _network(self) -> Generator[Event, None, MLP]:
        """The trained network; a part that does not find it trains it."""
        found = load(self.spec, self._context)
        if found is not None:
            return found
        steps = self.spec.recipe.steps
        for state in fit(self.spec, self._context):
            network, trained = state
            yield self._progress(trained.steps / steps, _training(trained, steps))
        return network

    def _rounds(self, network: MLP, count: int, names: Sequence[str]) -> Iterator[Round]:
        """Score the reference samples of a few seeds at a time."""
        per_class = max(count, TEST_PER_CLASS if self.config.test == "noisy" else 0)
        size = max(1, ROUND_POINTS // (per_class * self.data.classes))
        for start in range(0, self.config.seeds, size):
            seeds = range(start, min(start + size, self.config.seeds))
            references = [self._sets.reference(count, seed) for seed in seeds]
            entries = [self.config.criterion(name) for name in names]
            yield Round(seeds, references, score_sets(network, entries, references, seeds))

    def _tests(self, part: Round, count: int) -> list[Labelled]:
        """The test points of each seed."""
        if self.config.test == "reference":
            return part.references
        return [self._noisy_test(count, seed) for seed in part.seeds]

    def _noisy_test(self, count: int, seed: int) -> Labelled:
        points, classes = self._sets.test(TEST_PER_CLASS, count, seed)
        rng = numpy_generator("noise of the test points", seed + 1)
        noise = rng.normal(0, self.config.noise_sigma, points.shape)
        return (points + noise).astype(np.float32), classes

    def _canvas(self, reference: Labelled | None = None) -> Canvas:
        scope, train = f"{self.data.name}/", self.spec.training_set()
        if reference is None:
            return Canvas(GRID, train, scope=scope)
        return Canvas(GRID, train, reference, scope=scope)

    def _pictures(
        self, network: MLP, unpruned: MaskedNetwork, count: int, first: Round
    ) -> Iterator[Frame]:
        """What pruning over the first seed's reference samples leaves of the boundary."""
        canvas = self._canvas(first.references[0])
        blocks = self._blocks(network, canvas)
        yield canvas.references(count)
        yield canvas.boundary("unpruned", count, _logits(unpruned, blocks), train=True)
        for name, scores in first.scores.items():
            if not usable([scores[0]]):
                continue
            masked = MaskedNetwork(network, masks_of(network, scores[0], self._removed))
            yield canvas.boundary(name, count, _logits(masked, blocks))

    def _blocks(self, network: MLP, canvas: Canvas) -> list[Block]:
        points = canvas.points().to(self._context.device)
        return side_by_side(partial(Block.of, network), in_blocks(network, points))

    def _progress(self, share: float, message: str) -> Progress:
        done = round(share * self._steps)
        return Progress(done=done, total=self._steps, message=f"{self.data.title}: {message}")


def _joined(rounds: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The scores of all seeds; one row stands for all where the seed does not matter."""
    return {
        name: rounds[0][name]
        if criteria[name].source == "weights"
        else torch.cat([scores[name] for scores in rounds])
        for name in rounds[0]
    }


def _training(trained: TrainingProgress, steps: int) -> str:
    if trained.elsewhere:
        return "waiting for another run that trains its network"
    accuracy = f"accuracy {100 * trained.accuracy:.1f} %"
    return f"training its network, step {trained.steps:,} of {steps:,}, {accuracy}"


def every_unit(network: MLP) -> list[Tensor]:
    """The masks that remove nothing."""
    return [torch.ones(width, dtype=torch.bool) for width in network.widths]


def _logits(masked: MaskedNetwork, blocks: Sequence[Block]) -> Tensor:
    """The logits of all blocks' points, shape ``(points, classes)``."""
    return torch.cat(side_by_side(masked.logits, blocks), dim=1).T
