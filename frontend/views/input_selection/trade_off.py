"""Accuracy against the share of the input that is sent, and the bytes that this saves."""

from __future__ import annotations

from typing import Any

from frontend.figures import marks
from frontend.figures.colours import faded, variant_colour, variant_symbol
from frontend.figures.layouts import chart_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Figure, Panel, Row, Section, Toggle
from frontend.views.input_selection.kinds import toggles, variants
from pruning.experiments.input_selection.config import LEARNED, InputSelectionConfig
from pruning.experiments.input_selection.outputs import SENT, TRADE_OFF
from pruning.experiments.outputs import Variant
from pruning.recipes.base import Published

# What the axis of accuracies spans at least.
_LOW, _HIGH = 0.8, 1.01
_OF = "repeat %{customdata[0]}, epoch %{customdata[1]}"
_WAITING = "Comes with the first epoch that is the best of an interval."


def trade_off(config: InputSelectionConfig, published: Published | None) -> Section:
    """All kinds: the best epochs as points, their means as curves, and what was published."""
    buttons = toggles(config)
    told = ""
    if published:
        buttons.append(Toggle("published", published.origin, "currentColor", "ring"))
        told = f" Large hollow marks: as {published.origin.lower()}."
    learns = set(config.kinds) & set(LEARNED) and config.use_warmup_net
    if learns and set(config.kinds) - set(LEARNED):
        told += (
            " Given and random masks begin at 100 % with a network that is not trained yet, "
            "learned ones with one that is."
        )
    band = ", ± 1 standard deviation" if len(config.seeds) > 1 else ""
    return Section(
        "trade-off",
        [Row([Panel("test", "Accuracy against Q", _figure(config, published), waiting=_WAITING)])],
        title="What it costs to send less",
        description="On the test set. Points: the best epoch of each repeat in every interval of "
        f"Q; curves: their mean at the interval's upper end{band}.{told}",
        shape="wide",
        toggles=buttons,
    )


def _figure(config: InputSelectionConfig, published: Published | None) -> Figure:
    every = variants(config)
    names = [TRADE_OFF.name.format(kind=each.name) for each in every]
    layout = chart_layout(
        {"title": SENT.title, "tickformat": ".0%", "hoverformat": ".1%"},
        {"title": "test accuracy", "tickformat": ".0%", "hoverformat": ".1%"},
        {"x": [-0.02, 1.02], "y": {"least": [_LOW, _HIGH], "series": names}},
    )
    bands = [trace for each in every for trace in _band(each)] if len(config.seeds) > 1 else []
    data = [
        *bands,
        *(_points(each) for each in every),
        *(_mean(each) for each in every),
        *(_published(config, published) if published else []),
    ]
    return {"data": data, "layout": {**layout, "hovermode": "closest"}}


def _bound(variant: Variant, statistic: str) -> Trace:
    filled = marks.series(TRADE_OFF.name.format(kind=variant.name), {"statistic": statistic})
    return {**filled, "legendgroup": variant.name}


def _mean(variant: Variant) -> Trace:
    colour, symbol = variant_colour(variant), variant_symbol(variant)
    hover = "%{y:.1%} with at most %{x:.0%}"
    return marks.mean(_bound(variant, "mean"), variant.title, colour, symbol, size=7, hover=hover)


def _band(variant: Variant) -> list[Trace]:
    edges = (_bound(variant, statistic) for statistic in ("lower", "upper"))
    return marks.band(edges, variant_colour(variant), 0.13)


def _points(variant: Variant) -> Trace:
    bind = {"x": "q", "y": "accuracy", "customdata": ["repeat", "epoch"]}
    return {
        **marks.rows("scatter", "best", bind, where={"kind": variant.name}),
        "name": f"{variant.title}, each repeat",
        "legendgroup": variant.name,
        "mode": "markers",
        "marker": {"size": 4, "color": faded(variant_colour(variant), 0.6)},
        "hovertemplate": f"%{{y:.1%}} with %{{x:.1%}}<br>{_OF}",
    }


def _published(config: InputSelectionConfig, published: Published) -> list[Trace]:
    found = []
    for variant in variants(config):
        rows = [row for row in published.rows if row["kind"] == variant.name]
        if rows:
            trace = marks.published(
                [(row["q_interval"], row["accuracy"]) for row in rows],
                f"{variant.title}, {published.origin.lower()}",
                variant_colour(variant),
                variant_symbol(variant),
                size=12,
            )
            found.append({**trace, "legendgroup": f"{variant.name} published"})
    return found


def saved(config: InputSelectionConfig) -> Section:
    """How many bytes of an image need not be sent, and what accuracy that costs."""
    names: dict[str, Any] = {"columns": [["best", "accuracy"]]}
    layout = chart_layout(
        {"title": "bytes saved per image", "tickformat": "~s"},
        {"title": "test accuracy", "tickformat": ".0%"},
        {
            "x": {"hold": [{"table": "best", "column": "bytes_saved"}], "least": [0], "room": 0.04},
            "y": {"least": [_LOW, _HIGH], **names},
        },
    )
    data = [_saved(each) for each in variants(config)]
    figure: Figure = {"data": data, "layout": {**layout, "hovermode": "closest"}}
    return Section(
        "saved",
        [Row([Panel("bytes", "Bytes saved", figure, waiting=_WAITING)])],
        title="Bytes saved",
        description="Of the bytes of an image as it is, one for each channel of each pixel.",
        shape="wide",
        toggles=toggles(config),
    )


def _saved(variant: Variant) -> Trace:
    trace = _points(variant)
    trace["meta"]["bind"] = {"x": "bytes_saved", "y": "accuracy", "customdata": ["repeat", "epoch"]}
    colour = variant_colour(variant)
    mark = {"size": 7, "symbol": variant_symbol(variant), "color": colour}
    hover = f"%{{y:.1%}}, %{{x:,.0f}} bytes saved<br>{_OF}"
    return {**trace, "name": variant.title, "marker": mark, "hovertemplate": hover}
