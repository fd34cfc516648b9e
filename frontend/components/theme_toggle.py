"""The button for light and dark: its picture and its name are those of what pressing it brings."""

from __future__ import annotations

from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon


def theme_toggle() -> html.Button:
    """The button; ``assets/theme.js`` does what it says, on every page."""
    return html.Button(
        [_to("dark", "moon"), _to("light", "sun")],
        type="button",
        className="theme-toggle",
        **attributes(data_theme_toggle=""),
    )


def _to(theme: str, picture: str) -> html.Span:
    said = f"Switch to {theme}"
    return html.Span(
        [icon(picture), html.Span(said, className="unseen")],
        className=f"to-{theme}",
        title=said,
    )
