"""What is said of a run in the bin."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from backend.runs import Run
from frontend.components.attributes import attributes


def bin_note(run: Run) -> html.Div:
    """That a run is in the bin, with the way out; hidden as long as it is in none."""
    restore = html.Button(
        "Restore",
        type="button",
        className="button-link",
        **attributes(data_run_action="restore", data_run_id=run.id),
    )
    text = html.Span("It is in no list, and goes for good after a while.")
    alert = dmc.Alert(
        html.Div([text, restore], className="bin-note"),
        title="This run is in the bin",
        color="orange",
        variant="light",
        className="problem",
    )
    return html.Div(
        alert,
        hidden=run.deleted_at is None,
        **attributes(data_live="bin", data_testid="bin-note"),
    )
