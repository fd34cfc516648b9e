"""The curves of several runs in the same axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from backend.dashboards import By
from frontend.comparing.runs import Line
from frontend.comparing.styles import Style, Styles
from frontend.figures.binding import put
from frontend.figures.colours import faded
from frontend.figures.layouts import chart_layout, marked_layout
from frontend.figures.view import Chooser, Panel, Row, Section
from frontend.views.comparable import AXES, MEASURES, Scale

# More bands than these would hide each other.
_MOST_BANDS = 8
# The names of more curves than these do not fit beside the pointer.
_MOST_NAMED = 10
# What an axis of accuracies spans at least.
_LOW, _HIGH = 0.5, 1.02
_FORMATS = {
    "share": (".0%", ".1%"),
    "ratio": ("~g", ".3~g"),
    "count": ("d", "d"),
    "number": ("~g", ".3f"),
}
_WORDS: dict[By, str] = {"criterion": "criterion", "dataset": "dataset", "run": "run"}

Trace = dict[str, Any]
Names = Sequence[str]


def chart(
    lines: Sequence[Line], axes: Names, measures: Names, by: By, marked: str | None
) -> Section:
    """All curves that reach these axes and measures; ``marked`` is what the slider moves along."""
    drawn = [
        line
        for line in lines
        if set(line.curve.axes) & set(axes) and set(line.curve.measures) & set(measures)
    ]
    styles = Styles(drawn, by)
    marked = marked if marked in axes else None
    banded = [line for line in drawn if line.curve.band]
    bands = banded if len(banded) <= _MOST_BANDS else []
    data = [trace for line in bands for trace in _band(line, styles.of(line), axes, measures)]
    data += [_mean(line, styles.of(line), axes, measures) for line in drawn]
    layout = _layout(drawn, axes, measures, marked)
    title = _title(axes, measures)
    told = " Bands: ± 1 standard deviation." if bands else ""
    return Section(
        "curves",
        [Row([Panel("shared", title, {"data": data, "layout": layout})])],
        title=title,
        description=f"One colour for each {_WORDS[by]}.{told}",
        shape="wide",
        keys=styles.keys,
        toggles=styles.toggles,
        choosers=_choosers(axes, measures),
    )


def _title(axes: Names, measures: Names) -> str:
    """What the figure is of, as far as it is not a choice."""
    axis = AXES[axes[0]].title.partition(":")[0] if len(axes) == 1 else "sparsity, size and speed"
    return f"{_measured(measures)} against {axis}"


def _measured(measures: Names) -> str:
    if len(measures) == 1:
        return _short(MEASURES[measures[0]])
    return "Accuracy and loss" if "loss" in measures else "Accuracy"


def _choosers(axes: Names, measures: Names) -> list[Chooser]:
    """A choice of axes and measures, where there are several."""
    offered = (("measure", "Show", measures, MEASURES), ("axis", "against", axes, AXES))
    return [
        Chooser(name, title, {each: _short(scales[each]) for each in names})
        for name, title, names, scales in offered
        if len(names) > 1
    ]


def _short(scale: Scale) -> str:
    words = scale.title.partition(":")[0]
    return words[0].upper() + words[1:]


def _bound(
    line: Line, style: Style, axes: Names, measures: Names, statistic: str | None = None
) -> Trace:
    """What fills a trace, under which choices it is shown, and the toggle that it follows."""
    curve, only = line.curve, {}
    series = line.of.prefix + curve.series
    for name, offered, mine in (("axis", axes, curve.axes), ("measure", measures, curve.measures)):
        if len(offered) == 1:
            series = series.replace(f"{{{name}}}", offered[0])
        elif f"{{{name}}}" not in series:
            only[name] = mine[0]
    labels = curve.labels | ({"statistic": statistic} if statistic else {})
    meta = {"series": series, "labels": labels, **({"only": only} if only else {})}
    return {"type": "scatter", "meta": meta, "legendgroup": style.group, "name": style.name}


def _mean(line: Line, style: Style, axes: Names, measures: Names) -> Trace:
    colour = faded(style.colour, 0.5) if line.curve.faint else style.colour
    return {
        **_bound(line, style, axes, measures),
        "mode": "lines" if line.curve.faint else "lines+markers",
        "line": {"color": colour, "width": 1.5 if line.curve.faint else 2, "dash": style.dash},
        "marker": {"size": 6, "symbol": style.symbol + ("-open" if line.curve.hollow else "")},
        "hovertemplate": "%{y}",
        "hoverlabel": {"namelength": -1},
    }


def _band(line: Line, style: Style, axes: Names, measures: Names) -> list[Trace]:
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": ""}
    fill = {"fill": "tonexty", "fillcolor": faded(style.colour, 0.1)}
    lower, upper = (_bound(line, style, axes, measures, each) for each in ("lower", "upper"))
    return [{**lower, **edge}, {**upper, **edge, **fill}]


def _layout(
    lines: Sequence[Line], axes: Names, measures: Names, marked: str | None
) -> dict[str, Any]:
    spans = {
        "x": {axis: _along(lines, axis) for axis in axes},
        "y": {measure: _up(lines, axes, measure) for measure in measures},
    }
    dresses = {
        "axis": {axis: _dress_x(lines, axis, marked) for axis in axes},
        "measure": {measure: _dress_y(measure) for measure in measures},
    }
    extent = {
        direction: _one_of(options, chooser)
        for (direction, options), chooser in zip(spans.items(), dresses, strict=True)
    }
    by = {name: options for name, options in dresses.items() if len(options) > 1}
    make = marked_layout if marked else chart_layout
    layout = make({}, {}, extent, by=by or None)
    for options in dresses.values():
        # The first is also what is there before anything is chosen.
        for path, value in next(iter(options.values())).items():
            put(layout, path, value)
    return layout


def _one_of(options: dict[str, Any], chooser: str) -> Any:
    several = len(options) > 1
    return {"by": chooser, "of": options} if several else next(iter(options.values()))


def _along(lines: Sequence[Line], axis: str) -> Any:
    """What the horizontal axis spans."""
    if AXES[axis].kind == "ratio":
        held = {
            (line.of.prefix + line.curve.held[0], line.curve.held[1].replace("{axis}", axis))
            for line in lines
            if line.curve.held and axis in line.curve.axes
        }
        tables = [{"table": table, "column": column} for table, column in sorted(held)]
        return {"hold": tables, "least": [1, 2], "room": 0.02, "log": True}
    places = [place for line in lines for place in line.of.content.places.get(axis, [])]
    if AXES[axis].kind == "count":
        low, high = math.log10(min(places)), math.log10(max(places))
        room = 0.05 * (high - low) or 0.5
        return [low - room, high + room]
    low, high = min(places), max(places)
    room = 0.02 * (high - low) or 0.05
    return [low - room, high + room]


def _up(lines: Sequence[Line], axes: Names, measure: str) -> Any:
    """What the vertical axis spans: all of these curves."""
    series = {
        line.of.prefix + line.curve.series.replace("{measure}", measure).replace("{axis}", axis)
        for line in lines
        if measure in line.curve.measures
        for axis in [axis for axis in axes if axis in line.curve.axes][:1]
    }
    if MEASURES[measure].kind == "share":
        return {"least": [_LOW, _HIGH], "series": sorted(series)}
    held = [{"series": name} for name in sorted(series)]
    return {"hold": held, "least": [0, 0.1], "room": 0.04}


def _dress_x(lines: Sequence[Line], axis: str, marked: str | None) -> dict[str, Any]:
    scale = AXES[axis]
    ticks, hover = _FORMATS[scale.kind]
    is_log = scale.kind in ("ratio", "count")
    unified = scale.kind != "ratio" and len(lines) <= _MOST_NAMED
    places = {place for line in lines for place in line.of.content.places.get(axis, [])}
    shown = {"shapes[0].visible": axis == marked} if marked else {}
    return {
        "xaxis.title.text": scale.title,
        "xaxis.type": "log" if is_log else "linear",
        "xaxis.tickformat": ticks,
        "xaxis.hoverformat": hover,
        "xaxis.tickvals": sorted(places) if scale.kind == "count" else None,
        "xaxis.nticks": 8,
        "hovermode": "x unified" if unified else "closest",
        **shown,
    }


def _dress_y(measure: str) -> dict[str, Any]:
    scale = MEASURES[measure]
    ticks, hover = _FORMATS[scale.kind]
    return {
        "yaxis.title.text": scale.title,
        "yaxis.tickformat": ticks,
        "yaxis.hoverformat": hover,
    }
