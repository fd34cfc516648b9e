"""Fill the bound traces of a figure from a result.

A trace says in its ``meta`` what it draws:

``{"frame": NAME, "bind": {TARGET: SOURCE}}``
    TARGET is an attribute such as ``x`` or ``marker.color``. SOURCE is the name of an array of
    the frame, or ``FRAME:ARRAY`` for one of another frame; a dictionary of names and factors, for
    the sum of arrays; or a list of sources, for one row of values per point. ``"most": N`` draws
    every k-th of more than N points. ``{CHOOSER}`` in a name stands for what is chosen there.
``{"series": NAME, "labels": {...}}``
    The points of the series that carry these labels, by x. ``"across": [x0, x1]`` draws the last
    of them as a level line.

A layout whose ``meta`` is ``{"extent": FRAME}`` spans that frame's arrays ``x`` and ``y``;
``{"extent": {AXIS: [LOW, HIGH]}}`` gives the ranges outright. ``{"least": [LOW, HIGH], "series":
[NAME, …], "frames": [NAME, …]}`` as a range is LOW to HIGH, or from a lower tenth (never below 0)
that all points of those series and all arrays of those frames are above.

A slider's place ``at`` shows, of every frame, the one with the greatest ``at`` that is not above
it. A trace whose ``meta`` has ``"exact": True`` shows nothing between: only the frame at the very
place, or else the one at 0, which stands for all places. ``frontend/assets/bind.js`` follows the
same rules in the browser.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from frontend.views.base import Figure, Reading
from pruning.events import FrameData, Result, SeriesData

Values = npt.NDArray[Any]
Source = str | dict[str, float] | list["Source"]
MISSING = "–"


def fill(
    figure: Figure, result: Result, at: float, choices: Mapping[str, str] | None = None
) -> Figure:
    """Return a copy of ``figure`` that shows ``result`` with the slider at ``at``."""
    filled = copy.deepcopy(figure)
    for trace in filled["data"]:
        meta = trace.get("meta", {})
        if "frame" in meta:
            _fill_frame(trace, _Scene(result, at, meta.get("exact", False), choices or {}))
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
    values = [y for x, y in points if x == at or (x < at and not reading.exact)]
    return f"{100 * values[-1]:.1f} %" if values else MISSING


def shown(result: Result, name: str, at: float, *, exact: bool = False) -> FrameData | None:
    """Return what the frame ``name`` shows with the slider at ``at``."""
    frames = [frame for frame in result.frames.get(name, []) if frame.at <= at]
    if exact:
        frames = [frame for frame in frames if frame.at in (0, at)]
    return max(frames, key=lambda frame: frame.at, default=None)


@dataclass(frozen=True)
class _Scene:
    """What a trace is filled from."""

    result: Result
    at: float
    exact: bool
    choices: Mapping[str, str]

    def array(self, frame: str, name: str) -> Values | None:
        """An array as numbers; None while there is none."""
        found = shown(self.result, self.chosen(frame), self.at, exact=self.exact)
        array = found.arrays.get(self.chosen(name)) if found else None
        if array is None:
            return None
        values = array.numpy()
        # Factors are applied to what people see, not to bytes that would overflow.
        return values.astype(np.int64) if values.dtype.kind in "iu" else values

    def chosen(self, name: str) -> str:
        """A name with what is chosen put in."""
        return name.format_map(self.choices)


def _fill_extent(layout: dict[str, Any], result: Result, at: float) -> None:
    for axis, span in _extent(layout.get("meta", {}).get("extent", {}), result, at).items():
        layout[f"{axis}axis"]["range"] = span


def _extent(extent: str | dict[str, Any], result: Result, at: float) -> dict[str, Any]:
    if not isinstance(extent, str):
        return {axis: _span(span, result) for axis, span in extent.items()}
    frame = shown(result, extent, at)
    axes = {axis: frame.arrays[axis].numpy() for axis in ("x", "y")} if frame else {}
    return {axis: [float(values[0]), float(values[-1])] for axis, values in axes.items()}


def _span(span: list[float] | dict[str, Any], result: Result) -> list[float]:
    if isinstance(span, list):
        return span
    low, high = span["least"]
    lowest = min(_held(span, result), default=low)
    return [min(low, max(0, math.floor(10 * lowest) / 10)), high]


def _held(span: dict[str, Any], result: Result) -> Iterator[float]:
    """All numbers that a range has to hold."""
    for name in span.get("series", []):
        yield from result.series[name].y if name in result.series else []
    for name in span.get("frames", []):
        for frame in result.frames.get(name, []):
            for array in frame.arrays.values():
                yield from array.numpy().tolist()


def _fill_frame(trace: dict[str, Any], scene: _Scene) -> None:
    frame = trace["meta"]["frame"]
    for target, source in trace["meta"]["bind"].items():
        values = _values(source, frame, scene)
        if values is not None:
            _set(trace, target, _thin(values, trace["meta"].get("most")))


def _thin(values: Values, most: int | None) -> Values:
    return values[:: -(-len(values) // most)] if most and len(values) else values


def _values(source: Source, frame: str, scene: _Scene) -> Values | None:
    if isinstance(source, str):
        other, _, array = source.rpartition(":")
        return scene.array(other or frame, array)
    if isinstance(source, list):
        return _columns([_values(part, frame, scene) for part in source])
    parts = [(_values(name, frame, scene), factor) for name, factor in source.items()]
    if any(part is None for part, _ in parts):
        return None
    total: Values = np.sum([factor * part for part, factor in parts if part is not None], axis=0)
    return total


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
