"""The curves of several runs in the same axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from backend.dashboards import By
from frontend.comparing.runs import Line
from frontend.comparing.styles import Style, Styles
from frontend.figures import marks
from frontend.figures.binding import put
from frontend.figures.chooser import Chooser
from frontend.figures.colours import faded
from frontend.figures.layouts import TICKS, chart_layout, marked_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Panel, Row, Section
from frontend.views.comparable import AXES, MEASURES, in_order
from pruning.experiments.outputs import Quantity
from pruning.experiments.quantities import LOSS

# More bands than these would hide each other.
_MOST_BANDS = 8
# The names of more curves than these do not fit beside the pointer.
_MOST_NAMED = 10
# What an axis of accuracies spans at least.
_LOW, _HIGH = 0.5, 1.02

Quantities = Sequence[Quantity]


def chart(
    lines: Sequence[Line], axes: Quantities, measures: Quantities, by: By, marked: Quantity | None
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
    data += [trace for line in drawn for trace in _mean(line, styles.of(line), axes, measures)]
    layout = _layout(drawn, axes, measures, marked)
    title = _title(axes, measures)
    told = " Bands: ± 1 standard deviation." if bands else ""
    if any(line.curve.whiskered for line in drawn) and any(axis.timed for axis in axes):
        told += f" {marks.WHISKERS}"
    told += _of_unlike_tasks(drawn) + _left_out(lines, axes)
    return Section(
        "curves",
        [Row([Panel("shared", title, {"data": data, "layout": layout})])],
        title=title,
        description=f"One colour for each {word_for(by, drawn)}.{told}",
        shape="wide",
        keys=styles.keys,
        toggles=styles.toggles,
        choosers=_choosers(axes, measures),
    )


def _of_unlike_tasks(lines: Sequence[Line]) -> str:
    """That curves are of different datasets, where they are."""
    datasets = [*dict.fromkeys(line.curve.dataset for line in lines if line.curve.dataset)]
    if len(datasets) < 2:
        return ""
    named = f"{', '.join(datasets[:-1])} and {datasets[-1]}"
    return f" Curves are of different datasets, {named}: how high they lie cannot be compared."


def _left_out(lines: Sequence[Line], axes: Quantities) -> str:
    """Which axes only some runs have, so that they are not offered."""
    found = in_order((axis for line in lines for axis in line.curve.axes), AXES)
    only = [_named(axis) for axis in found if axis not in axes]
    return f" Not offered, since not all runs have it: {'; '.join(only)}." if only else ""


def word_for(by: By, lines: Sequence[Line]) -> str:
    """What colours stand for in one word; of variants of one kind, that kind."""
    kinds = {line.curve.variant.kind for line in lines}
    return kinds.pop().replace("_", " ") if by == "variant" and len(kinds) == 1 else by


def _title(axes: Quantities, measures: Quantities) -> str:
    """What the figure is of, as far as it is not a choice."""
    if len(axes) == 1:
        return f"{_measured(measures)} against {_named(axes[0])}"
    known = all(axis in AXES for axis in axes)
    several = "sparsity, size and speed" if known else ", ".join(map(_named, axes))
    return f"{_measured(measures)} against {several}"


def _measured(measures: Quantities) -> str:
    if len(measures) == 1:
        return _short(measures[0])
    if not all(measure in MEASURES for measure in measures):
        return _short(measures[0]) + "".join(f", {_named(each)}" for each in measures[1:])
    return "Accuracy and loss" if LOSS in measures else "Accuracy"


def _choosers(axes: Quantities, measures: Quantities) -> list[Chooser]:
    """A choice of axes and measures, where there are several."""
    offered = (("measure", "Show", measures), ("axis", "against", axes))
    return [
        Chooser(name, title, {each.name: _short(each) for each in quantities})
        for name, title, quantities in offered
        if len(quantities) > 1
    ]


def _named(quantity: Quantity) -> str:
    return quantity.title.partition(":")[0]


def _short(quantity: Quantity) -> str:
    words = _named(quantity)
    return words[0].upper() + words[1:]


def _bound(
    line: Line, style: Style, axes: Quantities, measures: Quantities, statistic: str | None = None
) -> Trace:
    """What fills a trace, under which choices it is shown, and the toggle that it follows."""
    curve, only = line.curve, {}
    series = line.of.prefix + curve.series
    for name, offered, mine in (("axis", axes, curve.axes), ("measure", measures, curve.measures)):
        if len(offered) == 1:
            series = series.replace(f"{{{name}}}", offered[0].name)
        elif f"{{{name}}}" not in series:
            only[name] = mine[0].name
    labels = {**curve.labels, **({"statistic": statistic} if statistic else {})}
    more: dict[str, Any] = {"only": only} if only else {}
    more |= {"mean": True} if curve.averaged else {}
    filled = marks.series(series, labels, **more)
    return {**filled, "legendgroup": style.group, "name": style.name}


def _mean(line: Line, style: Style, axes: Quantities, measures: Quantities) -> list[Trace]:
    is_faint = line.curve.faint
    curve = marks.mean(
        _bound(line, style, axes, measures),
        style.name,
        faded(style.colour, 0.5) if is_faint else style.colour,
        style.symbol + ("-open" if line.curve.hollow else ""),
        dash=style.dash,
        width=1.5 if is_faint else 2,
        size=6,
        hover="%{y}",
        marked=not is_faint,
    )
    curve["hoverlabel"] = {"namelength": -1}
    return marks.whiskered(curve, style.colour) if line.curve.whiskered else [curve]


def _band(line: Line, style: Style, axes: Quantities, measures: Quantities) -> list[Trace]:
    edges = (_bound(line, style, axes, measures, each) for each in ("lower", "upper"))
    return marks.band(edges, style.colour, 0.1)


def _layout(
    lines: Sequence[Line], axes: Quantities, measures: Quantities, marked: Quantity | None
) -> dict[str, Any]:
    spans = {
        "x": {axis.name: _along(lines, axis) for axis in axes},
        "y": {measure.name: _up(lines, axes, measure) for measure in measures},
    }
    dresses = {
        "axis": {axis.name: _dress_x(lines, axis, marked) for axis in axes},
        "measure": {measure.name: _dress_y(measure) for measure in measures},
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


def _along(lines: Sequence[Line], axis: Quantity) -> Any:
    """What the horizontal axis spans."""
    drawn = [{"x": name} for name in _series(lines, [axis], None)]
    if axis.format == "times":
        held = {
            (line.of.prefix + line.curve.held[0], line.curve.held[1].replace("{axis}", axis.name))
            for line in lines
            if line.curve.held and axis in line.curve.axes
        }
        tables = [{"table": table, "column": column} for table, column in sorted(held)]
        return {"hold": [*tables, *drawn], "least": [1, 2], "room": 0.02, "log": True}
    places = _places(lines, axis)
    if not places:
        return {"hold": drawn, "room": 0.02}
    low, high = min(places), max(places)
    if _is_spread(axis, places):
        low, high = math.log10(low), math.log10(high)
        room = 0.05 * (high - low) or 0.5
        return [low - room, high + room]
    room = 0.02 * (high - low) or 0.05
    return [low - room, high + room]


def _places(lines: Sequence[Line], axis: Quantity) -> list[float]:
    """The places along an axis that are known beforehand."""
    found = {place for line in lines for place in line.of.content.places.get(axis.name, [])}
    return sorted(found)


def _is_spread(axis: Quantity, places: Sequence[float]) -> bool:
    """Whether counts lie along an axis that had best be logarithmic."""
    return axis.format == "integer" and min(places, default=0) > 0


def _series(lines: Sequence[Line], axes: Quantities, measure: Quantity | None) -> list[str]:
    """The series of all curves of a measure, of each against the first axis that it has."""
    return sorted(
        {
            line.of.prefix + line.curve.named(axis, measure or line.curve.measures[0])
            for line in lines
            if measure is None or measure in line.curve.measures
            for axis in [axis for axis in axes if axis in line.curve.axes][:1]
        }
    )


def _up(lines: Sequence[Line], axes: Quantities, measure: Quantity) -> Any:
    """What the vertical axis spans: all of these curves."""
    series = _series(lines, axes, measure)
    if measure.format == "percent":
        return {"least": [_LOW, _HIGH], "series": series}
    least = {"least": [0, 0.1]} if measure in MEASURES else {}
    return {"hold": [{"series": name} for name in series], **least, "room": 0.04}


def _dress_x(lines: Sequence[Line], axis: Quantity, marked: Quantity | None) -> dict[str, Any]:
    ticks, hover = TICKS[axis.format]
    places = _places(lines, axis)
    is_spread = _is_spread(axis, places)
    unified = axis.format != "times" and len(lines) <= _MOST_NAMED
    shown = {"shapes[0].visible": axis == marked} if marked else {}
    return {
        "xaxis.title.text": axis.title,
        "xaxis.type": "log" if axis.format == "times" or is_spread else "linear",
        "xaxis.tickformat": ticks,
        "xaxis.hoverformat": hover,
        "xaxis.tickvals": places if is_spread else None,
        "xaxis.nticks": 8,
        "hovermode": "x unified" if unified else "closest",
        **shown,
    }


def _dress_y(measure: Quantity) -> dict[str, Any]:
    ticks, hover = TICKS[measure.format]
    return {
        "yaxis.title.text": measure.title,
        "yaxis.tickformat": ticks,
        "yaxis.hoverformat": hover,
    }
