"""What is left of a decision boundary when a network loses hidden units (``toy``)."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import experiment
from pruning.experiments.toy.config import ToyConfig
from pruning.experiments.toy.main_result import main_result
from pruning.experiments.toy.network import network
from pruning.experiments.toy.outputs import OUTPUTS, facts
from pruning.experiments.toy.work import work


@experiment(
    "toy",
    title="Toy decision boundaries",
    description="Watch the decision boundary of a small network while criteria remove its hidden "
    "units, the lowest scores first.",
    queue="interactive",
    config=ToyConfig,
    outputs=OUTPUTS,
    facts=facts,
    main_result=main_result,
    network=network,
    work=work,
)
def run(config: ToyConfig, context: Context) -> Iterator[Event]:
    """Train or load the network, then prune it by every criterion at every sparsity."""
    from pruning.experiments.toy import engine

    yield from engine.run(config, context)
