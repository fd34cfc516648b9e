"""The workbench: a form on the left, a run on the right. `/` and `/runs/ID` are the same page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from backend.problems import Problem
from backend.services import Services
from frontend.callbacks import answers, in_browser
from frontend.components.empty import empty_panel
from frontend.components.form_card import form_card, form_fields
from frontend.components.problem import problem_alert
from frontend.pages.asked_values import KeptForm, asked, known, values_of, wrong_with
from frontend.pages.estimating import add_estimate
from frontend.pages.refusals import field_messages, unmarked
from frontend.pages.run_shown import BEGINNING, shown_run
from frontend.pages.submitting import FIELDS, INPUTS, MARKS, add_submit
from pruning.events import Result
from pruning.experiments.base import experiments

_SETTINGS = {"type": "setting", "name": ALL, "owner": ALL}


async def new(services: Services, search: str = "", kept: KeptForm | None = None) -> html.Div:
    """The page before any run.

    ``?recipe=NAME`` fills the form in, ``?run=ID`` does with a run's configuration, and so does
    ``?experiment=NAME``; settings behind any of them, such as ``&dataset=NAME``, go before. What
    they are worth is said when they are run. What was typed before this page was left stands
    before all that.
    """
    draft = known(kept)
    experiment, values = draft or await asked(services, search)
    shown = await _empty(services, experiment, values)
    return _page(experiment, values, shown, is_draft=draft is not None)


async def _empty(services: Services, experiment: str, values: Mapping[str, Any]) -> html.Div:
    latest = await asyncio.to_thread(services.runs.page, 3)
    return empty_panel(experiment, values, latest)


async def of_run(services: Services, run_id: str, kept: KeptForm | None = None) -> html.Div:
    """The page of one run, its configuration in the form, or what has been made of that."""
    run = await asyncio.to_thread(services.runs.get, run_id)
    result, last_event_id = await asyncio.to_thread(_so_far, services, run_id)
    masks = await asyncio.to_thread(services.hand_masks.of, run_id)
    draft = known(kept)
    experiment, values = draft or (run.experiment, values_of(run))
    shown = shown_run(run, result, last_event_id, masks)
    return _page(experiment, values, shown, is_draft=draft is not None)


def _so_far(services: Services, run_id: str) -> tuple[Result, str]:
    """What a run has said; nothing while Redis is gone, whose return the live stream waits for."""
    try:
        return services.runs.result(run_id)
    except Problem as problem:
        if problem.status != 503:
            raise
        return Result(), BEGINNING


def _page(experiment: str, values: Mapping[str, Any], results: Any, *, is_draft: bool) -> html.Div:
    if experiment not in experiments.names():
        experiment, values = experiments.names()[0], {}
    problem = wrong_with(experiment, values) if is_draft else None
    marks = field_messages(problem) if problem else {}
    alert = unmarked(problem, set(values)) if problem else None
    return html.Div(
        [
            html.A("Skip to the results", href="#results", className="skip"),
            html.Aside(form_card(experiment, values, marks, alert), className="side"),
            html.Div(results, id="results", className="results", tabIndex=-1),
        ],
        className="workbench",
    )


def add_callbacks(app: Dash, services: Services) -> None:
    """Running, choosing an experiment, cancelling; the rest happens in the browser."""
    add_submit(app, services)
    add_estimate(app, services)
    _add_choose(app, services)
    _add_cancel(app, services)
    field = {"type": "field", "name": MATCH}
    in_browser(
        app,
        "explain",
        Output({"type": "meaning", "name": MATCH}, "children"),
        Input({**field, "holder": "choice"}, "value"),
        State({"type": "meanings", "name": MATCH}, "data"),
        prevent_initial_call=True,
    )
    in_browser(
        app,
        "unmark",
        Output({**field, "holder": "input"}, "error", allow_duplicate=True),
        Input({**field, "holder": "input"}, "value"),
        prevent_initial_call=True,
    )
    in_browser(
        app, "reveal", Output("revealed", "data"), Input(INPUTS, "error"), Input(MARKS, "error")
    )
    in_browser(
        app,
        "keepForm",
        Output("form-kept", "data"),
        Input(FIELDS, "value"),
        State(FIELDS, "id"),
        State("shown", "data"),
    )
    in_browser(
        app,
        "showSettings",
        Output(_SETTINGS, "hidden"),
        Input({**FIELDS, "name": "criteria"}, "value"),
        State(_SETTINGS, "id"),
        prevent_initial_call=True,
    )
    in_browser(app, "open", Output("opened", "data"), Input("sheet-data", "data"))


def _add_choose(app: Dash, services: Services) -> None:
    @answers(
        app,
        Output("fields", "children"),
        Output("experiment-description", "children"),
        Output("form-alert", "children", allow_duplicate=True),
        Output("results", "children", allow_duplicate=True),
        Input("experiment", "value"),
        State("url", "pathname"),
        prevent_initial_call=True,
    )
    async def choose(experiment: str, path: str) -> tuple[Any, ...]:
        study = experiments[experiment]
        # A run that is shown stays: its form is being made into that of the next one.
        empty = await _empty(services, experiment, {}) if path == "/" else no_update
        return form_fields(study.config, {}, {}), study.description, None, empty


def _add_cancel(app: Dash, services: Services) -> None:
    @answers(
        app,
        Output("run-problem", "children"),
        Input("cancel", "n_clicks"),
        State("run-id", "data"),
        prevent_initial_call=True,
    )
    async def cancel(clicks: int | None, run_id: str) -> Any:
        if not clicks:
            raise PreventUpdate
        try:
            await asyncio.to_thread(services.runs.cancel, run_id)
        except Problem as problem:
            return problem_alert(problem)
        return None


def stores() -> list[dcc.Store]:
    """What the callbacks of this page keep in the browser."""
    return [dcc.Store(id=name) for name in ("opened", "revealed", "form-kept", "estimate-asked")]
