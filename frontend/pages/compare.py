"""The comparison of several runs: which they are, and what is drawn of them together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from backend.dashboards import By
from backend.problems import Problem
from backend.runs import Run
from backend.services import Services
from frontend.callbacks import answers
from frontend.comparing import Comparison
from frontend.comparing.address import Asked, asked_of
from frontend.comparing.candidates import candidates, described, offered
from frontend.comparing.runs import MOST_RUNS, names_of
from frontend.components.attributes import attributes
from frontend.components.problem import problem_alert
from frontend.components.run_list import STATUS
from frontend.components.run_panel import badge
from frontend.components.sheet_actions import sheet_actions
from frontend.components.stages import sheet_store, stage_panel
from frontend.sheets.base import ComparisonSource
from frontend.sheets.comparison import STAGE, sheet_of_runs, still_there


async def page(services: Services, search: str = "") -> html.Div:
    """The page of ``/compare?runs=ID,ID&by=variant``: of those runs that (still) exist."""
    return await asyncio.to_thread(_page, services, asked_of(search))


def _page(services: Services, asked: Asked) -> html.Div:
    there = still_there(services, asked.runs)
    runs = list(there.values())
    names = names_of(runs) if len(runs) > 1 else [described(run) for run in runs]
    comparison, drawn = _drawn(services, runs, asked)
    chips = _chips(asked, there, dict(zip(there, names, strict=True)))
    return html.Div(
        [
            _head(asked, list(there), comparison),
            html.Div([chips, _adding(runs)], className="card compare-runs"),
            _left_out(len(asked.runs) - len(runs)),
            *drawn,
        ],
        className="compare results",
    )


def _head(asked: Asked, run_ids: list[str], comparison: Comparison | None) -> html.Div:
    """The title; once there is something to see, what colours stand for and how to share it."""
    if comparison is None:
        return html.Div(html.H1("Compare"), className="page-head")
    source = ComparisonSource(runs=run_ids, by=comparison.by)
    actions = [_switch(asked, comparison), *sheet_actions(source)]
    return html.Div(
        [html.H1("Compare"), html.Div(actions, className="compare-actions")], className="page-head"
    )


def _left_out(count: int) -> html.P | None:
    if not count:
        return None
    which = "One run does" if count == 1 else f"{count} runs do"
    words = f"{which} not exist (any more) and {'is' if count == 1 else 'are'} left out."
    return html.P(words, className="quiet", role="status", **attributes(data_testid="left-out"))


def _drawn(
    services: Services, runs: Sequence[Run], asked: Asked
) -> tuple[Comparison | None, list[Any]]:
    """The comparison, and everything that is drawn."""
    try:
        sheet, comparison = sheet_of_runs(services, runs, asked.by, whole=False)
    except Problem as problem:
        if problem.status != 422:
            raise
        said = _second() if len(runs) < 2 else problem_alert(problem)
        return None, [said]
    drawn = [sheet_store(sheet, light=True), stage_panel(sheet.stages[STAGE])]
    return comparison, drawn


def _second() -> html.Div:
    return html.Div(
        [
            html.P(
                [
                    "Choose at least two runs: add them above, or mark them in the list of ",
                    dcc.Link("Runs", href="/runs"),
                    " and press Compare.",
                ]
            ),
            html.P(
                "They are drawn over each other in the same axes, with what differs in their "
                "settings; boundaries stand side by side.",
                className="quiet",
            ),
        ],
        className="nothing",
        **attributes(data_testid="compare-empty"),
    )


def _chips(asked: Asked, there: Mapping[str, Run], names: Mapping[str, str]) -> html.Ul:
    chips = [
        _chip(there[run_id], names[run_id], asked) if run_id in there else _gone(run_id, asked)
        for run_id in asked.runs
    ]
    return html.Ul(chips, className="compare-chips")


def _chip(run: Run, name: str, asked: Asked) -> html.Li:
    """A run that is compared, and the way to take it out."""
    link = dcc.Link(name, href=f"/runs/{run.id}", className="compare-name", title=name)
    binned = html.Span("In the bin", className="quiet") if run.deleted_at else None
    parts = [badge(run.status, STATUS[run.status]), link, binned, _out(run.id, name, asked)]
    return html.Li(parts, **attributes(data_run=run.id))


def _gone(run_id: str, asked: Asked) -> html.Li:
    """What is left of a run that does not exist: the way to take it out."""
    words = f"No run ‘{run_id}’ (any more)"
    name = html.Span(words, className="compare-name quiet", title=words)
    return html.Li([name, _out(run_id, run_id, asked)], className="compare-gone")


def _out(run_id: str, name: str, asked: Asked) -> dcc.Link:
    cross = html.Span("×", **attributes(aria_hidden="true"))
    words = html.Span(f"Take {name} out", className="unseen")
    return dcc.Link([cross, words], href=asked.without(run_id).href, className="compare-out")


def _adding(runs: Sequence[Run]) -> dmc.Select:
    full = len(runs) >= MOST_RUNS
    return dmc.Select(
        id="compare-add",
        data=[],
        searchable=True,
        # What the server has found is shown, whatever words it was found by.
        filter={"function": "all"},
        placeholder=f"{MOST_RUNS} runs at most" if full else "Add a run…",
        disabled=full,
        nothingFoundMessage="No other run has axes in common with these.",
        className="compare-add",
        **attributes(aria_label="Add a run"),
    )


def _switch(asked: Asked, comparison: Comparison) -> html.Nav:
    """What colours stand for: a link for each."""
    titles: dict[By, str] = {
        "variant": comparison.kind.capitalize(),
        "dataset": "Dataset",
        "run": "Run",
    }
    links = [
        html.Span(title, className="chosen", **attributes(aria_current="true"))
        if each == comparison.by
        else dcc.Link(title, href=asked.told_by(each).href)
        for each, title in titles.items()
    ]
    return html.Nav(
        [html.Span("Colours stand for", className="quiet"), *links],
        className="compare-by",
        **attributes(aria_label="Colours stand for"),
    )


def add_callbacks(app: Dash, services: Services) -> None:
    """Looking for runs to add, and adding one."""

    @answers(
        app,
        Output("compare-add", "data"),
        Input("compare-add", "searchValue"),
        State("compare-add", "data"),
        State("url", "search"),
    )
    async def look(
        words: str | None, there: list[dict[str, str]], search: str | None
    ) -> list[dict[str, str]]:
        # Choosing a run writes its label as if it was searched for: without it in the list, the
        # choice would be undone before it is heard.
        if any(option["label"] == words for option in there):
            raise PreventUpdate
        return await asyncio.to_thread(_offered, services, asked_of(search or ""), words or "")

    @answers(
        app,
        Output("url", "search", allow_duplicate=True),
        Input("compare-add", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    async def add(run_id: str | None, search: str | None) -> str:
        if not run_id:
            raise PreventUpdate
        return asked_of(search or "").with_run(run_id).search


def _offered(services: Services, asked: Asked, words: str) -> list[dict[str, str]]:
    """The runs that can be added, as options of a list."""
    runs = list(still_there(services, asked.runs).values())
    found = candidates(services, runs, words)
    pairs = zip(found, offered(runs, found), strict=True)
    return [{"value": run.id, "label": label} for run, label in pairs]
