"""The files that a run gives away, listed by ``assets/figures/downloads.js`` as they come."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes
from frontend.figures.view import Downloads


def downloads(part: Downloads) -> html.Section:
    """The card, still without files."""
    head = [html.H2(part.title), html.P(part.description, className="quiet below")]
    return html.Section(
        [
            html.Div(head, className="card-head"),
            html.Ul(className="files", **attributes(data_files="")),
            html.P(part.none, className="quiet no-files"),
        ],
        className="card downloads",
        **attributes(data_testid="downloads"),
    )
