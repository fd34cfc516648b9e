"""A run on the workbench: one that is looked at, one that was just started."""

from __future__ import annotations

from dash import html

from backend.hand_mask_model import HandMask
from backend.runs import Run
from frontend.components import figures
from frontend.components.run_panel import run_panel
from frontend.components.schema_form import shown_values
from frontend.documents.markup import to_html
from frontend.pages.asked_values import values_of
from frontend.sheets.base import Sheet, run_sheet
from pruning.events import Result
from pruning.experiments.base import experiments

BEGINNING = "0"


def shown_run(run: Run, result: Result, last_event_id: str, masks: list[HandMask]) -> html.Section:
    """A run as far as it is, with the settings that its form has."""
    settings = {}
    if run.experiment in experiments.names():
        settings = shown_values(experiments[run.experiment].config, values_of(run))
    return _panel(run, run_sheet(run, result, last_event_id, masks), settings)


def started_run(run: Run) -> html.Section:
    """A run that has said nothing yet; its settings are those that the form shows."""
    return _panel(run, run_sheet(run, Result(), BEGINNING), None)


def _panel(run: Run, sheet: Sheet, settings: dict[str, object] | None) -> html.Section:
    body = to_html(figures.drawn(sheet.stages["run"].view))
    return run_panel(run, sheet, body, settings)
