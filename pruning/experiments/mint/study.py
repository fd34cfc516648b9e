"""What the parts of a run of MINT do."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from torch import nn

from pruning.context import Context
from pruning.data.image_base import Images
from pruning.events import Event, Progress
from pruning.experiments.images.dense import dense_level, epoch_points
from pruning.experiments.images.outputs import TRAINING
from pruning.experiments.mint.config import Cell, MintConfig
from pruning.experiments.mint.cuts import ScoredLayer, cuts
from pruning.experiments.mint.cutting import Counts, Scores, block_magnitudes, block_weights
from pruning.experiments.mint.fields import VARIANTS, VariantName
from pruning.experiments.mint.layers import Pair
from pruning.experiments.mint.masks import block_mask
from pruning.experiments.mint.measuring import Dense, Retrained, measured, retrained
from pruning.experiments.mint.notes import notes, warnings
from pruning.experiments.mint.outputs import BY_GROUPS, BY_SAMPLES, RETRAINING
from pruning.experiments.mint.parts import DEALT
from pruning.experiments.mint.pictures import (
    blocks_frame,
    distribution_frames,
    score_frame,
    signal_row,
)
from pruning.experiments.mint.scoring import Scorer, Scoring, Way
from pruning.experiments.mint.setup import Setup
from pruning.experiments.mint.statistics import Measured, Statistics, layer_rows
from pruning.experiments.mint.take_away import TakeAway
from pruning.experiments.telling import told
from pruning.structure.dead_units import masks_of
from pruning.structure.units import layers_of
from pruning.training.cache import fit
from pruning.training.epochs import Batches, Epoch

# In about how many steps the scores of a layer fill in.
_FILLINGS = 10


class _Network(NamedTuple):
    """A pruned network."""

    measured: Measured
    found: Retrained


class Study:
    """One part of a run.

    Parameters
    ----------
    steps
        How many steps of progress the part has.
    """

    def __init__(self, config: MintConfig, images: Images, steps: int, context: Context) -> None:
        self.setup = Setup(config, context, images)
        self.config, self.context = config, context
        self._steps = steps

    def train(self, seed: int) -> Iterator[Event]:
        """Train the network of a seed; what cannot be is refused before."""
        pairs = self.setup.pairs
        dense = yield from self._dense(seed, points=True)
        if seed == self.config.seeds[0]:
            yield from notes(self.setup, dense)
        # Layers in their order, whichever is scored first.
        for pair in pairs:
            yield signal_row(pair, self._weights(dense.network, pair).shape, {}, seed)
        yield self._progress(1, f"Trained, seed {seed}")

    def score(self, seed: int, place: int) -> Iterator[Event]:
        """Score every layer that was dealt to this part, in every way."""
        pairs, ways = self.setup.pairs[place::DEALT], self._ways
        if not pairs:
            yield self._progress(1, f"Scored, seed {seed}")
            return
        dense = yield from self._dense(seed)
        scorer = Scorer(self.setup, dense.network, dense.data, seed)
        for done, pair in enumerate(pairs):
            weights = self._weights(dense.network, pair)
            found: dict[Way, Scores] = {}
            for nth, way in enumerate(ways):
                of = (done * len(ways) + nth, len(pairs) * len(ways))
                # Drawn is what people look at: the first seed.
                drawn = weights if way == "mint" and seed == self.config.seeds[0] else None
                tell = partial(self._filling, pair, seed, of, drawn)
                found[way] = yield from told(scorer.scores(pair, self.config.main, way), tell)
            if seed == self.config.seeds[0]:
                yield from distribution_frames(pair.layer, found)
            yield signal_row(pair, weights.shape, found, seed)
        yield self._progress(1, f"Scored, seed {seed}")

    def prune(self, variant: VariantName) -> Iterator[Event]:
        """Prune by one variant to every percentage, one seed after another."""
        config, statistics, outcomes = self.config, Statistics(len(self.config.seeds)), []
        for nth, seed in enumerate(config.seeds):
            dense = yield from self._dense(seed)
            layers = yield from self._layers(dense, config.main, variant, nth)
            if variant == config.variants[0]:
                outcomes.append(dense.outcome)
                yield from dense_level(outcomes)
                if nth == 0:
                    yield blocks_frame(layers, sum(self.setup.weight_counts.values()))
            yield from statistics.add(measured(self.setup, dense, variant))
            # Only what comes of the first seed is given away.
            take_away = None if nth else TakeAway(self.setup, variant, dense)
            for one in self._pruned(variant, dense, layers, config.main, nth):
                if not isinstance(one, _Network):
                    yield one
                    continue
                if take_away:
                    take_away.consider(*one)
                yield from statistics.add(one.measured)
                if variant == "mint":
                    yield from self._rows_of(one.measured, config.main)
            if take_away:
                yield from take_away.made()
        yield self._progress(1, f"{VARIANTS[variant]}: all percentages")

    def ablate(self, cell: Cell) -> Iterator[Event]:
        """Prune by MINT with other groups or samples."""
        for nth, seed in enumerate(self.config.seeds):
            dense = yield from self._dense(seed)
            layers = yield from self._layers(dense, cell, "mint", nth)
            for one in self._pruned("mint", dense, layers, cell, nth):
                if isinstance(one, _Network):
                    yield from self._rows_of(one.measured, cell)
                else:
                    yield one
        yield self._progress(1, f"{cell.groups} groups, {cell.samples} samples: all percentages")

    def _dense(self, seed: int, *, points: bool = False) -> Generator[Event, None, Dense]:
        """The network of a seed, trained here where no other part has left it."""
        setup = self.setup
        data = setup.splits(seed)

        def tell(said: Batches | Epoch) -> Iterator[Event]:
            if points:
                yield self._learning(said, self.config.epochs, f"Training, seed {seed}", 0, 1)
                if isinstance(said, Epoch):
                    yield from epoch_points(TRAINING, said, {}, seed=seed)

        network = yield from told(fit(setup.spec(seed), data, self.context), tell)
        return Dense(network, data, seed, self.context)

    @property
    def _ways(self) -> list[Way]:
        """In which ways layers are scored; the first is what pruning goes by."""
        config = self.config
        asked: dict[Way, bool] = {
            "mint": True,
            "as_published": "mint_as_published" in config.variants,
            "second_draw": config.second_draw,
            "permuted": config.permuted,
        }
        return [way for way, is_asked in asked.items() if is_asked]

    def _weights(self, network: nn.Module, pair: Pair) -> Counts:
        """How many weights each block of a layer has."""
        groups = self.setup.groups(pair, self.config.main.groups)
        return block_weights(layers_of(network)[pair.layer].weight, groups)

    def _filling(
        self, pair: Pair, seed: int, of: tuple[int, int], drawn: Counts | None, said: Scoring
    ) -> Iterator[Event]:
        """How far the scores of a layer are, and those that have come."""
        before, stages = of
        groups = said.scores.shape[1]
        what = f"Scores of {pair.layer}, seed {seed}: {said.done} of {groups} groups of parents"
        yield self._progress((before + said.done / groups) / stages, what)
        every = -(-groups // _FILLINGS)
        if drawn is not None and (said.done % every == 0 or said.done == groups):
            yield score_frame(pair.layer, said.scores, drawn)

    def _layers(
        self, dense: Dense, cell: Cell, variant: VariantName, nth: int
    ) -> Generator[Event, None, list[ScoredLayer]]:
        """The layers that blocks may go of, scored here where no other part has."""
        scorer = Scorer(self.setup, dense.network, dense.data, dense.seed)
        way: Way = "as_published" if variant == "mint_as_published" else "mint"
        found, modules = [], layers_of(dense.network)
        for pair in self.setup.pruned:
            groups, weight = self.setup.groups(pair, cell.groups), modules[pair.layer].weight
            scores = yield from told(
                scorer.scores(pair, cell, way), partial(self._again, pair, nth)
            )
            magnitudes, weights = block_magnitudes(weight, groups), block_weights(weight, groups)
            found.append(ScoredLayer(pair.layer, groups, scores, magnitudes, weights))
        return found

    def _again(self, pair: Pair, nth: int, said: Scoring) -> Iterator[Event]:
        """How far scores are that pruning one of the seeds begins with."""
        what = f"Scores of {pair.layer}: {said.done} of {said.scores.shape[1]} groups of parents"
        yield self._progress(nth / len(self.config.seeds), what)

    def _pruned(
        self,
        variant: VariantName,
        dense: Dense,
        layers: Sequence[ScoredLayer],
        cell: Cell,
        nth: int,
    ) -> Iterator[Event | _Network]:
        """The network of one seed at every percentage, and what there is to say on the way."""
        setup, config = self.setup, self.config
        modules, stages = layers_of(dense.network), len(config.seeds) * len(config.percentages)
        for place, asked in enumerate(config.percentages):
            taken = cuts(variant, config, layers, asked, dense.seed)
            left = {
                layer.name: block_mask(layer, modules[layer.name].weight.shape, cut)
                for layer, cut in zip(layers, taken, strict=True)
            }
            masks = masks_of(setup.structure, left)
            if cell == config.main:
                yield layer_rows(variant, asked, layers, taken, masks, dense.seed)
                yield from warnings(variant, asked, taken, masks)
            name = f"{variant}-{cell.groups}-{cell.samples}-{asked!r}"
            what = f"{VARIANTS[variant]}, {asked:g} %, seed {dense.seed}"
            before = nth * len(config.percentages) + place
            tell = partial(self._retraining, variant, asked, dense.seed, what, (before, stages))
            found = yield from told(retrained(setup, dense, masks, name), tell)
            yield _Network(measured(setup, dense, variant, asked, found), found)
            yield self._progress((before + 1) / stages, f"{what}: measured")

    def _retraining(
        self,
        variant: VariantName,
        asked: float,
        seed: int,
        what: str,
        of: tuple[int, int],
        said: Batches | Epoch,
    ) -> Iterator[Event]:
        yield self._learning(said, self.config.retrain_epochs, what, *of)
        if isinstance(said, Epoch):
            labels = {"seed": seed, "percentage": asked}
            yield from epoch_points(RETRAINING, said, {"variant": variant}, **labels)

    def _rows_of(self, one: Measured, cell: Cell) -> Iterator[Event]:
        """A network in the tables that tell what groups and samples do."""
        cells = {
            "pruned_percent_asked": one.asked,
            "pruned_percent": 100 * one.compared,
            "accuracy_before_retraining": one.before,
            "accuracy": one.accuracy,
            "best_epoch_accuracy": one.best,
            "seed": one.seed,
        }
        config = self.config
        if cell in config.other_groups or (cell == config.main and config.other_groups):
            yield BY_GROUPS.row(groups=cell.groups, **cells)
        if cell in config.other_samples or (cell == config.main and config.other_samples):
            yield BY_SAMPLES.row(samples_per_class=cell.samples, **cells)

    def _learning(
        self, said: Batches | Epoch, epochs: int, what: str, before: int, stages: int
    ) -> Progress:
        """How far a training is that is one of several stages."""
        if isinstance(said, Epoch):
            share, of, accuracy = said.epoch / epochs, "test", said.test_accuracy
        else:
            share, of, accuracy = said.done / said.total, "training", said.accuracy
        told_of = f"epoch {said.epoch} of {epochs}, {of} accuracy {100 * accuracy:.1f} %"
        return self._progress((before + share) / stages, f"{what}: {told_of}")

    def _progress(self, share: float, message: str) -> Progress:
        return Progress(done=round(share * self._steps), total=self._steps, message=message)
