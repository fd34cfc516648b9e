"""A run on the page: what it is and how far, then everything that is drawn of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from backend.runs import Run
from frontend.components import figures
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.recipe_note import recipe_note, recipe_of_stored
from frontend.views.base import View, view_of_stored
from pruning.events import Result
from pruning.experiments.base import experiments


def run_panel(run: Run, result: Result, last_event_id: str) -> html.Section:
    """The run as it stands; the browser carries on from ``last_event_id``."""
    view = view_of_stored(run.experiment, run.config)
    return html.Section(
        [
            dcc.Store(id="run-data", data=_page_data(run, result, last_event_id, view)),
            _header(run, view),
            _failure(),
            html.Div(id="run-problem"),
            html.Ul(className="notes", **attributes(data_live="notes")),
            *figures.drawn(view, run.id),
        ],
        id="run",
        **attributes(data_run=run.id, data_status=run.status, aria_label="Run"),
    )


def experiment_title(run: Run) -> str:
    """What a run's experiment is called, even if it is not installed any more."""
    known = run.experiment in experiments.names()
    return experiments[run.experiment].title if known else run.experiment


def badge(status: str, name: str) -> html.Span:
    """A run's status as a word on its colour."""
    return html.Span(name, className="badge", **attributes(data_status=status))


def _page_data(run: Run, result: Result, last_event_id: str, view: View) -> dict[str, Any]:
    slider = view.scrubber
    return {
        "run": run.model_dump(mode="json"),
        "result": result.model_dump(mode="json"),
        "last_event_id": last_event_id,
        "title": f"{view.summary or experiment_title(run)} · PruneLab",
        "figures": figures.figures(view),
        "now": datetime.now(UTC).isoformat(),
        "places": slider.places if slider else [0.0],
        "positions": slider.positions if slider else [0.0],
        "labels": slider.labels if slider else [""],
        "start": slider.positions[slider.places.index(slider.start)] if slider else 0.0,
        "choices": view.choices,
    }


def _header(run: Run, view: View) -> html.Header:
    recipe = recipe_of_stored(run.experiment, run.config)
    status = html.Span(className="badge", role="status", **attributes(data_live="status"))
    title = html.Div(
        [
            html.H1(run.title or experiment_title(run)),
            status,
            html.Span(className="number", **attributes(data_live="elapsed")),
        ],
        className="run-title",
    )
    return html.Header(
        [
            title,
            html.Div(_actions(run), className="run-actions"),
            html.P(
                " · ".join(filter(None, (view.summary, view.details))), className="quiet summary"
            ),
            _progress(),
            recipe_note(recipe) if recipe else None,
        ],
        className="run-header",
        **attributes(data_testid="run-header"),
    )


def _actions(run: Run) -> list[Any]:
    return [
        dmc.Button(
            [
                html.Span("Cancel", className="not-cancelling"),
                html.Span("Cancelling…", className="cancelling"),
            ],
            id="cancel",
            variant="light",
            color="red",
            size="compact-sm",
            **attributes(data_action="cancel"),
        ),
        html.Button(
            [icon("link"), html.Span("Copy link", **attributes(data_says="Copied"))],
            type="button",
            className="button-link",
            **attributes(data_action="copy"),
        ),
        html.A(
            [icon("download"), "JSON"],
            href=f"/api/runs/{run.id}/export.json",
            className="button-link",
        ),
        html.A([icon("sliders"), "Settings"], href="#form", className="button-link to-form"),
    ]


def _progress() -> html.Div:
    bar = html.Div(
        html.Div(),
        className="bar",
        role="progressbar",
        **attributes(
            data_live="bar", aria_label="Progress", aria_valuemin="0", aria_valuemax="100"
        ),
    )
    return html.Div(
        [bar, html.P(className="message", **attributes(data_live="message"))], className="progress"
    )


def _failure() -> dmc.Alert:
    return dmc.Alert(
        html.Span(**attributes(data_live="error")),
        title="The run failed. What it had computed is kept below.",
        color="red",
        variant="light",
        className="failure",
    )
