"""The list of runs."""

from __future__ import annotations

import asyncio
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html

from backend.problems import Problem
from backend.services import Services
from frontend.callbacks import answers
from frontend.components.problem import problem_alert
from frontend.components.run_list import run_list

_PAGE = 50
_LOOK_AGAIN_MS = 1500


async def listing(services: Services) -> html.Div:
    """The page; its list looks again for itself while a run is active."""
    lines, active, more = await _lines(services, _PAGE)
    return html.Div(
        [
            html.Div(
                [html.H1("Runs"), dcc.Link("New run", href="/", className="button-link")],
                className="page-head",
            ),
            html.Div(lines, id="run-lines"),
            dmc.Button("Show older runs", id="older", variant="subtle", display=more),
            dcc.Interval(id="look-again", interval=_LOOK_AGAIN_MS, disabled=not active),
        ],
        className="narrow",
    )


async def _lines(services: Services, limit: int) -> tuple[Any, bool, str]:
    try:
        runs = await asyncio.to_thread(services.runs.page, limit)
    except Problem as problem:
        return problem_alert(problem), True, "none"
    if not runs:
        return _nothing(), False, "none"
    active = any(not run.ended for run in runs)
    return run_list(runs), active, "block" if len(runs) == limit else "none"


def _nothing() -> html.Div:
    return html.Div(
        [
            html.P("No run yet."),
            html.P(
                ["Start one on the ", dcc.Link("workbench", href="/"), "; it will be listed here."],
                className="quiet",
            ),
        ],
        className="nothing",
    )


def add_callbacks(app: Dash, services: Services) -> None:
    """Looking again, and looking further back."""

    @answers(
        app,
        Output("run-lines", "children"),
        Output("look-again", "disabled"),
        Output("older", "display"),
        Input("look-again", "n_intervals"),
        Input("older", "n_clicks"),
        prevent_initial_call=True,
    )
    async def look(_: int | None, clicks: int | None) -> tuple[Any, bool, str]:
        lines, active, more = await _lines(services, _PAGE * (1 + (clicks or 0)))
        return lines, not active, more
