"""What is no plain request is refused before a route reads it, whichever route it is."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from backend.app import create_api
from backend.plain_requests import MOST_BYTES, plain_only, takes_files
from backend.settings import Settings
from tests.servers import running

RUN = {"experiment": "toy", "config": {}}
AS_JSON = {"content-type": "application/json"}


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        yield client


def refused(answer: httpx2.Response, status: int, words: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/runs/a%00b",
        "/api/runs?search=a%00b",
        "/api/dashboards/%00",
        "/api/runs/x/artifacts/%1b[31m",
        "/api/glossary/%7f",
        "/api/datasets/%c2%85",
    ],
)
def test_control_characters_are_in_no_address(client: TestClient, path: str):
    refused(client.get(path), 400, "the control character U+00")


def test_what_stands_behind_the_question_mark_of_a_page_is_the_pages_to_read():
    app = FastAPI()

    @app.post("/_dash-update-component")
    async def typed(request: Request) -> list:
        return await request.json()

    @app.get("/")
    def page() -> str:
        return "a page"

    plain_only(app)
    client = TestClient(app)
    assert client.get("/?sparsities=%070.5").status_code == 200
    sent = rb'[{"value": "a\u0007\u0000b\ud800\tc\n"}, "\u009bd", "\ud83d\ude00", 1.5, null]'
    answer = client.post("/_dash-update-component", content=sent, headers=AS_JSON)
    # What is typed into a form loses what no field could show, and no word is lost with it.
    assert answer.json() == [{"value": "ab\tc\n"}, "d", "😀", 1.5, None]


def test_nor_in_that_of_a_stream(client: TestClient):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/runs/a%00/stream"):
        pass


def every_change(client: TestClient) -> list[tuple[str, str]]:
    """All routes that take JSON, with names in their paths filled in."""
    found = []
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, told in methods.items():
            taken = told.get("requestBody", {}).get("content", {})
            if "application/json" in taken and not takes_files(path):
                found.append((method, path.replace("{", "").replace("}", "")))
    return found


def test_a_text_with_a_nul_or_half_a_character_is_taken_nowhere(client: TestClient):
    changes = every_change(client)
    assert len(changes) > 8
    for method, path in changes:
        texts = (
            (r"\u0000", "U+0000"),
            (r"\ud800", "surrogate"),
            (r"\u001b[2J", "U+001B"),
            (r"\b", "U+0008"),
        )
        for text, words in (*texts, ("\x7f", "U+007F"), ("\x9b", "U+009B"), (r"\u0085", "U+0085")):
            body = b'{"title": "a%sb"}' % text.encode()
            refused(client.request(method, path, content=body, headers=AS_JSON), 422, words)


@pytest.mark.parametrize("title", ["\\u0000", "😀", "\\\\u0000", "\\ud800"])
def test_what_only_looks_like_it_is_text(client: TestClient, title: str):
    run = client.post("/api/runs", content=json.dumps(RUN | {"title": title}), headers=AS_JSON)
    assert run.status_code == 201
    assert client.get(f"/api/runs/{run.json()['id']}").json()["title"] == title


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_json_in_another_encoding_is_told(client: TestClient, encoding: str):
    body = json.dumps(RUN | {"title": "Größe"}, ensure_ascii=False).encode(encoding)
    refused(client.post("/api/runs", content=body, headers=AS_JSON), 400, "UTF-8")


def test_what_is_no_json_is_told_by_the_route(client: TestClient):
    refused(client.post("/api/runs", content=b'{"a": \\u', headers=AS_JSON), 422, "not valid JSON")


def test_a_body_that_is_too_large_is_refused_while_it_comes(client: TestClient):
    def pieces():
        for _ in range(MOST_BYTES // 2**20 + 2):
            yield b" " * 2**20

    for content in (b" " * (MOST_BYTES + 1), pieces()):
        refused(client.post("/api/runs", content=content, headers=AS_JSON), 413, "8 MiB")


def test_one_that_announces_more_is_refused_before_it_comes(tmp_path: Path):
    with running(tmp_path) as url:
        place = httpx2.URL(url)
        with socket.create_connection((place.host, place.port), timeout=20) as line:
            head = f"POST /api/runs HTTP/1.1\r\nHost: {place.host}:{place.port}\r\n"
            more = f"Content-Type: application/json\r\nContent-Length: {300 * 2**20}\r\n\r\n"
            line.sendall((head + more).encode())
            assert b" 413 " in line.recv(4096).split(b"\r\n")[0]


def test_routes_that_take_files_have_limits_of_their_own(client: TestClient):
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        names = {each["name"] for each in methods.get("post", {}).get("parameters", ())}
        assert ("content-length" in names) == (takes_files(path) and "post" in methods), path


@pytest.mark.parametrize("path", ["/api/runs", "/_dash-update-component"])
@pytest.mark.parametrize("kind", ["[]", "{}"])
def test_lists_in_lists_without_end_are_read_by_nobody(client: TestClient, path: str, kind: str):
    opened, closed = ('{"a":', "}") if kind == "{}" else kind
    # An escape makes the check read it all.
    body = opened * 20_000 + r'"\u0008"' + closed * 20_000
    answer = client.post(path, content=body, headers=AS_JSON)
    refused(answer, 422, "more than 100 deep")


def test_many_lists_beside_each_other_and_brackets_in_texts_are_plain(client: TestClient):
    config = {"layers": [[1]] * 500, "text": "[" * 500 + '\\"' + "{" * 500}
    answer = client.post("/api/runs", json={"experiment": "toy", "config": config})
    assert answer.json()["detail"] == "config.layers: is no setting; config.text: is no setting"


@pytest.mark.parametrize(
    "path", ["/api/import", "/api/datasets", "/api/datasets/points", "/api/importances"]
)
def test_who_leaves_in_the_middle_of_a_body_leaves_no_fault_in_the_log(
    client: TestClient, settings: Settings, path: str, caplog: pytest.LogCaptureFixture
):
    headers = {
        "host": "testserver",
        "content-type": "application/octet-stream",
        "content-length": "100",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"file=a.zip&kind=pixel",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    coming = iter(
        [
            {"type": "http.request", "body": b"half", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive():
        return next(coming)

    async def send(_):
        """Nobody hears it."""

    def files() -> set[Path]:
        return {each for each in settings.home.rglob("*") if each.is_file()}

    before = files()
    client.portal.call(client.app, scope, receive, send)
    assert files() == before
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
