"""How much accuracy it costs to prune one layer alone, coupled layers together."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.events import Cell, Event, Note, Table
from pruning.masks import keep_highest
from pruning.sweep.arms import Arm, UnusableScoresError
from pruning.sweep.stages import Trained, evaluate_all
from pruning.sweep.study import Study

COLUMNS = ["criterion", "granularity", "layer", "sparsity", "test_accuracy"]


def sensitivity(study: Study, trained: Trained) -> Iterator[Event]:
    """Every layer or group of coupled layers alone, by every arm that is no control."""
    for arm in study.arms:
        if arm.shuffled:
            continue
        try:
            for row in _rows(study, arm, trained):
                yield Table(name="sensitivity", columns=COLUMNS, key=COLUMNS[:4], rows=[row])
        except UnusableScoresError as error:
            yield Note(level="warning", text=f"Sensitivity by {arm.title} is left out: {error}")


def _rows(study: Study, arm: Arm, trained: Trained) -> Iterator[list[Cell]]:
    """One layer or group after the other, in the order of the forward pass."""
    reference = study.reference(trained.data, trained.seed)
    pruner = study.pruner(arm, reference, trained.seed)
    spare = arm.granularity == "unit"
    cells = [
        (name, sparsity, keep_highest({name: score}, pruner.kept, sparsity, spare=spare))
        for name, score in pruner.scores(trained.dense).items()
        for sparsity in study.config.sparsities
    ]
    outcomes = evaluate_all(study, pruner, trained, [kept for _, _, kept in cells])
    for (name, sparsity, _), outcome in zip(cells, outcomes, strict=True):
        yield [arm.name, arm.granularity, name, sparsity, outcome.accuracy]
