"""The offers of the tours, for whoever is new here; ``assets/pages/tour.js`` leads them."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes


def tour_offer() -> html.Div:
    """A line that can be refused; it is seen until something was run in this browser."""
    words = html.Span("New here? Five steps show how this works.")
    return _offer(words, take_tour(), "start")


def run_tour_offer() -> html.Div:
    """The same on the page of a run, seen until that tour was taken or refused."""
    words = html.Span("Five steps show what you can do with this run.")
    return _offer(words, _action("run-tour", "Show me"), "run")


def take_tour() -> html.Button:
    """What starts the tour of the start page."""
    return _action("tour", "Take the tour")


def _offer(words: html.Span, take: html.Button, name: str) -> html.Div:
    refuse = _action("refuse-tour" if name == "start" else "refuse-run-tour", "No, thanks")
    return html.Div([words, take, refuse], className="offer", **attributes(data_offer=name))


def _action(name: str, text: str) -> html.Button:
    return html.Button(text, type="button", className="button-link", **attributes(data_action=name))
