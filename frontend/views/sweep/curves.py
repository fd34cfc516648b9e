"""What is left after pruning: accuracy and loss against size and speed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from frontend.figures.colours import UNPRUNED, criterion_colour, criterion_symbol, faded
from frontend.figures.layouts import marked_layout
from frontend.figures.view import Chooser, Panel, Row, Section, Toggle
from frontend.naming import origin
from frontend.views.sweep.arms import Arm, arms, criterion_title, toggles
from pruning.events import Cell
from pruning.experiments.sweep.config import SweepConfig
from pruning.recipes.base import Published

AXES = {
    "sparsity": "Share removed",
    "compression": "Compression",
    "speedup_theoretical": "Speed-up, theoretical",
    "speedup_measured": "Speed-up, measured",
}
MEASURES = {"accuracy": "Accuracy", "loss": "Loss"}
_TITLES = {
    "sparsity": "share removed",
    "compression": "compression: original size / new size",
    "speedup_theoretical": "theoretical speed-up: multiply-adds before / after",
    "speedup_measured": "measured speed-up: latency before / after",
}
# What the axis of accuracies spans at least.
_LOW, _HIGH = 0.8, 1.01
_FAR = 1e6

Trace = dict[str, Any]
PublishedRows = Sequence[dict[str, Cell]]


def curves(config: SweepConfig, published: Published | None) -> Section:
    """Mean and band of every arm, the dense network, and what was published."""
    every = arms(config)
    rows = published.rows if published else []
    data = [
        *(trace for arm in every for trace in _band(arm)),
        _dense(config),
        *(_mean(arm) for arm in every),
        *(_published(config, published) if published else []),
    ]
    layout = marked_layout({}, {}, _extent(config, rows), by=_by())
    buttons = toggles(config)
    told = ""
    if published:
        buttons.append(Toggle("published", origin(published), "currentColor", "ring"))
        told = f" Large hollow marks: as {origin(published).lower()}."
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
        description=f"On the test set: mean over the seeds{band}.{told}",
        shape="wide",
        choosers=[Chooser("measure", "Show", MEASURES), Chooser("axis", "against", AXES)],
        toggles=buttons,
    )


def _extent(config: SweepConfig, published: PublishedRows) -> dict[str, Any]:
    keys = [arm.key for arm in arms(config)]
    lowest = min((float(row["test_accuracy"] or 0) for row in published), default=_LOW)
    low = min(_LOW, math.floor(10 * lowest) / 10)
    ratios = {
        axis: {
            "hold": [{"table": "summary", "column": axis}],
            "least": [1, 2],
            "room": 0.02,
            "log": True,
        }
        for axis in list(AXES)[1:]
    }
    last = config.sparsities[-1]
    accuracy = {"least": [low, _HIGH], "series": [f"accuracy/{key}/sparsity" for key in keys]}
    held = [{"series": f"loss/{key}/sparsity"} for key in keys]
    return {
        "x": {"by": "axis", "of": {"sparsity": [-0.02 * last, 1.02 * last or 1], **ratios}},
        "y": {
            "by": "measure",
            "of": {
                "accuracy": accuracy,
                "loss": {"hold": held, "least": [0, 0.1], "room": 0.04},
            },
        },
    }


def _by() -> dict[str, Any]:
    """How the axes look under each choice."""
    share = {"xaxis.tickformat": ".0%", "xaxis.hoverformat": ".1%"}
    ratio = {"xaxis.tickformat": "~g", "xaxis.hoverformat": ".3~g"}
    return {
        "axis": {
            axis: {
                "xaxis.title.text": _TITLES[axis],
                "xaxis.type": "linear" if axis == "sparsity" else "log",
                "xaxis.nticks": 6 if axis == "sparsity" else 8,
                "hovermode": "x unified" if axis == "sparsity" else "closest",
                "shapes[0].visible": axis == "sparsity",
                **(share if axis == "sparsity" else ratio),
            }
            for axis in AXES
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
    return {
        "type": "scatter",
        "meta": {
            "series": f"{{measure}}/{arm.key}/{{axis}}",
            "labels": {"statistic": statistic},
        },
        "legendgroup": arm.groups,
    }


def _mean(arm: Arm) -> Trace:
    return {
        **_series(arm, "mean"),
        "mode": "lines" if arm.is_control else "lines+markers",
        "name": arm.title,
        "line": {"color": arm.colour, "width": 1.5 if arm.is_control else 2, "dash": arm.dash},
        "marker": {"size": 6, "symbol": arm.symbol},
        "hovertemplate": "%{y}",
    }


def _band(arm: Arm) -> list[Trace]:
    """From one standard deviation below the mean to one above it; controls go without."""
    if arm.is_control:
        return []
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": ""}
    fill = {"fill": "tonexty", "fillcolor": faded(criterion_colour(arm.criterion), 0.13)}
    return [{**_series(arm, "lower"), **edge}, {**_series(arm, "upper"), **edge, **fill}]


def _dense(config: SweepConfig) -> Trace:
    """The level of the dense network, at every place and beyond all ratios."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "Dense",
        "legendgroup": "dense",
        "meta": {
            "series": "{measure}/dense",
            "labels": {"statistic": "mean"},
            "across": [*config.sparsities, 1.0, _FAR],
        },
        "line": {"color": UNPRUNED, "width": 1.5, "dash": "dash"},
        "hovertemplate": "%{y}",
    }


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
            found.append(_marks(arm, of_arm, origin(published)))
    return found


def _marks(arm: Arm, rows: PublishedRows, of: str) -> Trace:
    colour = criterion_colour(arm.criterion)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{criterion_title(arm.name)}, {of.lower()}",
        "legendgroup": f"{arm.groups} published",
        "meta": {"only": {"axis": "sparsity", "measure": "accuracy"}},
        "x": [row["sparsity"] for row in rows],
        "y": [row["test_accuracy"] for row in rows],
        "marker": {
            "size": 12,
            "symbol": f"{criterion_symbol(arm.criterion)}-open",
            "color": colour,
            "line": {"width": 1.5},
        },
        "hovertemplate": "%{y:.1%}",
    }
