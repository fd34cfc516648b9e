"""The frames of an experiment as pictures, lines and heat maps, and the slider that moves them."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.colours import faded, variant_colour
from frontend.figures.layouts import chart_layout, picture_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Figure, Panel, Row, Section
from frontend.figures.view import Scrubber
from frontend.views.default.filling import Filled, Filling
from pruning.experiments.outputs import FrameOutput, Quantity

_HUE = "#4A63D8"
# From nothing to much, on light and on dark paper.
_SHADES = [(0.0, faded(_HUE, 0.04)), (0.5, faded(_HUE, 0.45)), (1.0, _HUE)]
# To be read on light and on dark paper.
_INK = {"size": 10, "color": "#868E96"}
_LAST = 1e9
_WAITING = "Comes with the first frame."


def slider(filling: Filling) -> Scrubber | None:
    """One along the first quantity whose places the configuration tells."""
    along = along_of(filling)
    if along is None:
        return None
    places = filling.places(along.name)
    is_share = along.format in ("percent", "points")
    marked = [f"{100 * place:.4g} %" if is_share else f"{place:g}" for place in places]
    return Scrubber(
        title=along.title[0].upper() + along.title[1:],
        places=places,
        labels=marked,
        marks=marked,
        start=places[-1],
        even=True,
    )


def along_of(filling: Filling) -> Quantity | None:
    """What the slider moves along; nothing where no places are known."""
    found = (each.at for each in filling.outputs.frames if each.at)
    return next((at for at in found if len(filling.places(at.name)) > 1), None)


def pictures(filling: Filling) -> list[Section]:
    """A section for each kind of frames: a panel for each name and array."""
    along = along_of(filling)
    known = (each for each in filling.outputs.frames if filling.is_known(each.name))
    return [_section(f"frames{i}", each, along, filling) for i, each in enumerate(known)]


def _section(name: str, frame: FrameOutput, along: Quantity | None, filling: Filling) -> Section:
    # What the slider does not move is shown as it is at the end.
    at = None if frame.at is not None and frame.at == along else _LAST
    panels = [panel for each in filling.names(frame.name) for panel in _panels(frame, each, at)]
    return Section(
        name,
        [Row(panels)],
        title=frame.title,
        shape="picture" if frame.picture else "small",
        least=280,
        animated=at is None,
        choosers=filling.choosers(frame.name),
    )


def _panels(frame: FrameOutput, each: Filled, at: float | None) -> list[Panel]:
    """A picture, a curve, or else what every array holds."""
    colour = variant_colour(each.variant) if each.variant else None
    if frame.picture:
        drawn: list[tuple[str, Figure]] = [("", _picture(each.name, frame.picture, at))]
    elif set(frame.arrays) == {"x", "y"}:
        drawn = [("", _line(each.name, colour or _HUE, at))]
    else:
        plain = [name for name in frame.arrays if "{" not in name]
        drawn = [(name, _matrix(each.name, name, at)) for name in plain]
    return [
        Panel(
            _key(each, array),
            _titled(frame, each, array, several=len(drawn) > 1),
            figure,
            description=frame.arrays.get(array, ""),
            colour=colour,
            waiting=_WAITING,
        )
        for array, figure in drawn
    ]


def _key(each: Filled, array: str) -> str:
    words = [each.variant.name if each.variant else "", *each.words, array]
    return "-".join(filter(None, words)).replace("/", "-") or "all"


def _titled(frame: FrameOutput, each: Filled, array: str, *, several: bool) -> str:
    of_array = f"{array}: {frame.arrays[array]}" if several else ""
    return " · ".join(filter(None, (each.title, of_array))) or frame.title


def _picture(name: str, array: str, at: float | None) -> Figure:
    layout = picture_layout(f"{name}:{array}")
    return {"data": [marks.picture(name, array, at)], "layout": layout}


def _line(name: str, colour: str, at: float | None) -> Figure:
    trace: Trace = {
        **marks.frame("scatter", name, {"x": "x", "y": "y"}, at),
        "mode": "lines",
        "line": {"color": colour, "width": 2},
        "hovertemplate": "%{y:.3~g} at %{x:.3~g}<extra></extra>",
    }
    return {"data": [trace], "layout": _plain_layout()}


def _matrix(name: str, array: str, at: float | None) -> Figure:
    """Its numbers as shades, the first row on top as in a picture."""
    trace: Trace = {
        **marks.frame("heatmap", name, {"z": {"rows": array}}, at),
        "colorscale": _SHADES,
        "showscale": True,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "tickfont": _INK},
        "hovertemplate": "row %{y}, column %{x}: %{z:.4~g}<extra></extra>",
    }
    layout = _plain_layout()
    layout["margin"] = {"l": 0, "r": 0, "t": 4, "b": 4}
    layout["xaxis"] |= {"visible": False}
    layout["yaxis"] |= {"visible": False, "autorange": "reversed"}
    return {"data": [trace], "layout": layout}


def _plain_layout() -> Figure:
    layout = chart_layout({}, {}, {})
    return layout | {"hovermode": "closest", "margin": {"l": 44, "r": 8, "t": 8, "b": 28}}
