"""What stands at an address where nothing is."""

from __future__ import annotations

from dash import dcc, html

from frontend.components.attributes import attributes


def missing(what: str) -> html.Div:
    """A plain page that says so and leads back."""
    return html.Div(
        [
            html.P("404", className="big"),
            html.H1("There is nothing here"),
            html.P(what, className="quiet"),
            html.P(
                [
                    dcc.Link("Start a run", href="/", className="button-link"),
                    dcc.Link("See all runs", href="/runs", className="button-link"),
                ],
                className="ways",
            ),
        ],
        className="missing",
        **attributes(data_testid="missing", data_page_title="Page not found"),
    )
