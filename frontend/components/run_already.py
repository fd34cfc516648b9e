"""What is said where the very same was run before: equal settings give equal results."""

from __future__ import annotations

from datetime import UTC, datetime

import dash_mantine_components as dmc
from dash import dcc, html

from backend.runs import Run
from frontend.components.attributes import attributes
from frontend.durations import ago

# The identity of the button that runs it once more, together with the run's.
RUN_AGAIN = {"type": "run-again"}
_TITLES = {"queued": "This waits already", "running": "This is running already"}


def run_already(run: Run) -> dmc.Alert:
    """A run of the same settings, to be opened, or to be run once more."""
    started = run.started_at or run.created_at
    return dmc.Alert(
        [
            html.P(f"Started {ago(datetime.now(UTC) - started)}. The result would be the same."),
            html.Div(
                [
                    dcc.Link("Open it", href=f"/runs/{run.id}", className="button-link primary"),
                    html.Button(
                        "Run it again",
                        id={**RUN_AGAIN, "run": run.id},
                        type="button",
                        className="button-link",
                        n_clicks=0,
                    ),
                ],
                className="run-already",
            ),
        ],
        title=_TITLES.get(run.status, "This was run already"),
        color="blue",
        variant="light",
        **attributes(data_testid="run-already"),
    )
