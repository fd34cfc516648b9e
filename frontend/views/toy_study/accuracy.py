"""The accuracies of a toy study as curves over the sample counts, and as boxes at one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from frontend.figures.colours import UNPRUNED, criterion_colour, criterion_symbol, faded
from frontend.figures.layouts import counts_layout, names_layout
from frontend.figures.view import Figure
from frontend.naming import origin
from pruning.criteria.base import criteria
from pruning.events import Cell
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.recipes.base import Published

# What the axis of accuracies spans at least; it grows for what lies below.
LOW, HIGH = 0.4, 1.02

Trace = dict[str, Any]
PublishedRows = Sequence[dict[str, Cell]]


def accuracy_chart(
    config: ToyStudyConfig, dataset: str, scenario: str, published: Published | None
) -> Figure:
    """Mean and band per criterion, the unpruned network, and what was published."""
    figures = published.rows if published else []
    bands = [_band(dataset, name, scenario) for name in config.criteria]
    means = [_mean(dataset, name, scenario) for name in config.criteria]
    points = [
        _published(name, rows, origin(published))
        for name in config.criteria
        if published and (rows := _rows_of(figures, dataset, name, scenario))
    ]
    series = [f"accuracy/{name}/{each}" for name in config.datasets for each in config.criteria]
    return {
        "data": [
            *(trace for band in bands for trace in band),
            _unpruned(dataset, scenario),
            *means,
            *points,
        ],
        "layout": counts_layout(config.reference_samples, _span(figures, series=series)),
    }


def spread_chart(config: ToyStudyConfig, dataset: str, scenario: str) -> Figure:
    """A box per criterion over the seeds."""
    frames = [f"{name}/accuracies" for name in config.datasets]
    return {
        "data": [_box(dataset, name, scenario) for name in config.criteria],
        "layout": names_layout(config.criteria, _span((), frames=frames)),
    }


def _span(published: PublishedRows, **known: list[str]) -> dict[str, Any]:
    """What the axis spans: all that was published, and all that the result holds."""
    lowest = [float(row["mean"] or 0) - float(row.get("sd") or 0) for row in published]
    low = min([LOW, *(math.floor(10 * value) / 10 for value in lowest)])
    return {"least": [max(0.0, low), HIGH], **known}


def _rows_of(
    published: PublishedRows, dataset: str, criterion: str, scenario: str
) -> list[dict[str, Cell]]:
    wanted = {"dataset": dataset, "criterion": criterion, "scenario": scenario}
    return [row for row in published if wanted.items() <= row.items()]


def _series(dataset: str, name: str, scenario: str, statistic: str) -> Trace:
    labels = {"scenario": scenario, "statistic": statistic}
    return {
        "type": "scatter",
        "meta": {"series": f"accuracy/{dataset}/{name}", "labels": labels},
        "legendgroup": name,
    }


def _mean(dataset: str, name: str, scenario: str) -> Trace:
    return {
        **_series(dataset, name, scenario, "mean"),
        "mode": "lines+markers",
        "name": criteria[name].title,
        "line": {"color": criterion_colour(name), "width": 2},
        "marker": {"size": 5, "symbol": criterion_symbol(name)},
        "hovertemplate": "%{y:.1%}",
    }


def _band(dataset: str, name: str, scenario: str) -> list[Trace]:
    """From one standard deviation below the mean to one above it."""
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": ""}
    filled = {"fill": "tonexty", "fillcolor": faded(criterion_colour(name), 0.16)}
    return [
        {**_series(dataset, name, scenario, "lower"), **edge},
        {**_series(dataset, name, scenario, "upper"), **edge, **filled},
    ]


def _unpruned(dataset: str, scenario: str) -> Trace:
    return {
        **_series(dataset, "unpruned", scenario, "mean"),
        "mode": "lines",
        "name": "Unpruned",
        "line": {"color": UNPRUNED, "width": 1.5, "dash": "dash"},
        "hovertemplate": "%{y:.1%}",
    }


def _published(name: str, rows: list[dict[str, Cell]], of: str) -> Trace:
    colour = criterion_colour(name)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{criteria[name].title}, {of.lower()}",
        "legendgroup": f"{name} published",
        "x": [row["reference_samples"] for row in rows],
        "y": [row["mean"] for row in rows],
        "error_y": {
            "type": "data",
            "array": [row.get("sd") or 0 for row in rows],
            "color": colour,
            "thickness": 1,
            "width": 3,
        },
        "marker": {
            "size": 10,
            "symbol": f"{criterion_symbol(name)}-open",
            "color": colour,
            "line": {"width": 1.5},
        },
        "hovertemplate": "%{y:.1%}",
    }


def _box(dataset: str, name: str, scenario: str) -> Trace:
    colour = criterion_colour(name)
    return {
        "type": "box",
        "name": name,
        "meta": {
            "frame": f"{dataset}/accuracies",
            "exact": True,
            "bind": {"y": f"{name}/{scenario}"},
        },
        "legendgroup": name,
        "line": {"color": colour, "width": 1.5},
        "fillcolor": faded(colour, 0.25),
        "marker": {"size": 4, "symbol": criterion_symbol(name)},
        "boxpoints": "outliers",
    }
