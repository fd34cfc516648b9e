"""The scores of a layer, and what goes at the slider's cutoff."""

from __future__ import annotations

from typing import Any

from frontend.figures import marks
from frontend.figures.colours import UNPRUNED, faded
from frontend.figures.layouts import chart_layout, marked_layout
from frontend.figures.panels import Figure, Key, Panel, Reading, Row, Section
from pruning.experiments.mint.config import MintConfig

_WAITING = "Comes with the first scores."
# From no information to all of it, readable on a light and a dark page.
_SCALE = [(0.0, "#B9C0CA"), (0.5, "#6C97CF"), (1.0, "#1F5FD0")]
GONE, KEPT = "#D55E00", "#3C84FC"
_FRAME = "scores/{layer}"
# Scores lie between 0 and 1; bins as wide as those that tell them apart.
_BINS = {"start": 0, "end": 1.0001, "size": 0.0025}


def scores(config: MintConfig) -> Section:
    """The map of a layer, its distribution, and how far two draws of samples agree."""
    panels = [_map(config), _distribution(config)]
    if config.second_draw:
        panels.append(_draws())
    return Section(
        "scores",
        [Row(panels)],
        title="What the layers tell each other",
        description=f"The chosen layer of the first seed. What is orange goes at the slider's "
        f"cutoff, with no limit for any layer; the shares are of weights.{_alone(config)} Its own "
        "units are the children, what it reads the parents.",
        keys=[
            Key("goes", GONE, "square"),
            Key("little information", _SCALE[0][1], "square"),
            Key("much", _SCALE[-1][1], "square"),
            *([Key("permuted samples", UNPRUNED, "square")] if config.permuted else []),
        ],
        shape="matrix",
        least=300,
        animated=False,
    )


def _alone(config: MintConfig) -> str:
    """Which layers are pruned, where not all are."""
    if not config.prune_layers:
        return ""
    return (
        f" Only {', '.join(config.prune_layers)} can lose blocks in this run; of other layers the "
        "map shows what would go."
    )


def _reading(title: str, frame: str, source: dict[str, Any]) -> Reading:
    return Reading(title, bound={"frame": frame, "bind": {"text": source}})


def _map(config: MintConfig) -> Panel:
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
    step = max(1, round(config.groups[0] / 5))
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"showgrid": False, "fixedrange": True, "tick0": 0, "dtick": step}
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
        description="A block in each cell: groups of children in rows, of parents in columns.",
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
