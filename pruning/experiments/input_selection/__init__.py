"""Which inputs need not be sent: masks over the inputs (``input_selection``)."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.context import Context
from pruning.events import Event
from pruning.experiments.base import experiment
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.input_selection.main_result import main_result
from pruning.experiments.input_selection.outputs import OUTPUTS, facts
from pruning.experiments.input_selection.work import work


@experiment(
    "input_selection",
    title="Input selection",
    description="Learn a mask over the inputs together with the network, and see how few pixels "
    "have to be sent.",
    queue="training",
    config=InputSelectionConfig,
    outputs=OUTPUTS,
    facts=facts,
    main_result=main_result,
    work=work,
)
def run(config: InputSelectionConfig, context: Context) -> Iterator[Event]:
    """Train under each kind of mask, one repeat after another."""
    from pruning.experiments.input_selection.engine import input_selection

    yield from input_selection(config, context)
