"""Accuracy against latency: every network of a sweep, and those that none beats."""

from __future__ import annotations

from typing import Any

from frontend.figures import marks
from frontend.figures.colours import UNPRUNED, faded
from frontend.figures.layouts import chart_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Figure, Panel, Row, Section, Toggle
from frontend.views.sweep.arms import Arm, arms, toggles
from pruning.experiments.sweep.config import SweepConfig

_FRONT = "#4A63D8"
# How far the quartiles are from the latency.
_WHISKERS = {
    "error_x.array": {"latency_ms_q3": 1, "latency_ms": -1},
    "error_x.arrayminus": {"latency_ms": 1, "latency_ms_q1": -1},
}
# What the axis of accuracies spans at least.
_LOW, _HIGH = 0.8, 1.02


def pareto(config: SweepConfig) -> Section:
    """Every network by its latency and its accuracy; what none is faster and better than."""
    buttons = toggles(config)
    buttons.insert(0, Toggle("front", "Pareto front", _FRONT, "line"))
    return Section(
        "pareto",
        [
            Row(
                [
                    Panel(
                        "latency",
                        "Accuracy against latency",
                        _pareto(config),
                        waiting="Comes with the first network whose latency was measured.",
                    )
                ]
            )
        ],
        title="Accuracy against latency",
        description=f"Milliseconds for a batch of {config.latency_batch} images; "
        "whiskers: the quartiles of the repeats. On the front: no other network is as fast and as "
        "accurate. Press a point to see what its network is.",
        shape="wide",
        toggles=buttons,
    )


def _pareto(config: SweepConfig) -> Figure:
    every = arms(config)
    latency = {"hold": [{"table": "summary", "column": "latency_ms"}], "least": [0], "room": 0.06}
    accuracy = {"least": [_LOW, _HIGH], "columns": [["summary", "test_accuracy"]]}
    x = {"title": "latency in milliseconds", "tickformat": "~g"}
    layout = chart_layout(
        x, {"title": "test accuracy", "tickformat": ".0%"}, {"x": latency, "y": accuracy}
    )
    dense = {"criterion/granularity": every[0].key, "sparsity": 0}
    data = [_front(), *(_networks(arm) for arm in every), _star(dense)]
    return {"data": data, "layout": {**layout, "hovermode": "closest"}}


def _networks(arm: Arm) -> Trace:
    trace = _summary({"criterion/granularity": arm.key}, arm.title)
    trace["meta"]["bind"] |= _WHISKERS
    trace["meta"]["pressed"] = arm.pressed
    return {
        **trace,
        "error_x": marks.error_bars(arm.colour),
        "legendgroup": arm.groups,
        "mode": "lines+markers",
        "line": {"color": arm.colour, "width": 1, "dash": arm.dash},
        "marker": {"size": 7, "symbol": arm.symbol, "color": arm.colour},
        "cliponaxis": False,
    }


def _front() -> Trace:
    trace = _summary({}, "Pareto front")
    trace["meta"]["front"] = ["latency_ms", "test_accuracy"]
    return {
        **trace,
        "legendgroup": "front",
        "mode": "lines",
        "line": {"color": faded(_FRONT, 0.35), "width": 7, "shape": "hv"},
        "hoverinfo": "skip",
        "hovertemplate": None,
    }


def _star(where: dict[str, Any]) -> Trace:
    return {
        **_summary(where, "Dense"),
        "legendgroup": "dense",
        "mode": "markers",
        "marker": {"size": 13, "symbol": "star", "color": UNPRUNED},
    }


def _summary(where: dict[str, Any], name: str) -> Trace:
    bind = {"x": "latency_ms", "y": "test_accuracy", "customdata": "sparsity"}
    hover = "%{customdata:.3~p} removed<br>%{x:.3~g} ms<br>%{y:.1%}"
    filled = marks.rows("scatter", "summary", bind, where=where)
    return {**filled, "name": name, "hovertemplate": hover}
