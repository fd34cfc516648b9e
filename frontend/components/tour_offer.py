"""The offer of the tour, for whoever has never run anything; ``assets/pages/tour.js`` leads it."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes


def tour_offer() -> html.Div:
    """A line that can be refused; it is seen until something was run in this browser."""
    words = html.Span("New here? Five steps show how this works.")
    return html.Div([words, take_tour(), _action("refuse-tour", "No, thanks")], className="offer")


def take_tour() -> html.Button:
    """What starts it."""
    return _action("tour", "Take the tour")


def _action(name: str, text: str) -> html.Button:
    return html.Button(text, type="button", className="button-link", **attributes(data_action=name))
