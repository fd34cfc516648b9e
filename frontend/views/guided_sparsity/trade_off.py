"""Accuracy against what is gone at the end of training."""

from __future__ import annotations

from typing import Any

from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.colours import faded, variant_colour, variant_symbol
from frontend.figures.layouts import chart_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Panel, Row, Section
from frontend.views.guided_sparsity.variants import ACCURACY_SPAN, arms, toggles
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.outputs import AGAINST, ARMS_TABLE, MEAN_OF_LAYERS
from pruning.experiments.outputs import Variant
from pruning.experiments.quantities import PARAMETERS, WEIGHTS
from pruning.references import reference

# What curves are drawn against, and which column of the table has it of each network.
AXES = {
    WEIGHTS.name: ("Zeros, share of all weights", "sparsity_of_all_weights"),
    MEAN_OF_LAYERS.name: ("Zeros, mean over layers, as published", "sparsity_mean_of_layers"),
    PARAMETERS.name: ("Parameters removed by surgery", "parameters_removed"),
}
_TITLES = {each.name: each.title for each in (WEIGHTS, MEAN_OF_LAYERS, PARAMETERS)}
_PUBLISHED = (
    " Published, for CIFAR-10 and another network: group lasso + variance is 6 % more accurate "
    "than the best baseline, and loses 2.6 times less accuracy at the same sparsity"
)


def trade_off(config: GuidedSparsityConfig) -> Section:
    """A curve an arm, a point an entrant, and each network."""
    band = ", ± 1 standard deviation" if len(config.seeds) > 1 else ""
    return Section(
        "trade-off",
        [
            Row(
                [
                    Panel(
                        "accuracy",
                        "Accuracy against sparsity",
                        {"data": _traces(config), "layout": _layout(config)},
                        waiting="Comes with the first network that is trained.",
                    )
                ]
            )
        ],
        title="What sparsity costs",
        description="On the test set, at the end of training. Curves: the mean over the seeds"
        f"{band}, a mark for each of an arm's coefficients; small points: each network."
        f"{_published(config)}",
        shape="wide",
        choosers=[Chooser("axis", "Against", {name: title for name, (title, _) in AXES.items()})],
        toggles=toggles(config),
    )


def _published(config: GuidedSparsityConfig) -> str:
    if "group_lasso_variance" not in config.arms:
        return ""
    return f"{_PUBLISHED} ({reference('torfi2018').words})."


def _traces(config: GuidedSparsityConfig) -> list[Trace]:
    every = arms(config)
    bands = [trace for each in every for trace in _band(each)] if len(config.seeds) > 1 else []
    points = [_points(each, axis) for each in every for axis in AXES]
    return [*bands, *points, *map(_mean, every)]


def _bound(variant: Variant, statistic: str) -> Trace:
    filled = marks.series(f"accuracy/{variant.name}/{{axis}}", {"statistic": statistic})
    return {**filled, "legendgroup": variant.name}


def _mean(variant: Variant) -> Trace:
    colour, symbol = variant_colour(variant), variant_symbol(variant)
    hover = "%{y:.1%} at %{x:.1%}"
    return marks.mean(_bound(variant, "mean"), variant.title, colour, symbol, size=9, hover=hover)


def _band(variant: Variant) -> list[Trace]:
    edges = (_bound(variant, statistic) for statistic in ("lower", "upper"))
    return marks.band(edges, variant_colour(variant), 0.13)


def _points(variant: Variant, axis: str) -> Trace:
    """Each network, where curves are drawn against this."""
    bind = {"x": AXES[axis][1], "y": "accuracy", "customdata": ["seed", "coefficients"]}
    where = {"arm": variant.name}
    filled = marks.rows("scatter", ARMS_TABLE.name, bind, where=where, only={"axis": axis})
    return {
        **filled,
        "name": f"{variant.title}, each network",
        "legendgroup": variant.name,
        "mode": "markers",
        "marker": {"size": 4, "color": faded(variant_colour(variant), 0.6)},
        "hovertemplate": "%{y:.1%} at %{x:.1%}, seed %{customdata[0]}<br>"
        f"{variant.title} %{{customdata[1]}}",
    }


def _layout(config: GuidedSparsityConfig) -> dict[str, Any]:
    names = [series.name.format(arm=arm) for series in AGAINST.values() for arm in config.arms]
    columns = [[ARMS_TABLE.name, "accuracy"]]
    accuracy = {**ACCURACY_SPAN, "series": names, "columns": columns}
    layout = chart_layout(
        {"title": "", "tickformat": ".0%"},
        {"title": "test accuracy", "tickformat": ".1~%"},
        {"x": [-0.02, 1.02], "y": accuracy},
        by={"axis": {name: {"xaxis.title.text": title} for name, title in _TITLES.items()}},
    )
    return {**layout, "hovermode": "closest"}
