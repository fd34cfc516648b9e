"""The button that shares what a page shows; ``assets/pages/share.js`` asks how."""

from __future__ import annotations

from dash import html

from frontend.comparing.address import Asked
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.sheets.base import ComparisonSource, DashboardSource, RunSource, Source


def share_button(source: Source) -> html.Button:
    """Opens the dialog that shares ``source`` as it stands."""
    return html.Button(
        [icon("share"), "Share"],
        type="button",
        className="button-link",
        **attributes(
            data_share="open", data_share_source=source.model_dump_json(), aria_haspopup="dialog"
        ),
    )


def source_page(source: Source) -> tuple[str, str]:
    """What a source is called, and the address of its page."""
    match source:
        case RunSource():
            return "a run", f"/runs/{source.run}"
        case ComparisonSource():
            asked = Asked(tuple(source.runs), source.by)
            return f"a comparison of {len(source.runs)} runs", asked.href
        case DashboardSource():
            return "a dashboard", f"/dashboards/{source.dashboard}"
