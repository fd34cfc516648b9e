"""The menu of what can be done to a run; ``assets/pages/run_actions.js`` fills and places it."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes


def run_menu() -> html.Div:
    """An empty menu, of which there is one on a page."""
    return html.Div(
        id="run-menu",
        className="run-menu",
        role="menu",
        **attributes(aria_label="What to do with this run"),
    )
