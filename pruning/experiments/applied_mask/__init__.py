"""What a mask that was learned leaves of new images (``applied_mask``)."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.applied_mask.config import AppliedMaskConfig
from pruning.experiments.applied_mask.main_result import main_result
from pruning.experiments.applied_mask.outputs import OUTPUTS, facts
from pruning.experiments.base import experiment


@experiment(
    "applied_mask",
    title="Applied mask",
    description="Send new images through a mask that an input selection has learned, and count the "
    "bytes that it takes.",
    queue="interactive",
    config=AppliedMaskConfig,
    outputs=OUTPUTS,
    facts=facts,
    main_result=main_result,
    offered=False,
)
def run(config: AppliedMaskConfig, context: Context) -> Iterator[Event]:
    """Send one image after another."""
    from pruning.experiments.applied_mask.engine import applied_mask

    yield from applied_mask(config, context)
