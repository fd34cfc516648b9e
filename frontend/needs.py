"""What of a result a view draws: a snapshot holds that, and nothing else of its runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from frontend.views.base import Panel, Scrubber, Section, TableView, View
from pruning.events import Result

Kept = TypeVar("Kept")


def needed(result: Result, view: View) -> Result:
    """A result without the series, frames and tables that no part of the view names."""
    names = re.compile("|".join({_pattern(text) for text in _named(view)}) or "(?!)")
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
    """Every text that may name something of the result: some name nothing, which does no harm."""
    for part in view.parts:
        if isinstance(part, TableView):
            yield part.name
        if isinstance(part, Section):
            for panel in part.panels:
                yield from _of_panel(panel)
        if isinstance(part, (Section, Scrubber)):
            yield from (chooser.source[0] for chooser in part.choosers if chooser.source)


def _of_panel(panel: Panel) -> Iterator[str]:
    metas = [trace.get("meta", {}) for trace in panel.figure["data"]]
    metas.append(panel.figure["layout"].get("meta", {}))
    for text in _texts(metas):
        # FRAME:ARRAY names the frame.
        yield from (text, text.rpartition(":")[0])
    yield from (reading.series for reading in panel.readings)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.items() for each in item for text in _texts(each)]
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in _texts(each)]
    return []
