"""Measuring pruned networks against the dense one: accuracy, size and speed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor, nn

from pruning.evaluation.latency import (
    REPEATS,
    WARM_UP,
    Conditions,
    Speedup,
    latency,
    speedup,
)
from pruning.events import Table
from pruning.experiments.sweep.agreement import check_agreement
from pruning.experiments.sweep.arms import Arm
from pruning.experiments.sweep.measuring_time import MeasuringTime
from pruning.experiments.sweep.networks import DenseNetwork, PrunedNetwork
from pruning.experiments.sweep.outputs import ACCURACY_TABLE
from pruning.experiments.sweep.setup import Setup
from pruning.experiments.sweep.statistics import Measured
from pruning.masks.ranking import share_removed
from pruning.structure.cost import Cost, channel_ratio, cost_of

# A measurement is not to hold up who waits for it, or who cancels it: of large networks fewer
# repeats do, since they vary less.
MOST_REPEATS = 15
LEAST_REPEATS = 3
MULTIPLY_ADDS = 10**10


@dataclass(frozen=True)
class Baseline:
    """The dense network of one seed, and what others are held against."""

    setup: Setup
    trained: DenseNetwork
    time: MeasuringTime

    @cached_property
    def cost(self) -> Cost:
        """Of the dense network."""
        return cost_of(self.trained.dense, self.setup.dataset.shape)

    @cached_property
    def batch(self) -> Tensor:
        """The images that latencies are measured with."""
        count = min(self.setup.config.latency_batch, len(self.trained.data.test))
        return self.trained.data.test.batch(slice(0, count))[0]

    @property
    def repeats(self) -> int:
        """How often the dense network is timed alone."""
        affordable = MULTIPLY_ADDS // (self.cost.multiply_adds * len(self.batch))
        return min(max(affordable, LEAST_REPEATS), MOST_REPEATS)

    @property
    def conditions(self) -> Conditions:
        """Under which latencies are measured."""
        return Conditions.of(self.batch)

    def measure(self, arm: Arm, pruned: PrunedNetwork) -> Measured:
        """Count and time a pruned network beside the dense one.

        Raises
        ------
        DisagreementError
            If the lean network is not the one that was pruned, or not the one that was evaluated.
        """
        check_agreement(pruned, self.batch)
        cost = self.pruned_cost(arm, pruned)
        found = self._speedup(pruned.lean) if pruned.masks else None
        measured = found.median if found else 1.0
        by_units = arm.granularity == "unit"
        milliseconds = 1000 * self.dense_latency
        return Measured(
            sparsity_achieved=self._achieved(pruned, cost, measured),
            test_accuracy=pruned.outcome.accuracy,
            test_loss=pruned.outcome.loss,
            compression=cost.compression(self.cost),
            speedup_theoretical=cost.speedup(self.cost),
            speedup_measured=measured,
            speedup_measured_q1=found.q1 if found else None,
            speedup_measured_q3=found.q3 if found else None,
            latency_ms=milliseconds / measured,
            latency_ms_q1=milliseconds / found.q3 if found else None,
            latency_ms_q3=milliseconds / found.q1 if found else None,
            channel_ratio=channel_ratio(self.setup.structure, pruned.kept) if by_units else 1.0,
            parameter_ratio=cost.parameter_ratio(self.cost),
            nonzero_parameters=cost.nonzero,
            bytes=cost.bytes,
        )

    @cached_property
    def dense_latency(self) -> float:
        """Seconds that the dense network takes for the batch, measured once.

        All latencies are told on this scale: what slowed the machine down in between would else
        look like a difference of networks.
        """
        return latency(self.trained.dense, self.batch, self.repeats)

    def _speedup(self, lean: nn.Module) -> Speedup:
        """How many times faster it is than the dense network beside it."""
        enough = 2 * (WARM_UP + REPEATS) * self.dense_latency
        with self.time.of_one(enough) as seconds:
            check = self.setup.context.check
            return speedup(self.trained.dense, lean, self.batch, seconds, check)

    def _achieved(self, pruned: PrunedNetwork, cost: Cost, speedup: float) -> float:
        """What is gone really, as sparsities mean it."""
        match self.setup.config.budget:
            case "units":
                return share_removed(pruned.kept)
            case "parameters":
                return 1 - cost.parameter_ratio(self.cost)
            case "multiply_adds":
                return 1 - cost.multiply_adds_ratio(self.cost)
            case "latency":
                return 1 - 1 / speedup

    def pruned_cost(self, arm: Arm, pruned: PrunedNetwork) -> Cost:
        """What a pruned network costs."""
        if arm.granularity == "unit":
            return cost_of(pruned.lean, self.setup.dataset.shape)
        return cost_of(pruned.network, self.setup.dataset.shape, pruned.masks)


def accuracy_row(arm: Arm, seed: int, pruned: PrunedNetwork, measured: Measured) -> Table:
    """A pruned network as a row of the table ``accuracy``."""
    return ACCURACY_TABLE.row(
        criterion=arm.name,
        granularity=arm.granularity,
        seed=seed,
        sparsity_asked=pruned.sparsity,
        sparsity_achieved=measured.sparsity_achieved,
        compression=measured.compression,
        speedup_theoretical=measured.speedup_theoretical,
        speedup_measured=measured.speedup_measured,
        speedup_measured_q1=measured.speedup_measured_q1,
        speedup_measured_q3=measured.speedup_measured_q3,
        test_accuracy=measured.test_accuracy,
        test_loss=measured.test_loss,
        test_accuracy_before_finetune=pruned.before.accuracy if pruned.before else None,
        best_epoch_accuracy=pruned.best_epoch_accuracy,
        nonzero_parameters=measured.nonzero_parameters,
        bytes=measured.bytes,
    )
