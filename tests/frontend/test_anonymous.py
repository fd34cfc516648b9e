"""A server with a password, as somebody sees it who does not know the password.

Every address that there is is asked: those of the API's documentation, those of the application's
routes, Dash's own, and the pages. An address that is added later is asked, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from dash import dcc, html
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import Mount
from starlette.websockets import WebSocketDisconnect

from frontend.app import create_app
from frontend.scripts import PLOTLY
from frontend.shell import shell
from workers.embedded import Broker

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# The whole of what a stranger gets.
OPEN = {
    "/healthz": {"GET", "HEAD"},
    "/readyz": {"GET", "HEAD"},
    "/login": {"GET", "HEAD", "POST"},
    "/assets/x": {"GET", "HEAD"},
    "/shares/{token}": {"GET", "HEAD"},
    "/shares/{token}/data.json": {"GET", "HEAD"},
    "/shares/{token}/picture.png": {"GET", "HEAD"},
    "/shares/{token}/comments": {"GET", "HEAD", "POST"},
    "/shares/{token}/unlock": {"POST"},
    "/embed/{token}": {"GET", "HEAD", "POST"},
}
DASH = (
    *("/_dash-layout", "/_dash-dependencies", "/_dash-update-component", "/_reload-hash"),
    *("/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js", "/_favicon.ico"),
    *("/_dash-component-suites/dash_mantine_components/dash_mantine_components.js",),
    "/_dash-component-suites/plotly/../dash/dcc/async-graph.js",
    *("/_dash-component-suites/plotly/x", "/_dash-component-suites/plotly/package_data/x.js"),
    "/_dash-component-suites/plotly/package_data/plotly.vxm1.min.js.map",
)
PAGES = (
    *("/", "/runs", "/runs/x", "/recipes", "/datasets", "/compare?runs=x", "/dashboards"),
    *("/dashboards/x", "/shares", "/shares/", "/access", "/queue", "/nowhere", "/a/b/c"),
    *("/docs", "/docs/oauth2-redirect", "/static-offline-docs/swagger-ui.css", "/openapi.json"),
    *("/api", "/api/", "/api/nowhere", "/metrics", "/login/x", "/healthz/x", "/embed", "/embed/"),
    *("/shares/x/y", "/shares/x/data.json/y", "/embed/x/y", "//api/runs", "/assets/../api/runs"),
    *("/assets//api/runs", "/shares/../api/runs", "/shares/x/../../api/runs", "/logout"),
    *("/%61pi/runs", "/shares%2Fx%2Fy", "/api/runs?x=/login", "/API/runs", "/;/login"),
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, valkey: Broker) -> Iterator[FastAPI]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PRUNELAB_HOME", str(tmp_path_factory.mktemp("home")))
        environment.setenv("PRUNELAB_PASSWORD", "correct horse")
        environment.setenv("REDIS_URL", valkey.url)
        environment.delenv("DATABASE_URL", raising=False)
        yield create_app()


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


def addresses(app: FastAPI) -> Iterator[str]:
    """The address of every route, with braces where something is to be filled in."""
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        yield path
        if isinstance(route.original_route, Mount):
            yield f"{path}/x"


def filled(path: str) -> str:
    return re.sub(r"\{.*?\}", "x", path)


def is_refused(client: TestClient, method: str, path: str) -> bool:
    answer = client.request(method, path)
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/login") and not answer.content
    return answer.status_code == 401 and (method == "HEAD" or "Log in first" in answer.text)


def test_every_route_is_closed_but_for_those_that_are_meant_to_be_open(
    app: FastAPI, client: TestClient
):
    documented = set(app.openapi()["paths"])
    found = documented | set(addresses(app))
    assert {"/api/runs", "/api/shares", "/docs", "/_dash-layout", "/shares/{token}"} <= found
    assert set(OPEN) <= found, "what is open exists"
    wrong = []
    for path in sorted(found):
        for method in METHODS:
            is_open = not is_refused(client, method, filled(path))
            if is_open != (method in OPEN.get(path, set())):
                wrong.append(f"{method} {path}: {'open' if is_open else 'closed'}")
    assert not wrong


def test_pages_and_what_dash_serves_are_closed(client: TestClient):
    links = {
        part.href
        for part in shell(needs_login=True)._traverse()
        if isinstance(part, (dcc.Link, html.A)) and part.href.startswith("/")
    }
    assert {"/runs", "/shares", "/access"} <= links
    for path in (*PAGES, *DASH, *links):
        for method in METHODS:
            assert is_refused(client, method, path), f"{method} {path}"


@pytest.mark.parametrize(
    "path",
    [
        *("/api/runs/x/stream", "/api/dashboards/x/stream", "/_dash-ws-callback", "/", "/assets/x"),
        "/shares/x/comments",
    ],
)
def test_sockets_are_refused_before_they_are_accepted(client: TestClient, path: str):
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect(path):
        pass
    assert closed.value.code == 4401


def test_what_shares_and_the_login_need_is_open(client: TestClient):
    for path in ("/healthz", "/login", "/assets/base.css", "/assets/login.css", PLOTLY.address):
        assert client.get(path).status_code == 200, path
    # Whether anybody works here, anybody may know.
    assert client.get("/readyz").status_code in (200, 503)


def test_a_route_that_somebody_adds_later_is_closed(app: FastAPI, client: TestClient):
    async def added() -> str:
        return "secret"

    count = len(app.router.routes)
    for path in ("/added", "/shares/x/added", "/metrics"):
        app.add_api_route(path, added)
        app.router.routes.insert(0, app.router.routes.pop())
        assert is_refused(client, "GET", path)
    del app.router.routes[: len(app.router.routes) - count]


def test_with_a_session_all_of_it_is_there(client: TestClient):
    client.post("/login", data={"password": "correct horse"})
    try:
        for path in ("/", "/runs", "/shares", "/access", "/docs", "/openapi.json", "/_dash-layout"):
            assert client.get(path).status_code == 200, path
    finally:
        client.cookies.clear()
