"""The runs: a table of all, the queue, and the bin: `/runs`, `/runs?queue` and `/runs?bin`."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from backend.problems import Problem
from backend.run_list import Wanted
from backend.runs import Run
from backend.services import Services
from frontend.callbacks import answers, in_browser
from frontend.components.attributes import attributes
from frontend.components.exports import import_button
from frontend.components.problem import problem_alert
from frontend.components.run_address import tab_of, wanted_at
from frontend.components.run_details import RunDetails
from frontend.components.run_grid import GRID, PAGE, row_of, run_grid, script_address, wanted_of
from frontend.components.run_menu import run_menu
from frontend.components.run_queue import queues
from frontend.components.run_toolbar import toolbar

# While a run is active, and while none is: one may be started in another place.
_LOOK_AGAIN_MS = 2000
_QUIET_MS = 15_000
_TABS = {"": "All runs", "queue": "Queue", "bin": "Bin"}
_FILTERS = ("run-search", "run-status", "run-experiment", "run-starred")


async def listing(services: Services, search: str = "") -> html.Div:
    """The page: one of its tabs, narrowed as the address says."""
    tab = tab_of(search)
    content = await _queue(services) if tab == "queue" else _table(wanted_at(search))
    named = attributes(data_page_title=f"{_TABS[tab]} · Runs") if tab else {}
    return html.Div([_head(tab), *content], className="runs-page", **named)


def _head(tab: str) -> html.Div:
    links = [
        html.Span(
            dcc.Link(title, href=f"/runs?{name}" if name else "/runs"),
            **attributes(**({"aria_current": "page"} if name == tab else {})),
        )
        for name, title in _TABS.items()
    ]
    new = dcc.Link("New run", href="/", className="button-link")
    return html.Div(
        [
            html.H1("Runs"),
            html.Nav(links, className="tabs", **attributes(aria_label="Lists")),
            import_button(),
            new,
        ],
        className="page-head runs-head",
    )


def _table(wanted: Wanted) -> list[Any]:
    return [
        toolbar(wanted),
        html.Div(id="run-problem"),
        html.Div(id="run-place", className="run-place"),
        html.Div(_nothing(wanted.bin), id="run-none", className="nothing", hidden=True),
        html.Div(id="run-toast", className="toast", role="status", hidden=True),
        run_menu(),
        dcc.Store(id="run-bin", data=wanted.bin),
        dcc.Store(id="run-script", data={"src": script_address(), "grid": run_grid(wanted)}),
        dcc.Store(id="run-heard"),
        dcc.Store(id="run-asked"),
        dcc.Store(id="run-rows"),
        dcc.Interval(id="run-look-again", interval=_QUIET_MS),
    ]


def _nothing(binned: bool) -> list[Any]:
    if binned:
        return [html.P("The bin is empty."), html.P("Deleted runs come here.", className="quiet")]
    start: list[Any] = [
        "Start one on the ",
        dcc.Link("workbench", href="/"),
        "; it will be listed here.",
    ]
    return [html.P("No run yet."), html.P(start, className="quiet")]


async def _queue(services: Services) -> list[Any]:
    content, active = await _states(services)
    return [
        html.Div(content, id="queue-lines", className="queues"),
        html.Div(id="run-toast", className="toast", role="status", hidden=True),
        html.Button(id="queue-changed", hidden=True),
        dcc.Interval(id="queue-look-again", interval=_pause(active)),
    ]


async def _states(services: Services) -> tuple[Any, bool]:
    try:
        states = await asyncio.to_thread(services.queue_view.state)
    except Problem as problem:
        return problem_alert(problem), True
    return queues(states), any(state.running or state.waiting for state in states)


def add_callbacks(app: Dash, services: Services) -> None:
    """Rows for the table, and looking again while a run is active."""
    _add_rows(app, services)
    in_browser(app, "showGrid", Output("run-place", "children"), Input("run-script", "data"))
    heard = {"output": Output("run-heard", "data"), "prevent_initial_call": True}
    filters = [Input(name, "checked" if name == "run-starred" else "value") for name in _FILTERS]
    in_browser(app, "askRuns", heard["output"], *filters, prevent_initial_call=True)
    for name, event in (
        ("lookAgain", Input("run-look-again", "n_intervals")),
        ("takeRows", Input(GRID, "getRowsRequest")),
        ("runsChosen", Input(GRID, "selectedRows")),
        ("runEdited", Input(GRID, "cellValueChanged")),
    ):
        output = Output("run-heard", "data", allow_duplicate=True)
        in_browser(app, name, output, event, prevent_initial_call=True)
    asked = [Input("run-asked", "data"), *_filter_states()]
    output = Output("run-heard", "data", allow_duplicate=True)
    in_browser(app, "keepFilters", output, *asked, prevent_initial_call=True)

    @answers(
        app,
        Output("queue-lines", "children"),
        Output("queue-look-again", "interval"),
        Input("queue-look-again", "n_intervals"),
        Input("queue-changed", "n_clicks"),
        prevent_initial_call=True,
    )
    async def look(_: int | None, __: int | None) -> tuple[Any, int]:
        content, active = await _states(services)
        return content, _pause(active)


def _rows(services: Services, runs: list[Run]) -> list[dict[str, Any]]:
    """The rows of the table, with how far those are that are worked on."""
    details = RunDetails()
    is_any_running = any(run.status == "running" for run in runs)
    progress = services.queue_view.progress() if is_any_running else {}
    return [row_of(run, details.of(run), progress.get(run.id)) for run in runs]


def _pause(active: bool) -> int:
    """Milliseconds until the page is looked at again."""
    return _LOOK_AGAIN_MS if active else _QUIET_MS


def _filter_states() -> list[State]:
    return [State(name, "checked" if name == "run-starred" else "value") for name in _FILTERS]


def _add_rows(app: Dash, services: Services) -> None:
    narrowing = [*_filter_states(), State("run-bin", "data")]
    in_browser(
        app,
        "showRows",
        Output("run-count", "children"),
        Input("run-rows", "data"),
        prevent_initial_call=True,
    )

    @answers(
        app,
        Output("run-rows", "data"),
        Output("run-look-again", "interval"),
        Output("run-none", "hidden"),
        Output("run-problem", "children"),
        Input("run-asked", "data"),
        *narrowing,
        prevent_initial_call=True,
    )
    async def rows(
        request: dict[str, Any] | None,
        search: str | None,
        status: list[str] | None,
        experiment: str | None,
        starred: bool | None,
        binned: bool,
    ) -> tuple[Any, ...]:
        if request is None:
            raise PreventUpdate
        wanted = wanted_of(
            request,
            search=search,
            status=status,
            experiment=experiment,
            starred=bool(starred),
            binned=binned,
        )
        start = request.get("startRow") or 0
        # In this order: of a run that ends between the two, the page says that it has ended.
        active = await asyncio.to_thread(services.run_list.any_active)
        page = await asyncio.to_thread(services.run_list.page, wanted, PAGE, start)
        shown = await asyncio.to_thread(_rows, services, page.runs)
        is_narrowed = bool(request.get("filterModel") or search or status or experiment or starred)
        told = f"{page.total:,} run{'' if page.total == 1 else 's'}"
        response = {"rowData": shown, "rowCount": page.total}
        # The first rows decide: they may have been read before a run's end, those further down
        # after it.
        pause = no_update if start else _pause(active)
        answer = {"number": request["number"], "response": response, "told": told}
        return answer, pause, page.total > 0 or is_narrowed, None
