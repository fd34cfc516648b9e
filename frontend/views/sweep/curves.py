"""What is left after pruning: accuracy and loss against size and speed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.colours import variant_colour, variant_symbol
from frontend.figures.layouts import marked_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Panel, Row, Section, Toggle
from frontend.views.sweep.arms import Arm, arms, toggles
from pruning.events import Cell
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import ASKED
from pruning.experiments.sweep.outputs import RATIOS, SPARSITY, SUMMARY, share_axis
from pruning.recipes.base import Published

_RATIOS = {
    "compression": "Compression",
    "speedup_theoretical": "Speed-up, theoretical",
    "speedup_measured": "Speed-up, measured",
}
MEASURES = {"accuracy": "Accuracy", "loss": "Loss"}
# What the axis of accuracies spans at least.
_LOW, _HIGH = 0.8, 1.01
_FAR = 1e6

PublishedRows = Sequence[dict[str, Cell]]


def curves(config: SweepConfig, published: Published | None) -> Section:
    """Mean and band of every arm, the dense network, and what was published."""
    every = arms(config)
    rows = published.rows if published else []
    data = [
        *(trace for arm in every for trace in _band(arm)),
        _dense(config),
        *(trace for arm in every for trace in _mean(arm)),
        *(_published(config, published) if published else []),
    ]
    layout = marked_layout({}, {}, _extent(config, rows), by=_by(config))
    buttons = toggles(config)
    told = ""
    if published:
        buttons.append(Toggle("published", published.origin, "currentColor", "ring"))
        told = f" Large hollow marks: as {published.origin.lower()}."
    band = ", ± 1 standard deviation" if len(config.seeds) > 1 else ""
    return Section(
        "curves",
        [
            Row(
                [
                    Panel(
                        "test",
                        "Accuracy and loss after pruning",
                        {"data": data, "layout": layout},
                        waiting="The curves begin with the first pruned network.",
                    )
                ]
            )
        ],
        title="What pruning costs",
        description=f"On the test set: mean over the seeds{band}. {marks.WHISKERS}{told} "
        "Press a point to see what its network is.",
        shape="wide",
        choosers=[Chooser("measure", "Show", MEASURES), Chooser("axis", "against", _axes(config))],
        toggles=buttons,
    )


def _axes(config: SweepConfig) -> dict[str, str]:
    """What curves can be drawn against."""
    return {share_axis(config.budget): _share_removed(config).capitalize(), **_RATIOS}


def _share_removed(config: SweepConfig) -> str:
    """What sparsities are: of weights and units alike, or of a budget."""
    quantity = SPARSITY if config.budget == "units" else ASKED[config.budget]
    return quantity.title


def _extent(config: SweepConfig, published: PublishedRows) -> dict[str, Any]:
    keys = [arm.key for arm in arms(config)]
    lowest = min((float(row["test_accuracy"] or 0) for row in published), default=_LOW)
    low = min(_LOW, math.floor(10 * lowest) / 10)
    ratios = {
        axis: {
            "hold": [{"table": "summary", "column": name} for name in _columns(axis)],
            "least": [1, 2],
            "room": 0.02,
            "log": True,
        }
        for axis in _RATIOS
    }
    last, share = config.sparsities[-1], share_axis(config.budget)
    accuracy = {"least": [low, _HIGH], "series": [f"accuracy/{key}/{share}" for key in keys]}
    held = [{"series": f"loss/{key}/{share}"} for key in keys]
    return {
        "x": {"by": "axis", "of": {share: [-0.02 * last, 1.02 * last or 1], **ratios}},
        "y": {
            "by": "measure",
            "of": {
                "accuracy": accuracy,
                "loss": {"hold": held, "least": [0, 0.1], "room": 0.04},
            },
        },
    }


def _columns(ratio: str) -> list[str]:
    """Those with everything that is drawn along a ratio."""
    return [ratio, *(SUMMARY.column(ratio).quartiles or ())]


def _by(config: SweepConfig) -> dict[str, Any]:
    """How the axes look under each choice."""
    of_share = share_axis(config.budget)
    titles = {of_share: _share_removed(config)} | {each.name: each.title for each in RATIOS}
    share = {"xaxis.tickformat": ".0%", "xaxis.hoverformat": ".1%"}
    ratio = {"xaxis.tickformat": "~g", "xaxis.hoverformat": ".3~g"}
    return {
        "axis": {
            axis: {
                "xaxis.title.text": titles[axis],
                "xaxis.type": "linear" if axis == of_share else "log",
                "xaxis.nticks": 6 if axis == of_share else 8,
                "hovermode": "x unified" if axis == of_share else "closest",
                "shapes[0].visible": axis == of_share,
                **(share if axis == of_share else ratio),
            }
            for axis in titles
        },
        "measure": {
            "accuracy": {
                "yaxis.title.text": "test accuracy",
                "yaxis.tickformat": ".0%",
                "yaxis.hoverformat": ".1%",
            },
            "loss": {
                "yaxis.title.text": "test loss",
                "yaxis.tickformat": "~g",
                "yaxis.hoverformat": ".3f",
            },
        },
    }


def _series(arm: Arm, statistic: str) -> Trace:
    name = f"{{measure}}/{arm.key}/{{axis}}"
    filled = marks.series(name, {"statistic": statistic}, pressed=arm.pressed)
    return {**filled, "legendgroup": arm.groups}


def _mean(arm: Arm) -> list[Trace]:
    """The curve; that of a control goes without whiskers."""
    curve = marks.mean(
        _series(arm, "mean"),
        arm.title,
        arm.colour,
        arm.symbol,
        dash=arm.dash,
        width=1.5 if arm.is_control else 2,
        size=6,
        hover="%{y}",
        marked=not arm.is_control,
    )
    return [curve] if arm.is_control else marks.whiskered(curve, arm.colour)


def _band(arm: Arm) -> list[Trace]:
    """From one standard deviation below the mean to one above it; controls go without."""
    if arm.is_control:
        return []
    edges = (_series(arm, statistic) for statistic in ("lower", "upper"))
    return marks.band(edges, variant_colour(arm.criterion), 0.13)


def _dense(config: SweepConfig) -> Trace:
    """The level of the dense network, at every place and beyond all ratios."""
    across = [*config.sparsities, 1.0, _FAR]
    filled = marks.series("{measure}/dense", {"statistic": "mean"}, across=across)
    return marks.level({**filled, "legendgroup": "dense"}, "Dense", hover="%{y}")


def _published(config: SweepConfig, published: Published) -> list[Trace]:
    """The published accuracies of each arm; rows without a criterion are of the first."""
    first = config.criteria[0]
    found = []
    for arm in arms(config):
        of_arm = [
            row
            for row in published.rows
            if row.get("granularity", arm.granularity) == arm.granularity
            and row.get("criterion", first) == arm.name
        ]
        if of_arm:
            found.append(_marks(arm, of_arm, published.origin))
    return found


def _marks(arm: Arm, rows: PublishedRows, of: str) -> Trace:
    trace = marks.published(
        [(row["sparsity"], row["test_accuracy"]) for row in rows],
        f"{arm.scored}, {of.lower()}",
        variant_colour(arm.criterion),
        variant_symbol(arm.criterion),
        size=12,
    )
    shown = {"only": {"axis": "sparsity", "measure": "accuracy"}}
    return {**trace, "legendgroup": f"{arm.groups} published", "meta": shown}
