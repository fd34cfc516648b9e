"""Runs as a list of links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from dash import dcc, html

from backend.runs import Run
from frontend.components.run_panel import badge
from frontend.durations import ago, exactly
from frontend.naming import experiment_title
from frontend.views.base import view_of_stored

STATUS = {
    "queued": "Waiting",
    "running": "Running",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


def run_list(runs: Sequence[Run]) -> html.Ol:
    """One line per run: its status, what it is, when it began and how long it took."""
    now = datetime.now(UTC)
    return html.Ol([html.Li(_line(run, now)) for run in runs], className="runs")


def _line(run: Run, now: datetime) -> dcc.Link:
    view = view_of_stored(run.experiment, run.config)
    # What sets the run apart from others comes first.
    first, *rest = [
        said for said in (run.title, view.summary, experiment_title(run), view.details) if said
    ]
    words = html.Span(
        [html.Strong(first), html.Span(" · ".join(rest), className="quiet")],
        className="run-line-words",
    )
    started = run.started_at or run.created_at
    when = html.Time(
        ago(now - started), dateTime=started.isoformat(), title=f"{started:%-d %B %Y, %H:%M} UTC"
    )
    return dcc.Link(
        [
            badge(run.status, STATUS[run.status]),
            words,
            html.Span([when, html.Span(took(run), className="number")], className="run-line-times"),
        ],
        href=f"/runs/{run.id}",
        className="run-line",
    )


def took(run: Run) -> str:
    """How long a run took from its start to its end; nothing while it has none."""
    if run.started_at is None or run.finished_at is None:
        return ""
    return exactly(run.finished_at - run.started_at)
