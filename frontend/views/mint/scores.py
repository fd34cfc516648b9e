"""The scores of a layer, and what goes at the slider's cutoff."""

from __future__ import annotations

from typing import Any

from frontend.figures import marks
from frontend.figures.colours import UNPRUNED, faded
from frontend.figures.layouts import chart_layout, marked_layout
from frontend.figures.view import Figure, Panel, Reading, Row, Section
from pruning.experiments.mint.config import MintConfig

_WAITING = "Comes with the first scores."
# From no information to all of it, readable on a light and a dark page.
_SCALE = [(0.0, "#E8EEF7"), (0.5, "#6E9BD1"), (1.0, "#123A6D")]
GONE, KEPT = "#D55E00", "#0072B2"
_FRAME = "scores/{layer}"
# Scores lie between 0 and 1; bins as wide as those that tell them apart.
_BINS = {"start": 0, "end": 1.0001, "size": 0.0025}


def scores(config: MintConfig) -> Section:
    """The map of a layer, its distribution, and how far two draws of samples agree."""
    panels = [_map(), _distribution(config)]
    if config.second_draw:
        panels.append(_draws())
    return Section(
        "scores",
        [Row(panels)],
        title="What the layers tell each other",
        description="Of the first seed, and of the chosen layer. Orange: the blocks that go at the "
        "cutoff, as if no layer had an upper limit, and above them which share of the weights that "
        "is. Light: little information; dark: much.",
        shape="matrix",
        least=300,
        animated=False,
    )


def _reading(title: str, frame: str, source: dict[str, Any]) -> Reading:
    return Reading(title, bound={"frame": frame, "bind": {"text": source}})


def _map() -> Panel:
    hover = "children %{y}, parents %{x}: %{z:.3f}"
    every = marks.matrix(
        marks.frame("heatmap", _FRAME, {"z": {"rows": "scores"}}),
        _SCALE,
        (0, 1),
        text="",
        hover=hover,
    )
    # Scores lie close together: the scale spans those that there are.
    for end in ("zmin", "zmax"):
        del every[end]
    gone = marks.matrix(
        marks.frame("heatmap", _FRAME, {"z": {"at_most": "scores"}}),
        [(0.0, faded(GONE, 0.85)), (1.0, faded(GONE, 0.85))],
        (0, 1),
        text="",
        hover=hover,
    )
    gone["hoverinfo"] = "skip"
    del gone["hovertemplate"]
    layout = chart_layout({"title": "group of parents"}, {"title": "group of children"}, {})
    layout["hovermode"] = "closest"
    layout.pop("meta")
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"showgrid": False, "fixedrange": True, "tickformat": "d"}
    layout["yaxis"] |= {"autorange": "reversed"}
    figure: Figure = {"data": [every, gone], "layout": layout}
    of_layer = {"at_most": "scores", "weights": "weights", "said": ""}
    of_network = {
        "at_most": "scores",
        "weights": "weights",
        "of": "total",
        "said": "",
    }
    return Panel(
        "map",
        "Scores",
        figure,
        description="Groups of children in rows, groups of parents in columns.",
        readings=[
            _reading("of the layer", _FRAME, of_layer),
            _reading("of the network", "blocks", of_network),
        ],
        waiting=_WAITING,
    )


def _distribution(config: MintConfig) -> Panel:
    frame = "distribution/{layer}"
    data = [_histogram(frame, "scores", "Scores", KEPT)]
    if config.permuted:
        data.append(_histogram(frame, "permuted", "Permuted samples", UNPRUNED))
    held = [f"{frame}:{array}" for array in ("scores", "permuted")[: len(data)]]
    layout = marked_layout(
        {"title": "score", "tickformat": "~g"},
        {"title": "blocks"},
        {"x": {"hold": held, "least": [0, 0.08], "room": 0.05}},
    )
    layout |= {"barmode": "overlay", "hovermode": "closest", "bargap": 0}
    told = " Grey: of permuted samples, where there is nothing to know." if config.permuted else ""
    return Panel(
        "distribution",
        "Distribution",
        {"data": data, "layout": layout},
        description=f"How many blocks have which score; the line is the cutoff.{told}",
        waiting="Comes once the layer is scored.",
    )


def _histogram(frame: str, array: str, name: str, colour: str) -> dict[str, Any]:
    return {
        **marks.frame("histogram", frame, {"x": array}),
        "name": name,
        "autobinx": False,
        "xbins": _BINS,
        "marker": {"color": faded(colour, 0.65)},
        "hovertemplate": "%{y} blocks at %{x}",
    }


def _draws() -> Panel:
    frame = "draws/{layer}"
    points = {
        **marks.frame("scatter", frame, {"x": "first", "y": "second"}),
        "mode": "markers",
        "marker": {"size": 5, "color": faded(KEPT, 0.6)},
        "hovertemplate": "%{x:.3f} and %{y:.3f}",
    }
    layout = chart_layout({"title": "first draw"}, {"title": "second draw"}, {})
    layout["hovermode"] = "closest"
    layout.pop("meta")
    return Panel(
        "draws",
        "Two draws of samples",
        {"data": [points], "layout": layout},
        description="Each block by its scores from two independent draws: a cloud without a slope "
        "is noise.",
        readings=[_reading("", frame, {"correlates": ["first", "second"], "said": "r ="})],
        waiting="Comes once the layer is scored twice.",
    )
