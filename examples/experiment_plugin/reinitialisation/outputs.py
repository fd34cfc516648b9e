"""What comes out of a run, in words for people: axes, heads of columns, pictures, facts."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.outputs import (
    Column,
    Facts,
    FrameOutput,
    Outputs,
    Quantity,
    Series,
    TableOutput,
    Variant,
)
from reinitialisation.config import ORDERS, ReinitialisationConfig

FRESH = Quantity("layers", "layers with fresh weights", "integer")
LOSS = Quantity("drawing_loss", "mean squared error of the drawing")

CURVE = Series("loss/{order}", FRESH, LOSS, ("statistic",), title="Loss against fresh layers")
TABLE = TableOutput(
    "loss",
    "Loss",
    (
        Column("order", "Order"),
        Column("layers", "Fresh layers", "integer"),
        Column("seed", "Seed", "integer"),
        Column("loss", "Loss", "number"),
    ),
    key=("order", "layers", "seed"),
)
TARGET = FrameOutput("target", "The pattern", {"drawing": "what is to be drawn"}, picture="drawing")
DRAWING = FrameOutput(
    "drawing/{order}",
    "What the network draws",
    {"drawing": "its output at every point"},
    at=FRESH,
    picture="drawing",
)
OUTPUTS = Outputs(series=(CURVE,), tables=(TABLE,), frames=(TARGET, DRAWING))


def facts(config: ReinitialisationConfig) -> Facts:
    """What a run is found by: it has no dataset."""
    variants = [Variant("order", name, *ORDERS[name]) for name in config.orders]
    return Facts(model=f"mlp of {config.layers} layers", variants=tuple(variants))


def main_result(config: ReinitialisationConfig, result: Result) -> MainResult | None:
    """How many times the loss grows with one fresh layer, where it grows most."""
    losses: dict[tuple[str, int], list[float]] = defaultdict(list)
    table = result.tables.get(TABLE.name)
    for order, layers, _, loss in table.rows if table else ():
        losses[order, layers].append(loss)
    grown = {
        name: fmean(losses[name, 1]) / fmean(losses[name, 0])
        for name in config.orders
        if losses[name, 1]
    }
    if not grown:
        return None
    worst = max(grown, key=lambda name: grown[name])
    what = ORDERS[worst][0].lower()
    return MainResult(f"loss x {grown[worst]:.3g} with one fresh layer, {what}", grown[worst])
