"""Accuracy against sparsity of image networks, by any criteria, schedules and seeds (``sweep``)."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import experiment
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.main_result import main_result
from pruning.experiments.sweep.outputs import OUTPUTS, facts
from pruning.experiments.sweep.work import work


@experiment(
    "sweep",
    title="Pruning sweep",
    description="Train an image network, prune it by several criteria to ever higher sparsity, "
    "and see what accuracy, size and speed are left.",
    queue="training",
    config=SweepConfig,
    outputs=OUTPUTS,
    facts=facts,
    main_result=main_result,
    work=work,
)
def run(config: SweepConfig, context: Context) -> Iterator[Event]:
    """Train, prune, fine-tune and measure, one seed after another."""
    from pruning.experiments.sweep.engine import sweep

    yield from sweep(config, context)
