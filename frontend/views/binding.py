"""Fill the bound traces of a figure from a result.

A trace says in its ``meta`` what it draws:

``{"frame": NAME, "bind": {TARGET: SOURCE}}``
    TARGET is an attribute such as ``x`` or ``marker.color``. SOURCE is the name of an array of
    the frame, or ``FRAME:ARRAY`` for one of another frame; a dictionary of names and factors, for
    the sum of arrays; or a list of sources, for one row of values per point. ``"most": N`` draws
    every k-th of more than N points.
``{"series": NAME, "labels": {...}}``
    The points of the series that carry these labels, by x. ``"across": [x0, x1]`` draws the last
    of them as a level line.

A layout whose ``meta`` is ``{"extent": FRAME}`` spans that frame's arrays ``x`` and ``y``;
``{"extent": {AXIS: [LOW, HIGH]}}`` gives the ranges outright.

A slider's place ``at`` shows, of every frame, the one with the greatest ``at`` that is not above
it. ``frontend/assets/draw.js`` follows the same rules in the browser.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from frontend.views.base import Figure, Reading
from pruning.events import FrameData, Result, SeriesData

Values = npt.NDArray[Any]
Source = str | dict[str, float] | list["Source"]
MISSING = "–"


def fill(figure: Figure, result: Result, at: float) -> Figure:
    """Return a copy of ``figure`` that shows ``result`` with the slider at ``at``."""
    filled = copy.deepcopy(figure)
    for trace in filled["data"]:
        meta = trace.get("meta", {})
        if "frame" in meta:
            _fill_frame(trace, result, at)
        elif "series" in meta:
            _fill_series(trace, result)
    _fill_extent(filled["layout"], result, at)
    for shape in filled["layout"].get("shapes", []):
        if shape.get("name") == "place":
            shape["x0"] = shape["x1"] = at
    return filled


def read(reading: Reading, result: Result, at: float) -> str:
    """Return a reading's text: the series' value at the greatest x that is not above ``at``."""
    points = _points(result.series.get(reading.series), reading.labels)
    values = [y for x, y in points if x <= at]
    return f"{100 * values[-1]:.1f} %" if values else MISSING


def shown(result: Result, name: str, at: float) -> FrameData | None:
    """Return what the frame ``name`` shows with the slider at ``at``."""
    frames = [frame for frame in result.frames.get(name, []) if frame.at <= at]
    return max(frames, key=lambda frame: frame.at, default=None)


def _fill_extent(layout: dict[str, Any], result: Result, at: float) -> None:
    for axis, span in _extent(layout.get("meta", {}).get("extent", {}), result, at).items():
        layout[f"{axis}axis"]["range"] = span


def _extent(extent: str | dict[str, Any], result: Result, at: float) -> dict[str, Any]:
    if not isinstance(extent, str):
        return extent
    frame = shown(result, extent, at)
    axes = {axis: frame.arrays[axis].numpy() for axis in ("x", "y")} if frame else {}
    return {axis: [float(values[0]), float(values[-1])] for axis, values in axes.items()}


def _fill_frame(trace: dict[str, Any], result: Result, at: float) -> None:
    frame = trace["meta"]["frame"]
    for target, source in trace["meta"]["bind"].items():
        values = _values(source, frame, result, at)
        if values is not None:
            _set(trace, target, _thin(values, trace["meta"].get("most")))


def _thin(values: Values, most: int | None) -> Values:
    return values[:: -(-len(values) // most)] if most and len(values) else values


def _values(source: Source, frame: str, result: Result, at: float) -> Values | None:
    if isinstance(source, str):
        return _array(source, frame, result, at)
    if isinstance(source, list):
        return _columns([_values(part, frame, result, at) for part in source])
    parts = [(_array(name, frame, result, at), factor) for name, factor in source.items()]
    if any(part is None for part, _ in parts):
        return None
    total: Values = np.sum([factor * part for part, factor in parts if part is not None], axis=0)
    return total


def _array(name: str, frame: str, result: Result, at: float) -> Values | None:
    other, _, array = name.rpartition(":")
    found = shown(result, other or frame, at)
    if found is None or array not in found.arrays:
        return None
    values = found.arrays[array].numpy()
    # Factors are applied to what people see, not to bytes that would overflow.
    return values.astype(np.int64) if values.dtype.kind in "iu" else values


def _columns(parts: list[Values | None]) -> Values | None:
    length = max((len(part) for part in parts if part is not None), default=None)
    if length is None:
        return None
    rows = [[MISSING] * length if part is None else part.tolist() for part in parts]
    return np.array(list(zip(*rows, strict=True)), dtype=object)


def _fill_series(trace: dict[str, Any], result: Result) -> None:
    meta = trace["meta"]
    points = _points(result.series.get(meta["series"]), meta.get("labels", {}))
    if "across" in meta:
        points = [(x, points[-1][1]) for x in meta["across"]] if points else []
    trace["x"], trace["y"] = [x for x, _ in points], [y for _, y in points]


def _points(series: SeriesData | None, labels: dict[str, Any]) -> list[tuple[float, float]]:
    if series is None:
        return []
    chosen = (
        (x, y)
        for i, (x, y) in enumerate(zip(series.x, series.y, strict=True))
        if all(series.labels.get(name, [None] * (i + 1))[i] == labels[name] for name in labels)
    )
    return sorted(chosen, key=lambda point: point[0])


def _set(trace: dict[str, Any], target: str, values: Values) -> None:
    *parents, last = target.split(".")
    for parent in parents:
        trace = trace.setdefault(parent, {})
    trace[last] = values
