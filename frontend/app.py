"""The ASGI application: the API with the pages on top."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State
from dash.backends._fastapi import reset_current_request, set_current_request
from dash.exceptions import DependencyException
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from backend.app import create_api
from backend.problems import Problem, not_found
from backend.services import Services
from frontend.callbacks import answers, in_browser
from frontend.components.problem import problem_alert
from frontend.index import INDEX, RENDERER
from frontend.pages import access, compare, dashboards, datasets, recipes, runs, shares, workbench
from frontend.pages.missing import missing
from frontend.pages.workbench import KeptForm
from frontend.routes import ROUTERS, shared
from frontend.shell import shell


def create_app() -> FastAPI:
    """What the ASGI server runs."""
    api = create_api(more=ROUTERS)
    api.include_router(shared.router)
    add_pages(api, api.state.services)
    return api


def add_pages(api: FastAPI, services: Services) -> Dash:
    """Put the pages at every address that the API leaves free."""
    app = Dash(
        "frontend",
        server=api,  # type: ignore[arg-type]
        title="PruneLab",
        update_title="",
        index_string=INDEX,
        use_pages=False,
        serve_locally=True,
        # What is not for this page, or comes by itself: all scripts of ours are modules.
        assets_ignore=r"^(?!gifenc).*\.js$|^(standalone|login)\.css$|^gridstack\.",
        suppress_callback_exceptions=True,
        add_log_handler=False,
    )
    app.renderer = RENDERER
    app.layout = shell(needs_login=services.access.is_on)
    _add_routing(app, services)
    workbench.add_callbacks(app, services)
    runs.add_callbacks(app, services)
    recipes.add_callbacks(app, services)
    datasets.add_callbacks(app, services)
    shares.add_callbacks(app, services)
    compare.add_callbacks(app, services)
    dashboards.add_callbacks(app, services)
    # Dash would do this at the first request for "/" or for one of its own addresses; the first
    # one after a restart may well be for "/runs/ID".
    app._setup_server()  # type: ignore[no-untyped-call]
    _add_index(api, app, services)
    api.add_exception_handler(DependencyException, _no_such_file)
    return app


async def _no_such_file(request: Request, _: Exception) -> Response:
    """What Dash says of a file that no package has, said as an answer."""
    return not_found(f"file {request.url.path!r}").response()


def _add_routing(app: Dash, services: Services) -> None:
    in_browser(
        app,
        "route",
        Output("route", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
        State("shown", "data"),
    )

    @answers(
        app,
        Output("page", "children"),
        Output("shown", "data", allow_duplicate=True),
        Input("route", "data"),
        prevent_initial_call=True,
    )
    async def show(route: dict[str, Any]) -> tuple[Any, str]:
        path, search = route["path"], route["search"] or ""
        return await page_at(path, services, search, route.get("form")), path + search


async def page_at(
    path: str, services: Services, search: str = "", kept: KeptForm | None = None
) -> Any:
    """The page at ``path``.

    Parameters
    ----------
    search
        What follows the question mark, with it.
    kept
        What was in the form when this tab showed the page before.
    """
    try:
        match path.strip("/").split("/"):
            case [""]:
                return await workbench.new(services, search, kept)
            case ["compare"]:
                return await compare.page(services, search)
            case ["dashboards"]:
                return await dashboards.listing(services)
            case ["dashboards", dashboard_id]:
                return await dashboards.of_dashboard(services, dashboard_id)
            case ["datasets"]:
                return await datasets.listing(services)
            case ["recipes"]:
                return await recipes.listing(services)
            case ["runs"]:
                return await runs.listing(services, search)
            case ["shares"]:
                return await shares.listing(services)
            case ["access"]:
                return await access.page(services)
            case ["runs", run_id]:
                return await workbench.of_run(services, run_id, kept)
    except Problem as problem:
        return missing(problem.detail) if problem.status == 404 else problem_alert(problem)
    return missing(f"No page has the address {path}.")


def _add_index(api: FastAPI, app: Dash, services: Services) -> None:
    """Answer every other address with the page that Dash fills, and with an honest status."""

    @api.get("/{path:path}", include_in_schema=False)
    async def index(path: str, request: Request) -> HTMLResponse:
        status = await _status(path, services)
        # Dash looks the request up while it writes the page, as for its own addresses.
        token = set_current_request(request)  # type: ignore[no-untyped-call]
        try:
            return HTMLResponse(app.index(), status)  # type: ignore[no-untyped-call]
        finally:
            reset_current_request(token)  # type: ignore[no-untyped-call]


# The pages that are always there.
_PAGES = {"", "access", "compare", "dashboards", "datasets", "recipes", "runs", "shares"}


async def _status(path: str, services: Services) -> int:
    match path.strip("/").split("/"):
        case [name] if name in _PAGES:
            return 200
        case ["runs", run_id]:
            return await _found(services.runs.get, run_id)
        case ["dashboards", dashboard_id]:
            return await _found(services.dashboards.get, dashboard_id)
    return 404


async def _found(get: Callable[[str], Any], name: str) -> int:
    try:
        await asyncio.to_thread(get, name)
    except Problem as problem:
        return problem.status
    return 200
