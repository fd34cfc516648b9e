"""The accuracies of a toy study as curves over the sample counts, and as boxes at one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from frontend.figures import marks
from frontend.figures.colours import faded, variant_colour, variant_symbol
from frontend.figures.layouts import counts_layout, names_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Figure
from pruning.events import Cell
from pruning.experiments.facts import criterion_variants
from pruning.experiments.outputs import Variant
from pruning.experiments.toy_study.config import Scenario, ToyStudyConfig
from pruning.experiments.toy_study.outputs import ACCURACIES
from pruning.recipes.base import Published

# What the axis of accuracies spans at least; it grows for what lies below.
LOW, HIGH = 0.4, 1.02

PublishedRows = Sequence[dict[str, Cell]]


def accuracy_chart(
    config: ToyStudyConfig, dataset: str, scenario: Scenario, published: Published | None
) -> Figure:
    """Mean and band per criterion, the unpruned network, and what was published."""
    figures = published.rows if published else []
    variants = criterion_variants(config.criteria)
    bands = [_band(dataset, each, scenario) for each in variants]
    means = [_mean(dataset, each, scenario) for each in variants]
    points = [
        _published(each, rows, published.origin)
        for each in variants
        if published and (rows := _rows_of(figures, dataset, each.name, scenario))
    ]
    series = [f"accuracy/{name}/{each}" for name in config.datasets for each in config.criteria]
    unpruned = marks.level(_series(dataset, "unpruned", scenario, "mean"), "Unpruned")
    return {
        "data": [*(trace for band in bands for trace in band), unpruned, *means, *points],
        "layout": counts_layout(config.reference_samples, _span(figures, series=series)),
    }


def spread_chart(config: ToyStudyConfig, dataset: str, scenario: str) -> Figure:
    """A box per criterion over the seeds."""
    frames = [f"{name}/accuracies" for name in config.datasets]
    return {
        "data": [_box(dataset, each, scenario) for each in criterion_variants(config.criteria)],
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


def _series(dataset: str, network: str, scenario: Scenario, statistic: str) -> Trace:
    declared = ACCURACIES[scenario]
    name = declared.name.format(dataset=dataset, network=network)
    filled = marks.series(name, {**declared.where, "statistic": statistic})
    return {**filled, "legendgroup": network}


def _mean(dataset: str, variant: Variant, scenario: Scenario) -> Trace:
    filled = _series(dataset, variant.name, scenario, "mean")
    return marks.mean(filled, variant.title, variant_colour(variant), variant_symbol(variant))


def _band(dataset: str, variant: Variant, scenario: Scenario) -> list[Trace]:
    """From one standard deviation below the mean to one above it."""
    edges = (_series(dataset, variant.name, scenario, each) for each in ("lower", "upper"))
    return marks.band(edges, variant_colour(variant), 0.16)


def _published(variant: Variant, rows: list[dict[str, Cell]], of: str) -> Trace:
    trace = marks.published(
        [(row["reference_samples"], row["mean"]) for row in rows],
        f"{variant.title}, {of.lower()}",
        variant_colour(variant),
        variant_symbol(variant),
        size=10,
        sds=[row.get("sd") or 0 for row in rows],
    )
    return {**trace, "legendgroup": f"{variant.name} published"}


def _box(dataset: str, variant: Variant, scenario: str) -> Trace:
    colour = variant_colour(variant)
    box = marks.frame("box", f"{dataset}/accuracies", {"y": f"{variant.name}/{scenario}"})
    box["meta"]["exact"] = True
    return {
        **box,
        "name": variant.name,
        "legendgroup": variant.name,
        "line": {"color": colour, "width": 1.5},
        "fillcolor": faded(colour, 0.25),
        "marker": {"size": 4, "symbol": variant_symbol(variant)},
        "boxpoints": "outliers",
    }
