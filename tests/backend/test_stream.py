"""The live stream: everything once, in order, from where the reader was."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from redis import RedisError
from starlette.websockets import WebSocketDisconnect

from backend.app import create_api
from backend.broker import Presence, connect
from backend.event_log import Entry, encode, next_id
from backend.settings import Settings
from pruning.events import Progress
from tests import experiments as _counting  # noqa: F401 - registers `count`
from tests.conftest import eventually
from workers.embedded import broker
from workers.run import carry_out


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        yield client


def submit(client: TestClient, **config: object) -> str:
    body = {"experiment": "count", "config": config}
    return client.post("/api/runs", json=body).json()["id"]


def work(client: TestClient, run_id: str) -> threading.Thread:
    worker = threading.Thread(target=carry_out, args=(client.app.state.services, run_id, "me"))
    worker.start()
    return worker


def read(client: TestClient, run_id: str, after: str = "0", messages: int | None = None):
    """All messages until the stream closes by itself, or the first few."""
    found = []
    with client.websocket_connect(f"/api/runs/{run_id}/stream?after={after}") as socket:
        try:
            while messages is None or len(found) < messages:
                found.append(socket.receive_json())
        except WebSocketDisconnect as closed:
            assert closed.code == 1000  # noqa: PT017 - how every complete read ends
    return found


def entries(messages: list[dict]) -> list[dict]:
    return [entry for message in messages for entry in message.get("events", [])]


def states(messages: list[dict]) -> list[str]:
    return [message["run"]["status"] for message in messages if message["kind"] == "run"]


def test_a_reader_from_the_start_sees_every_event_and_every_state(client: TestClient):
    run_id = submit(client, steps=5, pause=0.3)
    worker = work(client, run_id)
    messages = read(client, run_id)
    worker.join()
    stored = client.app.state.services.runs.events(run_id)
    assert [entry["id"] for entry in entries(messages)] == [entry.id for entry in stored]
    assert entries(messages)[-1]["event"] == {"kind": "end", "status": "done", "error": None}
    assert states(messages)[-1] == "done"
    assert len([m for m in messages if m["kind"] == "events"]) > 2, "they came as they were made"


def test_a_run_is_shown_running_though_its_events_leave_no_pause(client: TestClient):
    run_id = submit(client, steps=60, pause=0.05)
    with client.websocket_connect(f"/api/runs/{run_id}/stream") as socket:
        assert socket.receive_json()["run"]["status"] == "queued"
        worker = work(client, run_id)
        while (message := socket.receive_json())["kind"] != "run":
            pass
        assert message["run"]["status"] == "running"
    worker.join()


def test_a_reader_who_was_away_gets_what_came_after(client: TestClient):
    run_id = submit(client, steps=6, pause=0.1)
    worker = work(client, run_id)
    first = entries(read(client, run_id, messages=4))
    rest = entries(read(client, run_id, after=first[-1]["id"]))
    worker.join()
    stored = client.app.state.services.runs.events(run_id)
    assert [entry["id"] for entry in first + rest] == [entry.id for entry in stored]


def test_nothing_is_lost_when_the_row_knows_of_the_end_before_the_stream(client: TestClient):
    """A worker writes the row first; here it never comes to tell the stream."""
    run_id = submit(client)
    runs = client.app.state.services.runs
    said = [Progress(done=i, total=9) for i in range(9)]
    runs.repository.claim(run_id, "me", timedelta(minutes=1))
    runs.log.append(run_id, said[:8])
    told = runs.log.read(run_id)
    unsaid = [*told, Entry(next_id(told), encode(said[8]))]
    runs.log.close = lambda *_: None
    runs.close(run_id, "done", owner="me", entries=unsaid)
    events = [entry["event"]["kind"] for entry in entries(read(client, run_id))]
    assert events == ["progress"] * 9 + ["end"]


def test_an_ended_run_is_told_from_the_store(client: TestClient, redis):
    run_id = submit(client, steps=3)
    work(client, run_id).join()
    redis.flushall()
    messages = read(client, run_id)
    assert len(entries(messages)) == 3 * 4 + 1
    last = entries(messages)[-1]["id"]
    assert entries(read(client, run_id, after=last)) == []


def test_an_unknown_run_and_a_foreign_page_are_turned_away(client: TestClient):
    with (
        client.websocket_connect("/api/runs/nothere/stream") as socket,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        socket.receive_json()
    assert closed.value.code == 4404
    run_id = submit(client)
    headers = {"origin": "http://elsewhere.example"}
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client.websocket_connect(f"/api/runs/{run_id}/stream", headers=headers),
    ):
        pass
    assert closed.value.code == 4403, "before it was accepted"


def test_the_reader_hears_that_the_worker_is_gone_and_back(client: TestClient, redis):
    run_id = submit(client)
    presence = client.app.state.services.presence
    with client.websocket_connect(f"/api/runs/{run_id}/stream") as socket:
        assert socket.receive_json()["kind"] == "run"
        redis.delete("prunelab:workers:interactive")
        gone = socket.receive_json()
        assert (gone["kind"], gone["ok"]) == ("health", False)
        assert "worker" in gone["message"]
        presence.announce("interactive", "a test")
        assert socket.receive_json() == {"kind": "health", "ok": True, "message": ""}


def test_the_reader_hears_that_redis_is_gone_and_the_run_goes_on_when_it_is_back(tmp_path):
    (tmp_path / "logs").mkdir()
    own = broker(tmp_path)
    own.process.start()
    settings = Settings(home=tmp_path, redis_url=own.url, database=None, hosts="testserver")
    eventually(lambda: _announced(settings), what="Valkey's answer")
    try:
        with TestClient(create_api(settings)) as client:
            run_id = submit(client)
            with client.websocket_connect(f"/api/runs/{run_id}/stream") as socket:
                assert socket.receive_json()["kind"] == "run"
                own.process.stop(5)
                gone = socket.receive_json()
                assert (gone["kind"], gone["ok"]) == ("health", False)
                assert "Redis" in gone["message"]
                own.process.start()
                eventually(lambda: _announced(settings), what="Valkey's answer")
                back = socket.receive_json()
                assert (back["kind"], back["ok"]) == ("health", True)
                work(client, run_id).join()
                told = []
                # How many messages there are depends on how fast the events come.
                with suppress(WebSocketDisconnect):
                    while True:
                        told.append(socket.receive_json())
            assert entries(told)
    finally:
        own.process.stop(5)


def _announced(settings: Settings) -> bool:
    try:
        Presence(connect(settings)).announce("interactive", "a test")
    except RedisError:
        return False
    return True


def test_a_run_that_loses_its_worker_is_shown_waiting_again(client: TestClient):
    run_id = submit(client)
    services = client.app.state.services
    services.runs.repository.claim(run_id, "the dead", timedelta(seconds=-1))
    with client.websocket_connect(f"/api/runs/{run_id}/stream") as socket:
        assert socket.receive_json()["run"]["status"] == "running"
        services.recovery.sweep()
        assert socket.receive_json()["run"]["status"] == "queued"


def test_a_dashboard_says_when_it_was_changed_until_it_is_deleted(client: TestClient):
    made = client.post("/api/dashboards", json={"title": "Board"}).json()
    path = f"/api/dashboards/{made['id']}"
    with client.websocket_connect(f"{path}/stream") as socket:
        seen = [socket.receive_json()]
        client.put(path, json={"content": {"title": "Changed"}, "revision": 1})
        seen.append(socket.receive_json())
        client.post(f"{path}/undo")
        seen.append(socket.receive_json())
        assert [message["revision"] for message in seen] == [1, 2, 1]
        assert seen[0]["updated_at"] == made["updated_at"] != seen[2]["updated_at"]
        client.delete(path)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4404
