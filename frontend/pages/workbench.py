"""The workbench: a form on the left, a run on the right. `/` and `/runs/ID` are the same page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Set
from typing import Any, TypedDict
from urllib.parse import parse_qsl

import dash_mantine_components as dmc
from dash import ALL, MATCH, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from backend.problems import FieldError, Problem
from backend.runs import Run
from backend.services import Services
from frontend.callbacks import answers, in_browser
from frontend.components import figures
from frontend.components.attributes import attributes
from frontend.components.empty import empty_panel
from frontend.components.icons import icon
from frontend.components.problem import problem_alert
from frontend.components.run_bin import bin_note
from frontend.components.run_panel import run_panel
from frontend.components.schema_form import entered, groups_of, schema_form
from frontend.documents.markup import to_html
from frontend.schemas import field_names, flat
from frontend.sheets.base import Sheet, run_sheet
from pruning.events import Result
from pruning.experiments.base import experiments
from pruning.recipes.base import recipes
from pruning.registry import UnknownNameError

_INPUTS = {"type": "field", "name": ALL, "holder": "input"}
_FIELDS = {"type": "field", "name": ALL, "holder": ALL}
_MARKS = {"type": "mark", "name": ALL}
_SETTINGS = {"type": "setting", "name": ALL, "owner": ALL}
_BEGINNING = "0"


class KeptForm(TypedDict):
    """What ``assets/pages/form.js`` has kept of a form: the values of its controls."""

    experiment: str
    values: dict[str, Any]


async def new(services: Services, search: str = "", kept: KeptForm | None = None) -> html.Div:
    """The page before any run.

    ``?recipe=NAME`` fills the form in, ``?run=ID`` does with a run's configuration, and so does
    ``?experiment=NAME`` with settings behind it, such as ``&dataset=NAME``; what they are worth is
    said when they are run. What was typed before this page was left stands before all that.
    """
    experiment, values = _known(kept) or await _asked(services, search)
    return _page(experiment, values, await _empty(services, experiment, values))


async def _empty(services: Services, experiment: str, values: Mapping[str, Any]) -> html.Div:
    latest = await asyncio.to_thread(services.runs.page, 3)
    return empty_panel(experiment, values, latest)


def _known(kept: KeptForm | None) -> tuple[str, dict[str, Any]] | None:
    """What was kept of a form, as far as there are such fields still."""
    if kept is None or kept["experiment"] not in experiments.names():
        return None
    fields = field_names(experiments[kept["experiment"]].config)
    values = {name: value for name, value in kept["values"].items() if name in fields}
    return kept["experiment"], values


async def _asked(services: Services, search: str) -> tuple[str, dict[str, Any]]:
    """The experiment and the values that an address asks for; the first where it asks nothing."""
    asked = dict(parse_qsl(search.removeprefix("?")))
    if "run" in asked:
        run = await asyncio.to_thread(services.runs.get, asked["run"])
        return run.experiment, _values_of(run)
    try:
        if "recipe" in asked:
            found = recipes[asked["recipe"]]
            return found.experiment, flat(found.checked_config().model_dump(mode="json"))
        study = experiments[asked.get("experiment", experiments.names()[0])]
        fields = field_names(study.config)
        return study.name, {k: v for k, v in asked.items() if k in fields}
    except UnknownNameError as error:
        raise Problem(404, "Not found", f"There is no such address: {error}.") from None


def _values_of(run: Run) -> dict[str, Any]:
    """What a run was made with, as the form shows it."""
    if run.experiment not in experiments.names():
        return flat(run.config)
    return flat(experiments[run.experiment].config.of_older(run.config))


async def of_run(services: Services, run_id: str, kept: KeptForm | None = None) -> html.Div:
    """The page of one run, its configuration in the form, or what has been made of that."""
    run = await asyncio.to_thread(services.runs.get, run_id)
    result, last_event_id = await asyncio.to_thread(_so_far, services, run_id)
    masks = await asyncio.to_thread(services.hand_masks.of, run_id)
    shown = [bin_note(run), _panel(run, run_sheet(run, result, last_event_id, masks))]
    return _page(*(_known(kept) or (run.experiment, _values_of(run))), shown)


def _so_far(services: Services, run_id: str) -> tuple[Result, str]:
    """What a run has said; nothing while Redis is gone, whose return the live stream waits for."""
    try:
        return services.runs.result(run_id)
    except Problem as problem:
        if problem.status != 503:
            raise
        return Result(), _BEGINNING


def _panel(run: Run, sheet: Sheet) -> html.Section:
    return run_panel(run, sheet, to_html(figures.drawn(sheet.stages["run"].view)))


def _page(experiment: str, values: Mapping[str, Any], results: Any) -> html.Div:
    return html.Div(
        [
            html.Aside(_form(experiment, values), className="side"),
            html.Div(results, id="results", className="results"),
        ],
        className="workbench",
    )


def _form(experiment: str, values: Mapping[str, Any]) -> html.Div:
    if experiment not in experiments.names():
        experiment, values = experiments.names()[0], {}
    study = experiments[experiment]
    return html.Div(
        [
            html.Div(_experiment_choice(experiment), className="form-head"),
            html.P(study.description, id="experiment-description", className="quiet"),
            html.Div(schema_form(study.config, values), id="fields"),
            html.Div(
                [
                    html.Div(id="form-alert"),
                    dmc.Button(
                        "Run",
                        id="submit",
                        fullWidth=True,
                        size="md",
                        leftSection=icon("play"),
                        **attributes(data_testid="run"),
                    ),
                ],
                className="form-foot",
            ),
        ],
        id="form",
        className="card form",
    )


def _experiment_choice(experiment: str) -> Any:
    """The experiments to choose from, that of the form among them; a heading of but one."""
    choices = [each for each in experiments if each.offered or each.name == experiment]
    several = len(choices) > 1
    select = dmc.Select(
        id="experiment",
        label="Experiment",
        data=[{"value": each.name, "label": each.title} for each in choices],
        value=experiment,
        allowDeselect=False,
        display=None if several else "none",
    )
    return [select] if several else [html.H2(experiments[experiment].title), select]


def add_callbacks(app: Dash, services: Services) -> None:
    """Running, choosing an experiment, cancelling; the rest happens in the browser."""
    _add_submit(app, services)
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
        app, "reveal", Output("revealed", "data"), Input(_INPUTS, "error"), Input(_MARKS, "error")
    )
    in_browser(
        app,
        "keepForm",
        Output("form-kept", "data"),
        Input(_FIELDS, "value"),
        State(_FIELDS, "id"),
        State("shown", "data"),
    )
    in_browser(
        app,
        "showSettings",
        Output(_SETTINGS, "hidden"),
        Input({**_FIELDS, "name": "criteria"}, "value"),
        State(_SETTINGS, "id"),
        prevent_initial_call=True,
    )
    in_browser(app, "open", Output("opened", "data"), Input("sheet-data", "data"))


def _add_submit(app: Dash, services: Services) -> None:
    @answers(
        app,
        Output("results", "children"),
        Output("url", "pathname"),
        Output("url", "search"),
        Output("url", "hash"),
        Output("shown", "data"),
        Output("form-alert", "children"),
        Output("groups", "value"),
        Output(_INPUTS, "error"),
        Output(_MARKS, "error"),
        Input("submit", "n_clicks"),
        State("experiment", "value"),
        State(_FIELDS, "value"),
        State(_FIELDS, "id"),
        State("groups", "value"),
        running=[(Output("submit", "loading"), True, False)],
        prevent_initial_call=True,
    )
    async def submit(
        clicks: int | None,
        experiment: str,
        values: list[Any],
        ids: list[dict[str, str]],
        opened: list[str],
    ) -> tuple[Any, ...]:
        # Dash asks once when the button appears, whatever prevent_initial_call says, since some
        # of the outputs were on the page before it.
        if not clicks:
            raise PreventUpdate
        try:
            config = entered(experiments[experiment].config, ids, values)
            run = await asyncio.to_thread(services.runs.submit, experiment, config)
        except Problem as problem:
            return _refused(experiment, problem, opened)
        return _started(run)


def _started(run: Run) -> tuple[Any, ...]:
    path = f"/runs/{run.id}"
    panel = _panel(run, run_sheet(run, Result(), _BEGINNING))
    # What the fragment said was a place of the run before.
    return panel, path, "", "", path, None, no_update, *_marks({})


def _marked() -> list[list[dict[str, Any]]]:
    """The outputs that mark fields as wrong, of each kind: what there is on the form."""
    kinds: list[list[dict[str, Any]]] = ctx.outputs_list[-2:]
    return kinds


def _refused(experiment: str, problem: Problem, opened: list[str]) -> tuple[Any, ...]:
    messages = field_messages(problem)
    known = {output["id"]["name"] for outputs in _marked() for output in outputs}
    alert = unmarked(problem, known)
    unfolded = groups_of(experiments[experiment].config, list(messages))
    both = [*opened, *(name for name in unfolded if name not in opened)]
    return *(no_update,) * 5, alert, both, *_marks(messages)


def unmarked(problem: Problem, known: Set[str]) -> dmc.Alert | None:
    """What is wrong with no field on the form, which no mark can say."""
    if problem.errors and set(field_messages(problem)) <= known:
        rest = [error.message for error in problem.errors if not _field_of(error)]
        if not rest:
            return None
        text = ". ".join(f"{message[0].upper()}{message[1:]}" for message in rest)
        problem = Problem(problem.status, "This cannot be run", f"{text}.")
    return problem_alert(problem)


def field_messages(problem: Problem) -> dict[str, str]:
    """What is wrong with each field of the configuration, by its name."""
    messages: dict[str, str] = {}
    for error in problem.errors:
        if field := _field_of(error):
            messages.setdefault(field, error.message)
    return messages


def _field_of(error: FieldError) -> str:
    """The field of the configuration that an error is about; none for what several cause."""
    prefix, _, rest = error.field.partition(".")
    # A message about one of a list is about the list.
    return re.sub(r"(\.\d+)+$", "", rest) if prefix == "config" else ""


def _marks(messages: Mapping[str, str]) -> tuple[list[str | None], list[str | None]]:
    inputs, marks = (
        [messages.get(output["id"]["name"]) for output in outputs] for outputs in _marked()
    )
    return inputs, marks


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
        return schema_form(study.config, {}), study.description, None, empty


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
    return [dcc.Store(id=name) for name in ("opened", "revealed", "form-kept")]
