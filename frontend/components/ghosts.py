"""What will be on the page, before any run: sketches of a view."""

from __future__ import annotations

from typing import Any

from dash import html

from frontend.components.figures import framed
from frontend.figures.panels import Row, Section
from frontend.figures.tables import TableView
from frontend.figures.view import View

# So many figures can say each for itself what will be in them.
_MOST_PANELS = 8


def ghosts(view: View) -> html.Div:
    """Panels that say what will be in them; of many figures, how they will be arranged."""
    panels = [panel for section in view.sections for panel in section.panels]
    if len(panels) > _MOST_PANELS:
        return html.Div([_sketch(part) for part in view.parts], className="sketches")
    first = view.sections[0]
    filled = [framed(panel, html.P(panel.description), first) for panel in first.panels]
    return html.Div(filled, className="panels ghosts")


def _sketch(part: Any) -> html.Div | None:
    match part:
        case Section():
            rows = html.Div(
                [_row(row) for row in part.rows],
                className="sketch-rows abreast" if part.abreast else "sketch-rows",
            )
            return _named(part.title, part.description, f"sketch {part.shape}-sketch", rows)
        case TableView():
            return _named(part.title, part.description, "sketch table-sketch", None)
    return None


def _named(title: str, description: str, kind: str, content: Any) -> html.Div:
    words = [html.H2(title) if title else None, html.P(description, className="quiet")]
    return html.Div([html.Div(words, className="sketch-words"), content], className=f"card {kind}")


def _row(row: Row) -> html.Div:
    return html.Div([html.Span() for _ in row.panels], className="sketch-row")
