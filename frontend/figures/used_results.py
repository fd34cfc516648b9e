"""What of a result a view draws: a snapshot holds that, and nothing else of its runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from frontend.figures.view import Panel, Scrubber, Section, TableView, View
from pruning.events import Result

Kept = TypeVar("Kept")
# What stands behind these words in a binding is a name of the result's.
_NAMING = ("frame", "table", "series", "frames", "extent")


def used_by(result: Result, view: View) -> Result:
    """A result without the series, frames and tables that no part of the view names."""
    names = re.compile("|".join({_pattern(text) for text in _named(view) if text}) or "(?!)")
    return result.model_copy(
        update={
            "series": _kept(result.series, names),
            "frames": _kept(result.frames, names),
            "tables": _kept(result.tables, names),
        }
    )


def _kept(found: dict[str, Kept], names: re.Pattern[str]) -> dict[str, Kept]:
    return {name: each for name, each in found.items() if names.fullmatch(name)}


def _pattern(text: str) -> str:
    """A name in which ``{CHOOSER}`` stands for whatever may be chosen."""
    return ".*".join(map(re.escape, re.split(r"\{\w+\}", text)))


def _named(view: View) -> Iterator[str]:
    """The names of series, frames and tables that are drawn."""
    for part in view.parts:
        if isinstance(part, TableView):
            yield part.name
        if isinstance(part, Section):
            for panel in part.panels:
                yield from _of_panel(panel)
        if isinstance(part, (Section, Scrubber)):
            yield from (chooser.source[0] for chooser in part.choosers if chooser.source)


def _of_panel(panel: Panel) -> Iterator[str]:
    for trace in panel.figure["data"]:
        yield from _in_meta(trace.get("meta", {}))
    yield from _in_meta(panel.figure["layout"].get("meta", {}))
    yield from (reading.series for reading in panel.readings)


def _in_meta(value: Any, key: str = "") -> Iterator[str]:
    """What :mod:`.binding` and :mod:`.axis_ranges` would look up in a result."""
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
