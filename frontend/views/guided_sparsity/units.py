"""Which units live after the steps where the slider stands, an arm beside the other."""

from __future__ import annotations

from math import log10
from typing import Any

from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.colours import UNPRUNED, faded, variant_colour
from frontend.figures.layouts import chart_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Figure, Key, Panel, Reading, Row, Section
from frontend.views.guided_sparsity.variants import coefficients, shown, title, toggles
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import ARMS, ArmName, variant
from pruning.experiments.guided_sparsity.outputs import LAYERS

_WAITING = "Comes with the first step."
DEAD = faded(UNPRUNED, 0.35)
# log10 of energies: those of large units, and the least that bins tell apart.
_LARGE, _LEAST = 1.0, -12.0


def units(config: GuidedSparsityConfig) -> Section:
    """All units of all layers, a picture for each arm."""
    return Section(
        "units",
        [Row([_map(config, arm) for arm in config.arms])],
        title="Which units live",
        description="After the steps where the slider stands, or the last before that a network "
        "has come to; of the first seed. A row for each layer, a cell for each of its units, and "
        "behind them how many are alive. Dead: no weight of the unit is above the threshold. Its "
        "energy is the sum of its squared weights.",
        shape="small",
        least=420,
        animated=True,
        keys=[Key("dead", DEAD, "square"), Key("alive; stronger colour: more energy")],
    )


def _map(config: GuidedSparsityConfig, arm: ArmName) -> Panel:
    colour, entrant = variant_colour(variant(arm)), shown(config, arm)
    figure: Figure = {
        "data": [_energies(config, entrant, colour), _dead(entrant), _alive(entrant)],
        "layout": _map_layout(),
    }
    labels: dict[str, Any] = {"seed": config.seeds[0]}
    readings = [
        *coefficients(config, arm),
        _step(config, entrant),
        Reading("accuracy", f"along/accuracy/{entrant}", labels),
        Reading("zeros", f"along/weights/{entrant}", labels),
    ]
    return Panel(
        arm, title(config, arm), figure, colour=colour, readings=readings, waiting=_WAITING
    )


def _step(config: GuidedSparsityConfig, entrant: str) -> Reading:
    """At which step a picture is: a network may not have come to the slider's, or never will."""
    return Reading(
        "step",
        f"along/accuracy/{entrant}",
        {"seed": config.seeds[0]},
        format="integer",
        reached=True,
    )


def _energies(config: GuidedSparsityConfig, entrant: str, colour: str) -> Trace:
    """Alive units have a weight at the threshold at least, and so its square as their energy."""
    low = max(2 * log10(config.threshold), _LEAST) if config.threshold else _LEAST
    scale = [(0.0, faded(colour, 0.3)), (1.0, faded(colour, 1))]
    hover = "%{y}, unit %{x}: energy 10<sup>%{z:.1f}</sup>"
    return _cells(entrant, {"unless": ["energy", "dead"]}, scale, (low, _LARGE), hover)


def _dead(entrant: str) -> Trace:
    scale = [(0.0, DEAD), (1.0, DEAD)]
    return _cells(entrant, "dead", scale, (0, 1), "%{y}, unit %{x}: dead")


def _cells(
    entrant: str, z: Any, scale: list[tuple[float, str]], span: tuple[float, float], hover: str
) -> Trace:
    bind = {"z": z, "y": {"column": "layer", **_rows_of(entrant)}}
    filled = marks.frame("heatmap", f"units/{entrant}", bind)
    trace = marks.matrix(filled, scale, span, text="", hover=hover)
    return {**trace, "xgap": 0, "ygap": 1, "hoverongaps": False}


def _rows_of(entrant: str) -> dict[str, Any]:
    """The layers of a network at the slider's place, as bindings ask for them."""
    return {"table": LAYERS.name, "where": {"entrant": entrant}, "at": "step"}


def _alive(entrant: str) -> Trace:
    """How many of a layer's units are alive, behind the last of them, where rows have room."""
    bind = {"x": "units", "y": "layer", "customdata": ["alive", "units"]}
    return {
        **marks.rows("bar", bind=bind, **_rows_of(entrant)),
        "orientation": "h",
        "marker": {"color": faded(UNPRUNED, 0)},
        "texttemplate": "%{customdata[0]} of %{customdata[1]}",
        "textposition": "outside",
        "textfont": {"size": 10},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _map_layout() -> dict[str, Any]:
    held = {"table": LAYERS.name, "column": "units"}
    layout = chart_layout({"title": "unit"}, {}, {"x": {"hold": [held], "least": [-0.5]}})
    layout |= {"hovermode": "closest", "margin": {"l": 12, "r": 68, "t": 4, "b": 38}}
    layout |= {"bargap": 0, "uniformtext": {"minsize": 9, "mode": "hide"}}
    layout["xaxis"] |= {"showgrid": False, "fixedrange": True}
    layout["yaxis"] |= {
        "type": "category",
        "autorange": "reversed",
        "automargin": True,
        "showgrid": False,
        "fixedrange": True,
        "nticks": 0,
    }
    return layout


def energies(config: GuidedSparsityConfig) -> Section:
    """How the energies of a layer's units are distributed, a chart for each arm."""
    return Section(
        "energies",
        [Row([_histogram(config, arm) for arm in config.arms])],
        title="How strong the units of a layer are",
        description="How many units have which energy, both on logarithmic axes; outlined: before "
        "the first step. What is weaker than the axis shows stands at its left end.",
        shape="small",
        least=420,
        animated=True,
        choosers=[Chooser("layer", "Layer", source=(LAYERS.name, "layer"))],
        keys=[Key("before the first step", UNPRUNED, "line")],
    )


def _histogram(config: GuidedSparsityConfig, arm: ArmName) -> Panel:
    colour, entrant = variant_colour(variant(arm)), shown(config, arm)
    frame = f"units/{entrant}"
    bind = {"x": "edges", "y": "counts of {layer}"}
    here = {
        **marks.frame("bar", frame, bind),
        "marker": {"color": faded(colour, 0.75), "line": {"width": 0}},
        "hovertemplate": "%{y} units at 10<sup>%{x:.1f}</sup>",
    }
    start = {
        **marks.frame("bar", frame, bind, at=0),
        "marker": {"color": faded(UNPRUNED, 0), "line": {"color": UNPRUNED, "width": 1.5}},
        "hoverinfo": "skip",
    }
    held = {"table": LAYERS.name, "column": "units"}
    counts = {"hold": [held], "least": [0.7], "room": 0.02, "log": True}
    layout = chart_layout(
        {"title": "energy, log10"},
        {"type": "log", "tickformat": "d"},
        {"x": [_LEAST, _LARGE + 1], "y": counts},
    )
    layout |= {"hovermode": "closest", "barmode": "overlay", "bargap": 0}
    layout["margin"] = {"l": 36, "r": 8, "t": 4, "b": 40}
    figure: Figure = {"data": [here, start], "layout": layout}
    readings = [*coefficients(config, arm), _step(config, entrant)]
    return Panel(
        arm, title(config, arm), figure, colour=colour, readings=readings, waiting=_WAITING
    )


def alive(config: GuidedSparsityConfig) -> Section:
    """The share of each layer's units that is alive, an arm beside the other."""
    y = {"title": "share of units alive", "tickformat": ".0%"}
    layout = chart_layout({"title": "", "type": "category"}, y, {"y": [0, 1.12]})
    layout |= {"hovermode": "closest", "bargap": 0.25, "bargroupgap": 0.08}
    layout |= {"uniformtext": {"minsize": 9, "mode": "hide"}}
    layout["margin"]["t"] = 12
    layout["xaxis"] |= {"showgrid": False, "automargin": True, "nticks": 0}
    data = [_bars(config, arm) for arm in config.arms]
    panel = Panel("layers", "Alive", {"data": data, "layout": layout}, waiting=_WAITING)
    return Section(
        "alive",
        [Row([panel])],
        title="How much of each layer is alive",
        description="After the steps where the slider stands, or the last before that a network "
        "has come to; of the first seed. Above each bar the number of units.",
        shape="low",
        animated=True,
        toggles=toggles(config),
    )


def _bars(config: GuidedSparsityConfig, arm: ArmName) -> Trace:
    bind = {"x": "layer", "y": "share", "customdata": ["alive", "units", "step"]}
    where = {"entrant": shown(config, arm)}
    return {
        **marks.rows("bar", LAYERS.name, bind, where=where, at="step"),
        "name": ARMS[arm],
        "legendgroup": arm,
        "marker": {"color": faded(variant_colour(variant(arm)), 0.85)},
        "texttemplate": "%{customdata[0]}",
        "textposition": "outside",
        "textfont": {"size": 10},
        "cliponaxis": False,
        "hovertemplate": "%{x}: %{y:.1%} alive<br>%{customdata[0]:,} of %{customdata[1]:,} "
        "at step %{customdata[2]:,}",
    }
