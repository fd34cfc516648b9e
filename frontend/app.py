"""The ASGI application: the API with the pages on top."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State
from dash.backends._fastapi import reset_current_request, set_current_request
from dash.exceptions import DependencyException
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from backend.app import create_api
from backend.problems import not_found
from backend.services import Services
from frontend import docs
from frontend.api import ROUTERS
from frontend.callbacks import answers, in_browser
from frontend.index import INDEX, RENDERER, policy
from frontend.pages import compare, dashboards, datasets, glossary, recipes, runs, shares, workbench
from frontend.routes import page_at, status_of
from frontend.shell import shell


def create_app() -> FastAPI:
    """What the ASGI server runs."""
    api = create_api(more=ROUTERS)
    api.include_router(docs.router)
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
        assets_ignore=r"^(?!gifenc).*\.js$|^(standalone|login|docs)\.css$|^gridstack\.",
        suppress_callback_exceptions=True,
        add_log_handler=False,
    )
    app.renderer = RENDERER
    app.layout = shell(needs_login=services.access.is_on)
    _add_routing(app, services)
    for pages in (workbench, runs, recipes, datasets, shares, compare, dashboards):
        pages.add_callbacks(app, services)
    glossary.add_callbacks(app)
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

    in_browser(
        app,
        "arrived",
        Output("arrived", "title"),
        Input("page", "children"),
        prevent_initial_call=True,
    )


def _add_index(api: FastAPI, app: Dash, services: Services) -> None:
    """Answer every other address with the page that Dash fills, and with an honest status."""
    # Dash answers "/" itself; those of callbacks that run in the browser are all there by now.
    api.state.html_policy = policy([*app._inline_scripts, app.renderer])

    @api.get("/{path:path}", include_in_schema=False)
    async def index(path: str, request: Request) -> HTMLResponse:
        status = await status_of(path, services)
        # Dash looks the request up while it writes the page, as for its own addresses.
        token = set_current_request(request)  # type: ignore[no-untyped-call]
        try:
            return HTMLResponse(app.index(), status)  # type: ignore[no-untyped-call]
        finally:
            reset_current_request(token)  # type: ignore[no-untyped-call]
