"""One network of a sweep, made again to be taken away (``operating_point``)."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import experiment
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.operating_point.main_result import main_result
from pruning.experiments.operating_point.outputs import OUTPUTS
from pruning.experiments.sweep.outputs import facts


@experiment(
    "operating_point",
    title="Operating point",
    description="Make one network of a pruning sweep again, to look at it layer by layer, take it "
    "away, fine-tune it or start from it.",
    queue="training",
    config=OperatingPointConfig,
    outputs=OUTPUTS,
    facts=facts,
    main_result=main_result,
    offered=False,
)
def run(config: OperatingPointConfig, context: Context) -> Iterator[Event]:
    """Prune as the sweep did, compare with what it said, and give the network away."""
    from pruning.experiments.operating_point.engine import operating_point

    yield from operating_point(config, context)
