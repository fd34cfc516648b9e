"""How much accuracy it costs to prune one layer alone, coupled layers together."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.events import Event, Note, Table
from pruning.experiments.sweep.arms import Arm, UnusableScoresError
from pruning.experiments.sweep.networks import DenseNetwork, evaluate_all
from pruning.experiments.sweep.outputs import SENSITIVITY
from pruning.experiments.sweep.setup import Setup


def sensitivity(setup: Setup, trained: DenseNetwork) -> Iterator[Event]:
    """Every layer or group of coupled layers alone, by every arm that is no control."""
    for arm in setup.arms:
        if arm.control:
            continue
        try:
            yield from _rows(setup, arm, trained)
        except UnusableScoresError as error:
            yield Note(level="warning", text=f"Sensitivity by {arm.title} is left out: {error}")


def _rows(setup: Setup, arm: Arm, trained: DenseNetwork) -> Iterator[Table]:
    """One layer or group after the other, in the order of the forward pass."""
    reference = setup.reference(trained.data, trained.seed)
    pruner = setup.pruner(arm, reference, trained.seed)
    removal = setup.removal_alone(arm)
    cells = [
        (name, sparsity, removal({name: score}, {name: pruner.kept[name]}, sparsity))
        for name, score in pruner.scores(trained.dense).items()
        for sparsity in setup.config.sparsities
    ]
    outcomes = evaluate_all(setup, pruner, trained, [kept for _, _, kept in cells])
    for (name, sparsity, _), outcome in zip(cells, outcomes, strict=True):
        yield SENSITIVITY.row(
            criterion=arm.name,
            granularity=arm.granularity,
            layer=name,
            sparsity=sparsity,
            test_accuracy=outcome.accuracy,
        )
