"""What happens inside a pruned network, for the chosen arm at the slider's place.

Layers, weights and units, and the filters of the first layer.
"""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.colours import UNPRUNED, faded
from frontend.figures.layouts import chart_layout, matrix_layout, picture_layout
from frontend.figures.panels import Figure, Key, Panel, Row, Section
from pruning.experiments.sweep.config import SweepConfig

_HUE = "#4A63D8"
# The more accuracy is lost, the stronger: sensitive layers stand out.
_LOST = [(0.0, "rgba(180,86,42,0.85)"), (1.0, "rgba(180,86,42,0)")]
_OF_ARM = {"criterion/granularity": "{arm}"}


def layers() -> Section:
    """The share that every layer has lost."""
    bind = {"x": "layer", "y": "removed", "customdata": ["kept", "total"]}
    trace = {
        **marks.rows("bar", "layers", bind, where=_OF_ARM, at="sparsity"),
        "marker": {"color": faded(_HUE, 0.75)},
        "texttemplate": "%{y:.3~p}",
        "textposition": "outside",
        "textfont": {"size": 10},
        "cliponaxis": False,
        "hovertemplate": "%{x}: %{y:.1%} removed<br>%{customdata[0]:,} of %{customdata[1]:,} kept",
    }
    y = {"title": "share removed", "tickformat": ".0%"}
    layout = chart_layout({"title": "", "type": "category"}, y, {"y": [0, 1.1]})
    layout |= {
        "hovermode": "closest",
        "bargap": 0.35,
        "uniformtext": {"minsize": 9, "mode": "hide"},
    }
    layout["margin"]["t"] = 14
    layout["xaxis"] |= {"showgrid": False, "automargin": True, "nticks": 0}
    waiting = "Comes with the first pruned network."
    return Section(
        "layers",
        [Row([Panel("removed", "Removed", {"data": [trace], "layout": layout}, waiting=waiting)])],
        title="What each layer lost",
        description="From the first layer to the last, of the first seed.",
        shape="low",
        animated=True,
    )


def sensitivity(config: SweepConfig) -> Section:
    """The accuracy when one layer alone is pruned."""
    bind = {"x": "sparsity", "y": "layer", "z": "test_accuracy"}
    trace = marks.matrix(
        {**marks.rows("heatmap", "sensitivity", bind, where=_OF_ARM), "hoverongaps": False},
        _LOST,
        (0, 1),
        text="%{z:.0%}",
        hover="%{y}, %{x:.3~p} removed: %{z:.1%}",
    )
    layout = matrix_layout(10)
    layout["margin"] = {"l": 12, "r": 12, "t": 4, "b": 24}
    layout["xaxis"] |= {
        "tickvals": config.sparsities,
        "ticktext": [f"{100 * sparsity:.4g}%" for sparsity in config.sparsities],
    }
    layout["yaxis"] |= {"automargin": True}
    waiting = "Comes once the curves are done."
    return Section(
        "sensitivity",
        [Row([Panel("alone", "Alone", {"data": [trace], "layout": layout}, waiting=waiting)])],
        title="How sensitive each layer is",
        description="Test accuracy when this layer alone, or the layers coupled to it, is pruned.",
        shape="wide",
        keys=[
            Key("0 % right", _LOST[0][1], "square"),
            Key("50 %", "rgba(180,86,42,0.42)", "square"),
            Key("100 %", "rgba(180,86,42,0.08)", "square"),
        ],
    )


def histograms() -> Section:
    """How large the weights and units of a layer are that are left."""
    return Section(
        "histogram",
        [
            Row(
                [
                    _histogram("weights", "Weights", "|w| of the weights that are not zero"),
                    _histogram("units", "Units", "L2 norm of the units that are left"),
                ]
            )
        ],
        title="How large what is left is",
        description="The chosen layer, of the first seed. Axes stay while the slider moves.",
        shape="small",
        least=300,
        animated=True,
        choosers=[Chooser("layer", "Layer", source=("layers", "layer"))],
        keys=[Key("at the slider's place", _HUE, "square"), Key("dense", UNPRUNED, "line")],
    )


def _histogram(name: str, title: str, x: str) -> Panel:
    frame = f"{name}/{{arm}}/{{layer}}"
    here: marks.Trace = {
        **_counts(frame),
        "fill": "tozeroy",
        "fillcolor": faded(_HUE, 0.45),
        "line": {"color": _HUE, "width": 1, "shape": "hvh"},
        "hovertemplate": "%{y} at %{x:.3~g}",
    }
    dense: marks.Trace = {
        **_counts(frame, at=0),
        "line": {"color": UNPRUNED, "width": 1, "shape": "hvh"},
        "hoverinfo": "skip",
    }
    extent = {
        axis: {"hold": [f"{frame}:{axis}"], "least": [0], "room": room}
        for axis, room in (("x", 0.02), ("y", 0.06))
    }
    layout = chart_layout({"title": x}, {}, extent)
    layout |= {"hovermode": "closest", "margin": {"l": 48, "r": 8, "t": 8, "b": 40}}
    figure: Figure = {"data": [dense, here], "layout": layout}
    return Panel(name, title, figure, waiting="Comes with the first pruned network.")


def _counts(frame: str, at: float | None = None) -> marks.Trace:
    return {**marks.frame("scatter", frame, {"x": "x", "y": "y"}, at), "mode": "lines"}


def filters() -> Section:
    """The filters of the first layer, fading as they go."""
    return Section(
        "filters",
        [Row([_filters("dense", "Dense", at=0), _filters("pruned", "Pruned")])],
        title="The first layer",
        description="What its units look for, at most 36 of them, of the first seed. Grey is "
        "zero; what is removed fades.",
        shape="picture",
        least=280,
        animated=True,
    )


def _filters(name: str, title: str, at: float | None = None) -> Panel:
    figure: Figure = {
        "data": [marks.picture("filters/{arm}", at=at)],
        "layout": picture_layout("filters/{arm}:image"),
    }
    return Panel(name, title, figure, waiting="Comes with the first pruned network.")
