"""The queue on a page: what runs where, what waits in which order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from dash import dcc, html

from backend.queue_view import Active, QueueState, Waiting, Working
from frontend.components.attributes import attributes
from frontend.durations import ago
from frontend.naming import experiment_title
from frontend.views.base import view_of_stored

# A page of thousands would be drawn anew every other second.
_MOST_SHOWN = 50
_TITLES = {
    "interactive": ("Interactive", "What ends within seconds"),
    "training": ("Training", "What holds a device, one run at a time"),
    "parts": ("Studies", "What is divided among all workers"),
}


def queues(states: Sequence[QueueState]) -> list[html.Section]:
    """A card for each queue."""
    now = datetime.now(UTC)
    return [_queue(state, now) for state in states]


def _queue(state: QueueState, now: datetime) -> html.Section:
    title, description = _TITLES[state.name]
    workers = f"{state.workers} worker{'' if state.workers == 1 else 's'}"
    running = [_working(each, now) for each in state.running]
    shown = enumerate(state.waiting[:_MOST_SHOWN])
    waiting = [_waiting(each, place, now) for place, each in shown]
    more = len(state.waiting) - len(waiting)
    nothing = html.P("Nothing runs and nothing waits.", className="quiet")
    return html.Section(
        [
            html.Div(
                [
                    html.H2(title),
                    html.Span(f"{description} · {workers}", className="quiet"),
                    _cancel_all(state) if len(waiting) > 1 else None,
                ],
                className="queue-head",
            ),
            html.P(state.message, className="queue-trouble") if state.message else None,
            html.Ul(running, className="queue-list") if running else None,
            html.Ol(waiting, className="queue-list") if waiting else None,
            html.P(f"And {more:,} more.", className="quiet") if more else None,
            None if running or waiting else nothing,
        ],
        className="card queue",
        **attributes(data_testid=f"queue-{state.name}"),
    )


def _cancel_all(state: QueueState) -> html.Button:
    return html.Button(
        f"Cancel all {len(state.waiting):,} that wait",
        type="button",
        className="button-link",
        **attributes(
            data_run_action="cancel-waiting",
            data_queue=state.name,
            data_count=str(len(state.waiting)),
            # Whoever answers the question means those that are counted in it.
            data_until=max(run.since for run in state.waiting).isoformat(),
        ),
    )


def _working(run: Working, now: datetime) -> html.Li:
    since = ago(now - run.since) if run.since else ""
    where = ", ".join(run.workers) or "between two workers"
    said = " · ".join(filter(None, (f"on {where}", f"started {since}", run.message)))
    bar = html.Div(
        html.Div(style={"width": f"{100 * (run.progress or 0):.0f}%"}),
        className="bar",
        role="progressbar",
        **attributes(
            aria_label="Progress",
            aria_valuemin="0",
            aria_valuemax="100",
            aria_valuenow=f"{100 * (run.progress or 0):.0f}",
        ),
    )
    front = [_button("front", run.id, "To the front")] if " parts " in run.message else []
    cancel = _button("cancel", run.id, "Cancelling…" if run.cancel_requested else "Cancel")
    return _line(
        "running", "Running", run, [html.Span(said, className="quiet"), bar], front, cancel
    )


def _waiting(run: Waiting, place: int, now: datetime) -> html.Li:
    said = html.Span(
        f"{'next' if place == 0 else f'number {place + 1}'} · submitted {ago(now - run.since)}",
        className="quiet",
    )
    front = [_button("front", run.id, "To the front")] if place else []
    below = [said, html.P(run.missing, className="queue-trouble") if run.missing else None]
    return _line("queued", "Waiting", run, below, front, _button("cancel", run.id, "Cancel"))


def _line(
    status: str, name: str, run: Active, below: list[Any], front: list[Any], cancel: Any
) -> html.Li:
    badge = html.Span(name, className="badge", **attributes(data_status=status))
    summary, details = _about(run.experiment, json.dumps(run.config)) if run.config else ("", "")
    first, *rest = [said for said in (run.title, summary, experiment_title(run), details) if said]
    words = [
        dcc.Link(first, href=f"/runs/{run.id}"),
        html.Span(" · ".join(rest), className="quiet") if rest else None,
        *below,
    ]
    actions = html.Div([*front, cancel], className="queue-actions")
    return html.Li([badge, html.Div(words, className="queue-words"), actions])


@lru_cache(maxsize=1000)
def _about(experiment: str, config: str) -> tuple[str, str]:
    """What sets a run apart; remembered, as the page asks every other second."""
    view = view_of_stored(experiment, json.loads(config))
    return view.summary, view.details


def _button(action: str, run_id: str, text: str) -> html.Button:
    return html.Button(
        text,
        type="button",
        className="button-link",
        **attributes(data_run_action=action, data_run_id=run_id),
    )
