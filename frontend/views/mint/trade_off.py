"""Accuracy and size against what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontend.figures import marks
from frontend.figures.colours import SYMBOLS, UNPRUNED, faded, variant_colour, variant_symbol
from frontend.figures.layouts import chart_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Panel, Row, Section, Toggle
from frontend.views.mint.variants import toggles
from pruning.events import Cell
from pruning.experiments.images.outputs import DENSE
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.fields import VARIANTS
from pruning.experiments.mint.outputs import AGAINST, COMPARED, compared
from pruning.experiments.outputs import Variant
from pruning.recipes.base import Published

_WAITING = "Comes with the first pruned network."
_SERIES = AGAINST[COMPARED]


def trade_off(config: MintConfig, published: Published | None) -> Section:
    """What networks are worth without their blocks, and what they take to store."""
    buttons = toggles(config)
    told = ""
    if published:
        buttons.append(Toggle("published", published.origin, "currentColor", "ring"))
        told = f" Large hollow marks: as {published.origin.lower()}, of any method."
    of = (
        f" Shares are those of {', '.join(config.compared_layers)}."
        if config.compared_layers
        else ""
    )
    band = " Band: ± 1 standard deviation." if len(config.seeds) > 1 else ""
    return Section(
        "trade-off",
        [
            Row(
                [
                    Panel(
                        "accuracy",
                        "Accuracy against weights pruned",
                        {"data": _accuracy(config, published), "layout": _accuracy_layout(config)},
                        waiting=_WAITING,
                    ),
                    Panel(
                        "size",
                        "Size of the compared layers, compressed",
                        {"data": _sizes(config, published), "layout": _size_layout()},
                        waiting=_WAITING,
                    ),
                ]
            )
        ],
        title="What it costs",
        description="On the test set, after retraining. Points: each network; curves: the mean."
        f"{band}{of}{told}",
        shape="low",
        least=420,
        toggles=buttons,
    )


def _accuracy(config: MintConfig, published: Published | None) -> list[Trace]:
    every = compared(config.variants)
    dense = marks.series(DENSE["accuracy"].name, {"statistic": "mean"}, across=[0, 1])
    bands = [trace for each in every for trace in _band(each)] if len(config.seeds) > 1 else []
    return [
        *bands,
        marks.level(dense, "Dense"),
        *(_points(each) for each in every),
        *(_mean(each) for each in every),
        *(_published(published, "best_epoch_accuracy") if published else []),
    ]


def _accuracy_layout(config: MintConfig) -> dict[str, Any]:
    names = [_SERIES.name.format(variant=each) for each in config.variants]
    layout = chart_layout(
        {"title": COMPARED.title, "tickformat": ".0%", "hoverformat": ".1%"},
        {"title": "test accuracy", "tickformat": ".1~%", "hoverformat": ".2%"},
        {"x": [-0.02, 1.02], "y": {"least": [0.9, 1.005], "series": names}},
    )
    return {**layout, "hovermode": "closest"}


def _bound(variant: Variant, statistic: str) -> Trace:
    filled = marks.series(_SERIES.name.format(variant=variant.name), {"statistic": statistic})
    return {**filled, "legendgroup": variant.name}


def _mean(variant: Variant) -> Trace:
    colour, symbol = variant_colour(variant), variant_symbol(variant)
    hover = "%{y:.2%} without %{x:.1%}"
    return marks.mean(_bound(variant, "mean"), variant.title, colour, symbol, size=7, hover=hover)


def _band(variant: Variant) -> list[Trace]:
    edges = (_bound(variant, statistic) for statistic in ("lower", "upper"))
    return marks.band(edges, variant_colour(variant), 0.13)


def _points(variant: Variant) -> Trace:
    """Each network, by what it is worth after retraining."""
    bind = {"x": {"pruned_percent": 0.01}, "y": "accuracy", "customdata": ["seed"]}
    return {
        **marks.rows("scatter", "accuracy", bind, where={"variant": variant.name}),
        "name": f"{variant.title}, each seed",
        "legendgroup": variant.name,
        "mode": "markers",
        "marker": {"size": 4, "color": faded(variant_colour(variant), 0.6)},
        "hovertemplate": "%{y:.2%} without %{x:.1%}, seed %{customdata[0]}",
    }


def _sizes(config: MintConfig, published: Published | None) -> list[Trace]:
    found = []
    for variant in compared(config.variants):
        bind = {"x": {"pruned_percent": 0.01}, "y": "bytes_sparse", "customdata": ["seed"]}
        found.append(
            {
                **marks.rows("scatter", "accuracy", bind, where={"variant": variant.name}),
                "name": variant.title,
                "legendgroup": variant.name,
                "mode": "markers",
                "marker": {
                    "size": 7,
                    "symbol": variant_symbol(variant),
                    "color": variant_colour(variant),
                },
                "hovertemplate": "%{y:,.0f} bytes without %{x:.1%}, seed %{customdata[0]}",
            }
        )
    return [*found, *(_published(published, "bytes_sparse") if published else [])]


def _size_layout() -> dict[str, Any]:
    layout = chart_layout(
        {"title": COMPARED.title, "tickformat": ".0%"},
        {"title": "bytes", "tickformat": "~s"},
        {
            "x": [-0.02, 1.02],
            "y": {
                "hold": [{"table": "accuracy", "column": "bytes_sparse"}],
                "least": [0],
                "room": 0.06,
            },
        },
    )
    return {**layout, "hovermode": "closest"}


def _published(published: Published, column: str) -> list[Trace]:
    """What was published of any method, as far as it tells this."""
    known = {variant.name: variant for variant in compared(VARIANTS)}
    # Tables that tell what groups and samples do are of MINT alone.
    ours = [
        _marks(row, column, _title(variant.title, row), variant_colour(variant), symbol)
        for row, symbol in zip(published.rows, SYMBOLS, strict=False)
        for variant in [known[str(row.get("variant", "mint"))]]
        if column in row
    ]
    others = [
        _marks(row, column, str(row["method"]), UNPRUNED, symbol)
        for row, symbol in zip(published.others, SYMBOLS[3:], strict=False)
        if column in row
    ]
    return [*others, *ours]


def _title(variant: str, row: Mapping[str, Cell]) -> str:
    told = {"groups": "groups", "samples_per_class": "samples per class"}
    found = [f"{row[name]} {words}" for name, words in told.items() if name in row]
    return ", ".join([variant, *found])


def _marks(row: Mapping[str, Cell], column: str, title: str, colour: str, symbol: str) -> Trace:
    share = float(str(row["pruned_percent"])) / 100
    hover = "%{y:.2%}" if column != "bytes_sparse" else "%{y:,.0f} bytes"
    return {
        **marks.published([(share, row[column])], f"{title}, published", colour, symbol, size=12),
        "legendgroup": "published",
        "hovertemplate": f"{hover} without %{{x:.1%}}",
    }
