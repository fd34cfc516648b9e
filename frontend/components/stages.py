"""A sheet on a page of Dash: what the browser is given, and what it fills."""

from __future__ import annotations

from dash import dcc, html

from frontend.components import figures
from frontend.components.attributes import attributes
from frontend.sheets.base import Sheet, Stage
from frontend.sheets.staging import sheet_page, to_json


def sheet_store(sheet: Sheet, *, light: bool = False) -> dcc.Store:
    """What ``assets/pages/live.js`` opens the page with; frames of a ``light`` sheet come later."""
    return dcc.Store(id="sheet-data", data=to_json(sheet_page(sheet, light=light)))


def stage_panel(stage: Stage) -> html.Div:
    """Everything that is drawn of a stage, from top to bottom."""
    return html.Div(
        figures.drawn(stage.view), className="stage", **attributes(data_stage=stage.name)
    )
