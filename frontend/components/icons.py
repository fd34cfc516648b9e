"""Small pictures, drawn by ``assets/icons.css``; nothing is fetched for them."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes


def icon(name: str) -> html.Span:
    """The icon ``name``; it says nothing to a screen reader, its button does."""
    return html.Span(className=f"icon icon-{name}", **attributes(aria_hidden="true"))


def logo() -> html.Span:
    """A network that has lost a unit."""
    return html.Span(className="logo", **attributes(aria_hidden="true"))
