"""What the parts of a run of guided sparsity do."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial

from pruning.context import Context
from pruning.data.image_base import Images
from pruning.evaluation.batches import Splits
from pruning.evaluation.latency import BY_TURNS, Conditions
from pruning.events import Cell, Event, Note, Progress
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import Entrant
from pruning.experiments.guided_sparsity.moments import Moment
from pruning.experiments.guided_sparsity.outputs import ALONG, ARMS_TABLE
from pruning.experiments.guided_sparsity.pictures import layer_rows, units_frame
from pruning.experiments.guided_sparsity.racing import Finished, Said, run, side_by_side
from pruning.experiments.guided_sparsity.setup import Setup
from pruning.experiments.guided_sparsity.statistics import Outcome, comparison, summary
from pruning.experiments.guided_sparsity.take_away import files
from pruning.experiments.telling import told


class Study:
    """One part of a run.

    Parameters
    ----------
    steps
        How many steps of progress the part has.
    """

    def __init__(
        self, config: GuidedSparsityConfig, images: Images, steps: int, context: Context
    ) -> None:
        self.setup = Setup(config, context, images)
        self.config, self.context = config, context
        self._steps = steps
        self._done: dict[Entrant, int] = {}

    def race(self, seed: int) -> Iterator[Event]:
        """Train the networks of a seed side by side; each is slimmed and timed at its end."""
        data, is_first = self.setup.splits(seed), seed == self.config.seeds[0]
        if is_first:
            yield from self._notes(data)
        ends = yield from self._raced(seed, data, partial(self._along, seed, is_first))
        for end in ends:
            yield from self._end(end, seed, data)
            if is_first:
                yield from files(self.setup, end, data)
        yield Progress(done=self._steps, total=self._steps, message=f"Raced, seed {seed}")

    def compare(self) -> Iterator[Event]:
        """What the networks of all seeds come to together."""
        outcomes = []
        for seed in self.config.seeds:
            again = partial(self._again, seed)
            ends = yield from self._raced(seed, self.setup.splits(seed), again)
            for end in ends:
                if end.measured:
                    outcomes.append(Outcome(end.entrant, end.moments, end.measured, _size(end)))
        yield from summary(outcomes)
        yield from comparison(outcomes, self.config.levels, len(self.config.seeds))
        yield Progress(done=self._steps, total=self._steps, message="Compared")

    def _raced(
        self, seed: int, data: Splits, tell: Callable[[Said], Iterable[Event]]
    ) -> Generator[Event, None, list[Finished]]:
        races = [run(self.setup, each, seed, data) for each in self.config.entrants]
        return (yield from told(side_by_side(races), tell))

    def _notes(self, data: Splits) -> Iterator[Note]:
        """In what the run differs from what people may think."""
        batch = data.test.batch(slice(0, min(self.config.latency_batch, len(data.test))))[0]
        yield Note(level="info", text=f"Latencies: {Conditions.of(batch)}; {BY_TURNS}")
        if not self.config.threshold and self.config.lasso_step == "subgradient":
            text = "With a threshold of 0 nothing counts as zero but exact zeros, and only a "
            yield Note(level="info", text=text + "proximal step makes such.")
        if self.setup.uncut:
            text = f"Units that lose all their weights stay in: {self.setup.uncut}."
            yield Note(level="info", text=text)
        alone = [name for name, units in self.setup.units.items() if units == 1]
        if alone and any(entrant.variance for entrant in self.config.entrants):
            text = f"A single unit has no variance: {', '.join(alone)} has no such term."
            yield Note(level="info", text=text)

    def _along(self, seed: int, is_first: bool, said: Said) -> Iterator[Event]:
        """How far the race is, and what a network is worth by now."""
        self._done[said.entrant] = max(said.steps, self._done.get(said.entrant, 0))
        total = self.config.total_steps
        message = f"Racing, seed {seed}: {said.entrant.title} at step {said.steps:,} of {total:,}"
        yield Progress(done=sum(self._done.values()), total=self._steps, message=message)
        for moment in said.moments:
            yield from _points(said.entrant, moment, seed)
            # Drawn is what people look at: the first seed.
            if is_first:
                yield units_frame(said.entrant, moment)
                yield layer_rows(said.entrant, moment)

    def _again(self, seed: int, said: Said) -> Iterator[Event]:
        """Where no other part has left a network, it is trained here once more."""
        message = f"Comparing, seed {seed}: {said.entrant.title} at step {said.steps:,}"
        yield Progress(done=0, total=self._steps, message=message)

    def _end(self, end: Finished, seed: int, data: Splits) -> Iterator[Event]:
        """A network as a row, and what is to be known of it."""
        title = f"{end.entrant.title}, seed {seed}"
        if end.diverged:
            yield Note(level="warning", text=f"{title}: {end.diverged}.")
        elif end.measured and end.measured.broken:
            layers = ", ".join(end.measured.broken)
            text = f"{title}: nothing is left of {layers}, so that nothing passes through."
            yield Note(level="warning", text=text)
        elif end.measured and end.moments[-1].accuracy <= _chance(data):
            text = f"{title}: no better than chance, although it did not diverge. Lower the "
            yield Note(level="warning", text=text + "learning rate or the coefficients.")
        yield _row(end, seed)


def _chance(data: Splits) -> float:
    """What is right of the test images where all are taken for those of the largest class."""
    return int(data.test.y.bincount().max()) / len(data.test)


def _size(end: Finished) -> int:
    """How many parameters the whole network has."""
    return sum(each.numel() for each in end.network.parameters())


def _points(entrant: Entrant, moment: Moment, seed: int) -> Iterator[Event]:
    words = {"entrant": entrant.name}
    values = {
        "accuracy": moment.accuracy,
        "cross_entropy": moment.cross_entropy,
        "weights": moment.of_all_weights,
        "layer_mean": moment.mean_of_layers,
        "nonzero": moment.nonzero,
    }
    for name, value in values.items():
        yield ALONG[name].point(moment.step, value, words, seed=seed)
    for name, value in moment.terms.items():
        yield ALONG["term"].point(moment.step, value, words, seed=seed, penalty=name)


def _row(end: Finished, seed: int) -> Event:
    cells: dict[str, Cell] = dict.fromkeys(ARMS_TABLE.names)
    if end.measured:
        found, last = end.measured, end.moments[-1]
        q1, middle, q3 = found.speedup or (None, None, None)
        cells |= {
            "accuracy": last.accuracy,
            "sparsity_mean_of_layers": last.mean_of_layers,
            "sparsity_of_all_weights": last.of_all_weights,
            "nonzero_parameters": last.nonzero,
            "alive_units": last.units,
            "parameters_slim": last.parameters,
            "parameters_removed": 1 - last.parameters / _size(end),
            "latency_ms": found.latency,
            "speedup_measured": middle,
            "speedup_measured_q1": q1,
            "speedup_measured_q3": q3,
        }
    ended = "diverged" if end.diverged else "whole"
    return ARMS_TABLE.row(**{**cells, **end.entrant.cells, "seed": seed, "ended": ended})
