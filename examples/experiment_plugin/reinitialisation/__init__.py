"""How much a network's layers matter: give some of them fresh weights, and see what is left."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import experiment
from reinitialisation.config import ReinitialisationConfig
from reinitialisation.outputs import OUTPUTS, facts, main_result


@experiment(
    "reinitialisation",
    title="Reinitialised layers",
    description="A small network learns to draw a pattern; then some of its layers get fresh "
    "random weights, and the pattern dissolves.",
    queue="interactive",
    config=ReinitialisationConfig,
    outputs=OUTPUTS,
    facts=facts,
    main_result=main_result,
)
def run(config: ReinitialisationConfig, context: Context) -> Iterator[Event]:
    """Train, replace layers by fresh ones, measure; one seed after another."""
    # Inside: the web server reads this module without torch.
    from reinitialisation import engine

    yield from engine.run(config, context)
