"""A run on the page: what it is and how far, then everything that is drawn of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from backend.runs import Run
from frontend.comparing.address import comparison_href
from frontend.components.apply_panel import apply_panel
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.operating_point import operating_points
from frontend.components.recipe_note import recipe_note, recipe_of_stored
from frontend.components.run_bin import bin_note
from frontend.components.run_menu import run_menu
from frontend.components.sheet_actions import sheet_actions
from frontend.components.tour_offer import run_tour_offer
from frontend.naming import experiment_title, untitled
from frontend.sheets.base import RunSource, Sheet
from frontend.sheets.staging import sheet_page, to_json


def run_panel(
    run: Run, sheet: Sheet, body: str, settings: Mapping[str, Any] | None
) -> html.Section:
    """The run as it stands, which the browser carries on from.

    What is drawn of it, ``body``, goes with the data as HTML: Dash would take each of its hundreds
    of elements for one that a callback may change. ``settings`` is what its form shows, None for
    what the form on the page shows.
    """
    said = {"data_run": run.id, "data_status": run.status, "data_stage": "run"}
    return html.Section(
        [
            dcc.Store(id="sheet-data", data=_page(run, sheet, body, settings)),
            dcc.Store(id="run-id", data=run.id),
            bin_note(run),
            _header(run, sheet),
            _ending("failed"),
            _ending("cancelled"),
            html.Div(id="run-problem"),
            html.Ul(className="notes", **attributes(data_live="notes")),
            html.Div(id="drawn"),
            # Last, since it comes when the run is done: nothing that is looked at moves.
            apply_panel(run),
            html.Div(id="run-toast", className="toast", role="status", hidden=True),
            run_menu(),
            operating_points(run),
        ],
        id="run",
        **attributes(aria_label="Run", **said),
    )


def _page(run: Run, sheet: Sheet, body: str, settings: Mapping[str, Any] | None) -> str:
    view = sheet.stages["run"].view
    title = f"{run.title or view.summary or experiment_title(run)} · PruneLab"
    form = {"experiment": run.experiment, "values": settings}
    return to_json(sheet_page(sheet) | {"title": title, "body": body, "form": form})


def badge(status: str, name: str) -> html.Span:
    """A run's status as a word on its colour."""
    return html.Span(name, className="badge", **attributes(data_status=status))


def _header(run: Run, sheet: Sheet) -> html.Header:
    recipe = recipe_of_stored(run.experiment, run.config)
    status = html.Span(className="badge", role="status", **attributes(data_live="status"))
    title = html.Div(
        [
            _star(),
            html.H1(sheet.title, **attributes(data_live="title", data_untitled=untitled(run))),
            status,
            html.Span(className="number", **attributes(data_live="elapsed")),
            _cancel(),
        ],
        className="run-title",
    )
    return html.Header(
        [
            title,
            html.P(sheet.summary, className="quiet summary"),
            html.Ul(className="run-tags", hidden=True, **attributes(data_live="tags")),
            html.Div(_actions(run), className="run-actions"),
            _progress(),
            recipe_note(recipe) if recipe else None,
            run_tour_offer(),
        ],
        className="run-header",
        **attributes(data_testid="run-header"),
    )


def _cancel() -> dmc.Button:
    return dmc.Button(
        [
            html.Span("Cancel", className="not-cancelling"),
            html.Span("Cancelling…", className="cancelling"),
        ],
        id="cancel",
        variant="light",
        color="red",
        size="compact-sm",
        **attributes(data_action="cancel"),
    )


def _actions(run: Run) -> list[Any]:
    return [
        html.Button(
            [icon("link"), html.Span("Copy link", **attributes(data_says="Copied"))],
            type="button",
            className="button-link",
            **attributes(data_action="copy"),
        ),
        dcc.Link(
            [icon("compare"), "Compare with…"],
            href=comparison_href([run.id]),
            className="button-link",
        ),
        *sheet_actions(RunSource(run=run.id)),
        html.Button(
            "More…",
            type="button",
            className="button-link",
            **attributes(data_run_action="menu", aria_haspopup="menu"),
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
    words = [
        html.Span(className="message", **attributes(data_live="message")),
        html.Span(**attributes(data_live="left", data_testid="time-left")),
    ]
    return html.Div([bar, html.P(words, className="progress-words")], className="progress")


def _star() -> html.Button:
    return html.Button(
        type="button",
        className="star",
        **attributes(data_run_action="star", data_live="star", aria_label="Star this run"),
    )


def _ending(status: str) -> dmc.Alert:
    """Why a run has not come to its end, what there is of it all the same, and the way on."""
    again = html.Button(
        "Run again", type="button", className="button-link", **attributes(data_run_action="repeat")
    )
    why = html.P(**attributes(data_live="error")) if status == "failed" else None
    said = html.Div([why, html.P(**attributes(data_left=""))])
    return dmc.Alert(
        html.Div([said, again], className="bin-note"),
        title=f"The run {'failed' if status == 'failed' else 'was cancelled'}.",
        color="red" if status == "failed" else "orange",
        variant="light",
        className=f"ending ending-{status}",
    )
