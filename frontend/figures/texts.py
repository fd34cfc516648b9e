"""Texts in figures as they are written.

Plotly takes what looks like HTML in any text for HTML: a class called ``<b>cat`` would be bold, and
one with ``<a href>`` a link in whatever is shared. What traces hold comes from people, packages and
data sets, so all of it is escaped: once, where figures leave for the page or are filled. Templates
and what stands in layouts are written by views, and may hold markup.

``assets/results/bindings.js`` does the same to what figures are filled with.
"""

from __future__ import annotations

import html
from typing import Any

from frontend.figures.panels import Figure

# What of a trace Plotly shows as text, or as the name of a category.
_SHOWN = ("name", "x", "y", "text", "hovertext", "customdata", "labels")
# The same of an axis: how it orders the categories.
_ORDERED = "categoryarray"


def escaped(value: Any) -> Any:
    """A text, or all texts in lists, as Plotly shows it letter by letter."""
    match value:
        case str():
            # Of names for characters Plotly knows few, none of them for quotes.
            return html.escape(value, quote=False)
        case list() | tuple():
            return [escaped(each) for each in value]
    return value


def with_texts_escaped(figure: Figure) -> Figure:
    """A figure whose traces show their own texts as they are written, before any is filled."""
    layout = dict(figure["layout"])
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            layout[name] = _with_escaped(axis, (_ORDERED,))
    data = [_with_escaped(trace, _SHOWN) for trace in figure["data"]]
    return {**figure, "data": data, "layout": layout}


def _with_escaped(part: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return part | {name: escaped(part[name]) for name in names if name in part}
