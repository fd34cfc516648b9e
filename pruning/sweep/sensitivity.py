"""How much accuracy it costs to prune one layer alone, coupled layers together."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.evaluation import evaluate
from pruning.events import Cell, Event, Note, Table
from pruning.masking import masked
from pruning.masks import keep_highest
from pruning.sweep.arms import Arm, UnusableScoresError
from pruning.sweep.stages import Trained
from pruning.sweep.study import Study

COLUMNS = ["criterion", "granularity", "layer", "sparsity", "test_accuracy"]


def sensitivity(study: Study, trained: Trained) -> Iterator[Event]:
    """Every layer or group of coupled layers alone, by every arm that is no control."""
    for arm in study.arms:
        if arm.shuffled:
            continue
        try:
            for rows in _rows(study, arm, trained):
                yield Table(name="sensitivity", columns=COLUMNS, key=COLUMNS[:4], rows=rows)
        except UnusableScoresError as error:
            yield Note(level="warning", text=f"Sensitivity by {arm.title} is left out: {error}")


def _rows(study: Study, arm: Arm, trained: Trained) -> Iterator[list[list[Cell]]]:
    """The rows of one layer or group after the other."""
    reference = study.reference(trained.data, trained.seed)
    pruner = study.pruner(arm, reference, trained.seed)
    spare = arm.granularity == "unit"
    for name, score in pruner.scores(trained.dense).items():
        rows: list[list[Cell]] = []
        for sparsity in study.config.sparsities:
            whole = {name: pruner.kept[name]}
            kept = keep_highest({name: score}, whole, sparsity, together=False, spare=spare)
            network = masked(trained.dense, pruner.parameter_masks(kept))
            accuracy = evaluate(network, trained.data.test, study.context).accuracy
            rows.append([arm.name, arm.granularity, name, sparsity, accuracy])
        yield rows
