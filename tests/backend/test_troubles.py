"""What is wrong with the machine room is told for what it is, and it goes on afterwards."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from dash.exceptions import PreventUpdate
from fastapi.testclient import TestClient
from redis import Redis

from backend.settings import Settings
from frontend import app as frontend_app
from frontend.callbacks import answers

RUN = {"experiment": "toy", "config": {"criteria": ["weight"]}}


@pytest.fixture
def client(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    create = frontend_app.create_api
    monkeypatch.setattr(frontend_app, "create_api", lambda more: create(settings, more))
    api = frontend_app.create_app()
    with TestClient(api, raise_server_exceptions=False) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        yield client


def refused(answer, words: str, status: int = 503) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert words in answer.json()["detail"]


def file_of(settings: Settings) -> Path:
    """The file of the database."""
    return Path(settings.database_url.partition("///")[2])


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Another program writes, and does not end."""
    other = sqlite3.connect(file_of(settings), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_database_that_is_locked_is_busy_and_no_fault(client: TestClient, settings: Settings):
    with locked(settings):
        refused(client.post("/api/runs", json=RUN), "another program has it locked")
    assert client.post("/api/runs", json=RUN).status_code == 201


def test_a_database_without_its_tables_is_told_by_everything_that_reads_it(client, settings):
    assert client.get("/api/runs").status_code == 200
    other = sqlite3.connect(file_of(settings))
    other.execute("ALTER TABLE runs RENAME TO gone")
    refused(client.get("/api/runs"), "has not the tables")
    page = {"pathname": "/runs/some", "search": "", "hash": ""}
    assert page
    other.execute("ALTER TABLE gone RENAME TO runs")
    other.execute("DROP TABLE alembic_version")
    other.commit()
    other.close()
    refused(client.get("/readyz"), "has not the tables")
    assert client.get("/api/runs").status_code == 200


def test_a_file_that_is_no_database_is_told(client: TestClient, settings: Settings):
    client.app.state.services.engine.dispose()
    file = file_of(settings)
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    file.write_bytes(b"no database" * 1000)
    refused(client.get("/readyz"), "damaged")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("maxmemory", "1", "limit of memory"), ("requirepass", "secret", "does not let PruneLab in")],
)
def test_what_redis_refuses_is_not_told_as_its_silence(
    client: TestClient, redis: Redis, name: str, value: str, words: str
):
    before = redis.config_get(name)[name]
    redis.config_set(name, value)
    services = client.app.state.services
    services.presence._redis.connection_pool.disconnect()
    try:
        refused(client.post("/api/runs", json=RUN), words)
    finally:
        redis.config_set(name, before)
    client.app.state.services.presence.announce("interactive", "a test")
    assert client.post("/api/runs", json=RUN).status_code == 201


@pytest.mark.parametrize("after", ["18446744073709551616", "1-18446744073709551616", "٣", "1-", ""])
def test_an_id_that_no_event_has_is_refused_before_redis_is_asked(client: TestClient, after: str):
    run = client.post("/api/runs", json=RUN).json()["id"]
    assert client.get(f"/api/runs/{run}/events", params={"after": after}).status_code == 422


@pytest.mark.parametrize("query", ["offset=100000000000000000000", "limit=0", "offset=-1"])
def test_numbers_that_databases_have_no_room_for_are_refused(client: TestClient, query: str):
    assert client.get(f"/api/runs?{query}").status_code == 422


def test_a_full_disk_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(client.app.state.services.run_list, "page", full)
    refused(client.get("/api/runs"), "disk of the server is full", 507)


def test_what_fails_in_a_callback_of_the_pages_leaves_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
):
    registered = []
    app = SimpleNamespace(callback=lambda *_, **__: registered.append)

    @answers(app)
    async def broken(asked: type[Exception]) -> None:
        raise asked("a fault")

    [callback] = registered
    for kind in (PreventUpdate, ZeroDivisionError):
        with pytest.raises(kind):
            asyncio.run(callback(kind))
    [record] = caplog.records
    assert "broken" in record.getMessage()
    assert "ZeroDivisionError: a fault" in caplog.text
