"""An operating point from the dense network to its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pruning.context import CannotRunError, Context
from pruning.data.image_base import image_datasets
from pruning.evaluation.accuracy import evaluate
from pruning.evaluation.latency import BY_TURNS
from pruning.events import Event, Note
from pruning.experiments.images.dense import DenseNetworks
from pruning.experiments.operating_point.comparing import compare
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.operating_point.files import files_of
from pruning.experiments.operating_point.fine_tuning import fine_tuned
from pruning.experiments.operating_point.replaying import replayed
from pruning.experiments.operating_point.rows import layer_rows, network_row
from pruning.experiments.operating_point.setup import PointProgress, PointSetup
from pruning.experiments.sweep.agreement import DisagreementError
from pruning.experiments.sweep.baseline import Baseline
from pruning.experiments.sweep.checked import checked
from pruning.experiments.sweep.dense_network import dense_network
from pruning.experiments.sweep.measuring_time import MeasuringTime
from pruning.experiments.sweep.network_files import GivenNetwork
from pruning.experiments.sweep.networks import DENSE, DenseNetwork, PrunedNetwork
from pruning.experiments.sweep.statistics import Measured


def operating_point(config: OperatingPointConfig, context: Context) -> Iterator[Event]:
    """Make the network of the point again, compare it, fine-tune it if asked, give it away."""
    images = yield from image_datasets[config.dataset].load(context.data_dir)
    setup = PointSetup(config, context, images)
    yield from checked(setup, _OperatingPoint(setup).run())


@dataclass
class _OperatingPoint:
    """An operating point on its way."""

    setup: PointSetup
    progress: PointProgress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = PointProgress(self.setup)

    def run(self) -> Iterator[Event]:
        """From the dense network to the last file."""
        setup = self.setup
        trained = yield from dense_network(
            setup, DenseNetworks(setup, self.progress.trained), setup.seed
        )
        networks = 2 if setup.config.further_epochs else 1
        baseline = Baseline(setup, trained, MeasuringTime(networks))
        yield Note(level="info", text=f"Latencies: {baseline.conditions}; {BY_TURNS}")
        yield self._row("dense", baseline, self._dense(trained))[0]
        pruned = yield from replayed(setup, trained, self.progress)
        said, measured = self._row("pruned", baseline, pruned)
        compare(setup.config, trained.outcome.accuracy, measured.test_accuracy)
        yield said
        if setup.config.further_epochs:
            pruned = yield from fine_tuned(setup, trained, pruned, self.progress)
            said, measured = self._row("fine_tuned", baseline, pruned)
            yield said
        # Of the lean network; where units have gone, nothing of it is masked.
        masks = {} if setup.arm.granularity == "unit" else pruned.masks
        yield layer_rows(trained.dense, pruned.lean, masks, setup.dataset.shape)
        yield from files_of(setup, self._given(trained, pruned, measured), pruned.kept)
        yield self.progress.done("The network is ready")

    def _row(self, stage: str, baseline: Baseline, pruned: PrunedNetwork) -> tuple[Event, Measured]:
        try:
            measured = baseline.measure(self.setup.arm, pruned)
        except DisagreementError as error:
            raise CannotRunError(str(error)) from error
        cost = baseline.pruned_cost(self.setup.arm, pruned)
        return network_row(stage, measured, cost), measured

    def _given(
        self, trained: DenseNetwork, pruned: PrunedNetwork, measured: Measured
    ) -> GivenNetwork:
        setup, images = self.setup, trained.data.validation
        held_out = evaluate(pruned.lean, images, setup.context).accuracy if len(images) else None
        # Whoever presses a point has seen the accuracies on the test images.
        return GivenNetwork(
            setup,
            setup.arm,
            setup.seed,
            setup.config.sparsity,
            pruned.lean,
            measured,
            held_out,
            chosen_on="test",
        )

    def _dense(self, trained: DenseNetwork) -> PrunedNetwork:
        """The dense network as one of which nothing was removed."""
        dense, whole = trained.dense, self.setup.whole(self.setup.arm)
        return PrunedNetwork(0.0, DENSE, dense, dense, whole, {}, trained.outcome)
