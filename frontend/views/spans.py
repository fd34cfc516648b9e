"""What the axes of a figure span, and what else of its layout follows what is chosen.

A layout whose ``meta`` is ``{"extent": FRAME}`` spans that frame's arrays ``x`` and ``y``;
``{"extent": {"image": "FRAME:ARRAY"}}`` spans a picture, its first row on top. ``{"extent": {AXIS:
SPAN}}`` says so for each axis. SPAN is one of

``[LOW, HIGH]``
    The range outright.
``{"least": [LOW, HIGH], "series": [NAME, …], "frames": [NAME, …], "columns": [[TABLE, NAME], …]}``
    LOW to HIGH, or from a lower tenth (never below 0) that all points of those series, all arrays
    of those frames and all numbers in those columns of tables are above.
``{"hold": [HELD, …], "least": [LOW, HIGH], "room": SHARE, "log": BOOL}``
    From the smallest to the largest number held, and ``least`` in any case, with a share of room
    above, of a logarithmic axis also below. HELD is ``"FRAME:ARRAY"`` of the frame at 0,
    ``{"series": NAME}`` for its y, or ``{"table": NAME, "column": COLUMN}``.
``{"by": CHOOSER, "of": {OPTION: SPAN}}``
    What is chosen decides.

``{"by": {CHOOSER: {OPTION: {PATH: VALUE}}}}`` in the ``meta`` sets attributes of the layout, such
as ``xaxis.title.text``, by what is chosen.

``frontend/assets/results/axis_ranges.js`` follows the same rules in the browser.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pruning.events import FrameData, Result


@dataclass(frozen=True)
class Scene:
    """What a figure is drawn of: a result, a place of the slider, and what is chosen."""

    result: Result
    at: float
    choices: Mapping[str, str]

    def chosen(self, name: str) -> str:
        """A name with what is chosen put in."""
        return name.format_map(self.choices)

    def frame(self, name: str, at: float | None = None, *, exact: bool = False) -> FrameData | None:
        """What the frame ``name`` shows, here or at another place."""
        at = self.at if at is None else at
        return shown(self.result, self.chosen(name), at, exact=exact)


def shown(result: Result, name: str, at: float, *, exact: bool = False) -> FrameData | None:
    """Return what the frame ``name`` shows with the slider at ``at``."""
    frames = [frame for frame in result.frames.get(name, []) if frame.at <= at]
    if exact:
        frames = [frame for frame in frames if frame.at in (0, at)]
    return max(frames, key=lambda frame: frame.at, default=None)


def ranges(layout: Mapping[str, Any], scene: Scene) -> dict[str, list[float]]:
    """Return the range of each axis that the layout asks for; none while it is not known."""
    extent = layout.get("meta", {}).get("extent", {})
    if isinstance(extent, str):
        frame = scene.frame(extent)
        axes = {axis: frame.arrays[axis].numpy() for axis in ("x", "y")} if frame else {}
        return {axis: [float(values[0]), float(values[-1])] for axis, values in axes.items()}
    if "image" in extent:
        return _picture(extent["image"], scene)
    spans = {axis: _span(span, scene) for axis, span in extent.items()}
    return {axis: span for axis, span in spans.items() if span}


def dress(layout: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    """Return the attributes, by their path, that what is chosen gives the layout."""
    by = layout.get("meta", {}).get("by", {})
    return {
        path: value
        for chooser, options in by.items()
        for path, value in options.get(scene.choices[chooser], {}).items()
    }


def _picture(name: str, scene: Scene) -> dict[str, list[float]]:
    frame, _, array = name.rpartition(":")
    found = scene.frame(frame)
    if found is None:
        return {}
    height, width = found.arrays[array].numpy().shape[:2]
    return {} if not width else {"x": [-0.5, width - 0.5], "y": [height - 0.5, -0.5]}


def _span(span: list[float] | dict[str, Any], scene: Scene) -> list[float] | None:
    if isinstance(span, list):
        return span
    if "by" in span:
        return _span(span["of"][scene.choices[span["by"]]], scene)
    if "hold" in span:
        return _holding(span, scene)
    low, high = span["least"]
    lowest = min(_above(span, scene.result), default=low)
    return [min(low, max(0, math.floor(10 * lowest) / 10)), high]


def _above(span: dict[str, Any], result: Result) -> Iterator[float]:
    """All numbers that a range's lower end has to be below."""
    for name in span.get("series", []):
        yield from result.series[name].y if name in result.series else []
    for name in span.get("frames", []):
        for frame in result.frames.get(name, []):
            for array in frame.arrays.values():
                yield from array.numpy().tolist()
    for table, column in span.get("columns", []):
        yield from _column(result, table, column)


def _holding(span: dict[str, Any], scene: Scene) -> list[float] | None:
    numbers = [*span.get("least", []), *(n for held in span["hold"] for n in _held(held, scene))]
    is_log, share = span.get("log", False), span.get("room", 0)
    if is_log:
        numbers = [math.log10(number) for number in numbers if number > 0]
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)
    room = share * (high - low)
    return [low - room if is_log else low, high + room]


def _held(held: str | dict[str, str], scene: Scene) -> list[float]:
    if isinstance(held, str):
        frame, _, array = held.rpartition(":")
        found = scene.frame(frame, 0)
        return found.arrays[array].numpy().tolist() if found else []
    if "series" in held:
        series = scene.result.series.get(scene.chosen(held["series"]))
        return series.y if series else []
    return _column(scene.result, held["table"], scene.chosen(held["column"]))


def _column(result: Result, table: str, column: str) -> list[float]:
    """The numbers of a column; none of a table that has not come."""
    found = result.tables.get(table)
    if found is None or column not in found.columns:
        return []
    place = found.columns.index(column)
    return [cell for row in found.rows if isinstance(cell := row[place], int | float)]
