"""What is said of a run in the bin."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from backend.runs import Run
from frontend.components.attributes import attributes


def bin_note(run: Run) -> dmc.Alert | None:
    """That a run is in the bin, with the way out; nothing of any other run."""
    if run.deleted_at is None:
        return None
    restore = html.Button(
        "Restore",
        type="button",
        className="button-link",
        **attributes(data_run_action="restore", data_run_id=run.id),
    )
    text = html.Span("It is in no list, and goes for good after a while.")
    return dmc.Alert(
        html.Div([text, restore], className="bin-note"),
        title="This run is in the bin",
        color="orange",
        variant="light",
        className="problem",
        **attributes(data_testid="bin-note"),
    )
