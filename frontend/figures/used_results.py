"""What of a result is drawn, by the names in bindings, see :mod:`.binding`.

A snapshot holds that and nothing else of its runs, and figures that nothing has come of are not
offered to be taken away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from frontend.figures.panels import Figure, Panel, Section
from frontend.figures.tables import TableView
from frontend.figures.view import Scrubber, View
from pruning.events import Result

Kept = TypeVar("Kept")
# What stands behind these words in a binding is a name of the result's.
_NAMING = ("frame", "table", "series", "frames", "extent")
# What a trace draws without a result is in one of these.
_OWN = ("x", "y", "z", "source", "values")


def used_by(result: Result, view: View) -> Result:
    """A result without the series, frames and tables that no part of the view names."""
    names = _pattern(*{text for text in _named(view) if text})
    return result.model_copy(
        update={
            "series": _kept(result.series, names),
            "frames": _kept(result.frames, names),
            "tables": _kept(result.tables, names),
        }
    )


def has_something(figure: Figure, result: Result, choices: Mapping[str, str]) -> bool:
    """Whether anything has come of what a figure shows, wherever its slider is."""
    return any(
        _has_come(trace, trace.get("meta", {}), result)
        for trace in figure["data"]
        if trace.get("meta", {}).get("only", {}).items() <= choices.items()
    )


def _has_come(trace: dict[str, Any], meta: dict[str, Any], result: Result) -> bool:
    if "frame" in meta:
        frames = [f for found in _of(result.frames, meta["frame"]) for f in found]
        return any(array.bdata for frame in frames for array in frame.arrays.values())
    if "table" in meta:
        return any(table.rows for table in _of(result.tables, meta["table"]))
    if "series" in meta:
        return any(series.x for series in _of(result.series, meta["series"]))
    return any(trace.get(name) for name in _OWN)


def _of(found: dict[str, Kept], text: str) -> Iterable[Kept]:
    return _kept(found, _pattern(text)).values()


def _kept(found: dict[str, Kept], names: re.Pattern[str]) -> dict[str, Kept]:
    return {name: each for name, each in found.items() if names.fullmatch(name)}


def _pattern(*texts: str) -> re.Pattern[str]:
    """Names in which ``{CHOOSER}`` stands for whatever may be chosen."""
    patterns = (".*".join(map(re.escape, re.split(r"\{\w+\}", text))) for text in texts)
    return re.compile("|".join(patterns) or "(?!)")


def _named(view: View) -> Iterator[str]:
    """The names of series, frames and tables that are drawn, or evaluated for that."""
    if view.network:
        yield from view.network.frames
    for part in view.parts:
        if isinstance(part, TableView):
            yield part.name
        if isinstance(part, Section):
            for panel in part.panels:
                yield from _of_panel(panel)
        if isinstance(part, (Section, Scrubber)):
            yield from (chooser.source[0] for chooser in part.choosers if chooser.source)
        if isinstance(part, Scrubber) and part.reached:
            yield part.reached.table


def _of_panel(panel: Panel) -> Iterator[str]:
    for trace in panel.figure["data"]:
        yield from _in_meta(trace.get("meta", {}))
    yield from _in_meta(panel.figure["layout"].get("meta", {}))
    for reading in panel.readings:
        yield reading.series
        yield from _in_meta(reading.bound or {})


def _in_meta(value: Any, key: str = "") -> Iterator[str]:
    """What the browser would look up in a result."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _in_meta(each, name)
    elif key == "columns":
        yield from (table for table, _ in value)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _in_meta(each, key)
    elif isinstance(value, str):
        if key in _NAMING:
            yield value
        # FRAME:ARRAY names the frame.
        yield value.rpartition(":")[0]
