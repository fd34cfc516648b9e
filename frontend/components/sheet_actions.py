"""What can be done with all that can be looked at: shared, put on a dashboard, taken away."""

from __future__ import annotations

from typing import Any

from dash import html

from frontend.components.attributes import attributes
from frontend.components.exports import export_menu
from frontend.components.icons import icon
from frontend.components.share import share_button
from frontend.sheets.base import ComparisonSource, RunSource, Source


def sheet_actions(source: Source) -> list[Any]:
    """The buttons for a source."""
    return [export_menu(source), *_pin(source), share_button(source)]


def _pin(source: Source) -> list[html.Button]:
    """The button that puts parts on a dashboard; none where a dashboard is shown."""
    match source:
        case RunSource():
            asked = attributes(data_runs=source.run, data_by="variant")
        case ComparisonSource():
            asked = attributes(data_runs=",".join(source.runs), data_by=source.by or "variant")
        case _:
            return []
    words: list[Any] = [icon("board"), "Add to dashboard"]
    return [
        html.Button(
            words, type="button", className="button-link", **attributes(data_action="pin"), **asked
        )
    ]
