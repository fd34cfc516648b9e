"""Fill the bound traces of a figure from a result.

A trace says in its ``meta`` what it draws:

``{"frame": NAME, "bind": {TARGET: SOURCE}}``
    TARGET is an attribute such as ``x`` or ``marker.color``, SOURCE an array of the frame, see
    below. ``"most": N`` draws every k-th of more than N points. ``"at": PLACE`` draws the frame at
    that place wherever the slider is.
``{"table": NAME, "where": {COLUMNS: VALUE}, "bind": {TARGET: SOURCE}}``
    The rows whose columns hold these values, in the order in which they came; SOURCE is a column.
    COLUMNS may be several, ``A/B``, for what they hold with a slash between. ``"at": COLUMN``
    leaves of these only the rows at the slider's place. ``"front": [X, Y]`` leaves the rows that
    no other is as good as or better than, by a small X and a large Y, in the order of X.
    ``"across": [x0, …]`` draws the last of them as a level line.
``{"series": NAME, "labels": {...}}``
    The points of the series that carry these labels, by x; with ``"mean": True`` the mean of those
    at each x. ``"across"`` as above.

SOURCE is the name of an array or column, or, of frames, ``FRAME:ARRAY`` for an array of another
frame; a dictionary of names and factors, for the sum; a list of sources, for one row of values per
point; ``{"png": NAME}`` for a picture of shape (height, width) or
(height, width, 3), and with ``"of": NAME,
"abreast": N`` for one of as many tiles in rows of N, clear behind the last of them;
``{"share": NAME}`` for each row
of a matrix divided by its sum; ``{"blank": NAME}`` for numbers as texts, those for 0 empty;
``{"named": [NAME, …], "words": [WORD, …]}`` for texts, of numbers
that stand for words; ``{"tiles": IMAGE, "of": NAME, "abreast": N, "axis": AXIS}`` for where each
value's tile stands in a picture of tiles; ``{"differs": [NAME, NAME]}`` for 1 where two arrays
differ and 0 where they agree, and with ``"said": WORDS`` for one text, the share that differs with
these words behind it; nothing while their shapes are not the same.

``"only": {CHOOSER: OPTION}`` hides a trace unless all of these are chosen.

``{CHOOSER}`` in a name or a value stands for what is chosen there. What axes span, and what else
follows a choice, is written in :mod:`.spans`.

A slider's place ``at`` shows, of every frame, the one with the greatest ``at`` that is not above
it, and of a table's rows likewise. A trace whose ``meta`` has ``"exact": True`` shows nothing
between: only the frame at the very place, or else the one at 0, which stands for all places.
``frontend/assets/results/bindings.js`` follows the same rules in the browser.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from frontend.views.base import Figure, Reading, View
from frontend.views.sources import MISSING, Values, evaluate
from frontend.views.spans import Scene, dress, ranges, shown
from frontend.views.texts import escaped
from pruning.events import Cell, Result, SeriesData, TableData

__all__ = ["MISSING", "choices_in", "fill", "put", "read", "shown"]


def fill(
    figure: Figure, result: Result, at: float, choices: Mapping[str, str] | None = None
) -> Figure:
    """Return a copy of ``figure`` that shows ``result`` with the slider at ``at``.

    What it is filled with is escaped for Plotly, see :mod:`.texts`.
    """
    filled = copy.deepcopy(figure)
    scene = Scene(result, at, choices or {})
    for trace in filled["data"]:
        for kind, bound in _KINDS.items():
            if kind in trace.get("meta", {}):
                for target, values in bound(trace["meta"], scene):
                    put(trace, target, escaped(values))
        if not trace.get("meta", {}).get("only", {}).items() <= scene.choices.items():
            trace["visible"] = False
    layout = filled["layout"]
    for shape in layout.get("shapes", []):
        if shape.get("name") == "place":
            shape["x0"] = shape["x1"] = at
    for axis, span in ranges(layout, scene).items():
        layout[f"{axis}axis"]["range"] = span
    for path, value in dress(layout, scene).items():
        put(layout, path, value)
    return filled


def read(
    reading: Reading, result: Result, at: float, choices: Mapping[str, str] | None = None
) -> str:
    """Return a reading's text: the series' value at the greatest x that is not above ``at``."""
    if reading.chosen:
        return " ".join(words[(choices or {})[name]] for name, words in reading.chosen.items())
    if reading.bound:
        found = dict(_bound_frame(reading.bound, Scene(result, at, choices or {})))
        return str(found["text"][0]) if found else MISSING
    points = _points(result.series.get(reading.series), reading.labels)
    values = [y for x, y in points if x == at or (x < at and not reading.exact)]
    return f"{100 * values[-1]:.1f} %" if values else MISSING


def choices_in(view: View, result: Result) -> dict[str, str]:
    """Return what is chosen at the beginning, once the result says what there is to choose."""
    choices = view.choices
    for chooser in view.choosers:
        if chooser.source:
            table, column = chooser.source
            found = result.tables.get(table)
            if found and found.rows:
                choices[chooser.name] = str(found.rows[0][found.columns.index(column)])
    return choices


Bound = Iterator[tuple[str, Any]]


def _bound_frame(meta: dict[str, Any], scene: Scene) -> Bound:
    def find(source: str) -> Values | None:
        other, _, name = source.rpartition(":")
        exact = meta.get("exact", False)
        frame = scene.frame(other or meta["frame"], meta.get("at"), exact=exact)
        array = frame.arrays.get(scene.chosen(name)) if frame else None
        if array is None:
            return None
        values = array.numpy()
        # Factors are applied to what people see, not to bytes that would overflow.
        return values.astype(np.int64) if values.dtype.kind in "iu" else values

    for target, source in meta["bind"].items():
        values = evaluate(source, find)
        if values is not None:
            yield target, _thin(values, meta.get("most"))


def _thin(values: Any, most: int | None) -> Any:
    return values[:: -(-len(values) // most)] if most and len(values) else values


def _bound_table(meta: dict[str, Any], scene: Scene) -> Bound:
    table = scene.result.tables.get(meta["table"])
    if table is None:
        return
    rows = _rows(table, meta, scene)

    def find(column: str) -> Values | None:
        name = scene.chosen(column)
        if name not in table.columns:
            return None
        cells = [row[table.columns.index(name)] for row in rows]
        is_text = any(isinstance(cell, str) for cell in cells)
        return np.array(cells, dtype=object if is_text else float)

    for target, source in meta["bind"].items():
        values = evaluate(source, find)
        if values is not None:
            yield target, values
    if "across" in meta:
        level = evaluate(meta["bind"]["y"], find)
        yield from _level(level.tolist() if level is not None else [], meta["across"])


def _level(values: list[float], across: list[float]) -> Bound:
    yield "x", list(across) if values else []
    yield "y", [values[-1]] * len(across) if values else []


def _rows(table: TableData, meta: dict[str, Any], scene: Scene) -> list[list[Cell]]:
    def cell(row: list[Cell], column: str) -> Any:
        return row[table.columns.index(column)]

    def joined(row: list[Cell], columns: str) -> Any:
        names = columns.split("/")
        return "/".join(str(cell(row, n)) for n in names) if names[1:] else cell(row, columns)

    where = {
        columns: scene.chosen(value) if isinstance(value, str) else value
        for columns, value in meta.get("where", {}).items()
    }
    rows = [row for row in table.rows if all(joined(row, c) == v for c, v in where.items())]
    if "at" in meta:
        places = [place for row in rows if (place := cell(row, meta["at"])) <= scene.at]
        rows = [row for row in rows if places and cell(row, meta["at"]) == max(places)]
    if "front" in meta:
        rows = _front(rows, *(lambda row, name=name: cell(row, name) for name in meta["front"]))
    return rows


def _front(
    rows: list[list[Cell]], cost: Callable[[Any], Any], gain: Callable[[Any], Any]
) -> list[list[Cell]]:
    """The rows that nothing dominates, from the cheapest to the best."""
    known = [row for row in rows if cost(row) is not None and gain(row) is not None]
    front: list[list[Cell]] = []
    for row in sorted(known, key=lambda row: (cost(row), -gain(row))):
        if not front or gain(row) > gain(front[-1]):
            front.append(row)
    return front


def _bound_series(meta: dict[str, Any], scene: Scene) -> Bound:
    points = _points(scene.result.series.get(scene.chosen(meta["series"])), meta.get("labels", {}))
    if meta.get("mean"):
        points = _means(points)
    if "across" in meta:
        yield from _level([y for _, y in points], meta["across"])
    else:
        yield "x", [x for x, _ in points]
        yield "y", [y for _, y in points]


def _means(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    at: dict[float, list[float]] = {}
    for x, y in points:
        at.setdefault(x, []).append(y)
    return [(x, math.fsum(ys) / len(ys)) for x, ys in at.items()]


def _points(series: SeriesData | None, labels: dict[str, Any]) -> list[tuple[float, float]]:
    if series is None:
        return []
    chosen = (
        (x, y)
        for i, (x, y) in enumerate(zip(series.x, series.y, strict=True))
        if all(series.labels.get(name, [None] * (i + 1))[i] == labels[name] for name in labels)
    )
    return sorted(chosen, key=lambda point: point[0])


_KINDS: dict[str, Callable[[dict[str, Any], Scene], Bound]] = {
    "frame": _bound_frame,
    "table": _bound_table,
    "series": _bound_series,
}


def put(target: Any, path: str, value: Any) -> None:
    """Set what a path such as ``marker.color`` or ``shapes[0].visible`` leads to."""
    *parents, last = (int(step) if step.isdigit() else step for step in re.findall(r"\w+", path))
    for parent in parents:
        target = target[parent] if isinstance(parent, int) else target.setdefault(parent, {})
    target[last] = value
