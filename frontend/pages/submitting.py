"""Running what the form says; what was run already is offered before it is run once more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from backend.problems import Problem
from backend.runs import Run
from backend.services import Services
from frontend.callbacks import answers
from frontend.components.run_already import RUN_AGAIN, run_already
from frontend.components.schema_form import entered, groups_of
from frontend.pages.refusals import field_messages, unmarked
from frontend.pages.run_shown import started_run
from pruning.experiments.base import experiments

INPUTS = {"type": "field", "name": ALL, "holder": "input"}
FIELDS = {"type": "field", "name": ALL, "holder": ALL}
MARKS = {"type": "mark", "name": ALL}


def add_submit(app: Dash, services: Services) -> None:
    """Register what the button Run does."""

    @answers(
        app,
        Output("results", "children"),
        Output("url", "pathname"),
        Output("url", "search"),
        Output("url", "hash"),
        Output("shown", "data"),
        Output("form-alert", "children"),
        Output("groups", "value"),
        Output(INPUTS, "error"),
        Output(MARKS, "error"),
        Input("submit", "n_clicks"),
        Input({**RUN_AGAIN, "run": ALL}, "n_clicks"),
        State("experiment", "value"),
        State(FIELDS, "value"),
        State(FIELDS, "id"),
        State("groups", "value"),
        State(INPUTS, "error"),
        State(MARKS, "error"),
        running=[(Output("submit", "loading"), True, False)],
        prevent_initial_call=True,
    )
    async def submit(
        _: int | None,
        __: list[int | None],
        experiment: str,
        values: list[Any],
        ids: list[dict[str, str]],
        opened: list[str],
        *___: Any,
    ) -> tuple[Any, ...]:
        # Dash asks once when a button appears, whatever prevent_initial_call says, since some
        # of the outputs were on the page before it.
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            raise PreventUpdate
        try:
            config = entered(experiments[experiment].config, ids, values)
            return await asyncio.to_thread(
                _answer, services, experiment, config, ctx.triggered_id != "submit"
            )
        except Problem as problem:
            return _refused(experiment, problem, opened)


def _answer(
    services: Services, experiment: str, config: dict[str, Any], again: bool
) -> tuple[Any, ...]:
    """The page of a new run, or what is said of one that there is."""
    if again:
        return _started(services.runs.submit(experiment, config))
    run, is_new = services.runs.submit_new(experiment, config)
    if is_new:
        return _started(run)
    return *(no_update,) * 5, run_already(run), no_update, *_marks({})


def _started(run: Run) -> tuple[Any, ...]:
    path = f"/runs/{run.id}"
    # What the fragment said was a place of the run before.
    return started_run(run), path, "", "", path, None, no_update, *_marks({})


def _refused(experiment: str, problem: Problem, opened: list[str]) -> tuple[Any, ...]:
    messages = field_messages(problem)
    known = {output["id"]["name"] for outputs in _marked() for output in outputs}
    alert = unmarked(problem, known)
    unfolded = groups_of(experiments[experiment].config, list(messages))
    both = [*opened, *(name for name in unfolded if name not in opened)]
    return *(no_update,) * 5, alert, both, *_marks(messages)


def _marked() -> list[list[dict[str, Any]]]:
    """The outputs that mark fields as wrong, of each kind: what there is on the form."""
    kinds: list[list[dict[str, Any]]] = ctx.outputs_list[-2:]
    return kinds


def _marks(messages: Mapping[str, str]) -> tuple[list[Any], list[Any]]:
    """What each mark becomes; nothing where it is so already: Dash sets each by itself."""
    known: list[list[dict[str, Any]]] = ctx.states_list[-2:]
    before = {_key(state["id"]): state.get("value") for states in known for state in states}

    def mark(output: dict[str, Any]) -> Any:
        message = messages.get(output["id"]["name"])
        return no_update if message == before[_key(output["id"])] else message

    inputs, marks = ([mark(output) for output in outputs] for outputs in _marked())
    return inputs, marks


def _key(component: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(component.values()))
