"""Files that a run gives away are served by name and go with it; scratch lasts as long as it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from backend.app import create_api
from backend.services import Services
from backend.settings import Settings
from tests import experiments as _giving  # noqa: F401 - registers `give`
from tests.conftest import eventually
from workers.run import carry_out


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        yield client


def submit(client: TestClient, **config) -> str:
    return client.post("/api/runs", json={"experiment": "give", "config": config}).json()["id"]


def services_of(client: TestClient) -> Services:
    return client.app.state.services


def test_a_file_is_downloaded_as_it_was_given(client):
    run_id = submit(client, text="größer")
    carry_out(services_of(client), run_id, "me")
    answer = client.get(f"/api/runs/{run_id}/artifacts/folder/file.txt")
    assert (answer.status_code, answer.text) == (200, "größer")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"] == 'attachment; filename="file.txt"'
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_of_which_a_part_is_missing_is_told_and_not_sent(client, settings):
    run_id = submit(client, text="a longer text")
    carry_out(services_of(client), run_id, "me")
    (file,) = settings.home.glob(f"artifacts/{run_id}/folder/file.txt")
    file.write_bytes(file.read_bytes()[:5])
    answer = client.get(f"/api/runs/{run_id}/artifacts/folder/file.txt")
    assert answer.status_code == 404
    assert "5 bytes in place of 13" in answer.json()["detail"]


def test_only_what_the_run_gave_away_is_served(client):
    run_id = submit(client)
    carry_out(services_of(client), run_id, "me")
    for path in ("folder", "file.txt", "folder/other.txt", "..%2f..%2fprunelab.sqlite3"):
        answer = client.get(f"/api/runs/{run_id}/artifacts/{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_files_of_a_deleted_run_are_gone(client):
    run_id = submit(client)
    services = services_of(client)
    carry_out(services, run_id, "me")
    assert services.artifacts.has(run_id, "folder/file.txt")
    client.delete(f"/api/runs/{run_id}")
    assert services.artifacts.has(run_id, "folder/file.txt")
    client.delete(f"/api/runs/{run_id}?for_good=true")
    assert not services.artifacts.has(run_id, "folder/file.txt")


def test_a_run_can_be_cancelled_between_two_events_and_keeps_its_files(client):
    run_id = submit(client, wait=True)
    services = services_of(client)
    worker = threading.Thread(target=carry_out, args=(services, run_id, "me"))
    worker.start()
    eventually(lambda: services.runs.result(run_id)[0].artifacts, what="the file")
    assert client.get(f"/api/runs/{run_id}/artifacts/folder/file.txt").status_code == 200
    client.post(f"/api/runs/{run_id}/cancel")
    worker.join(timeout=10)
    assert services.runs.get(run_id).status == "cancelled"
    assert client.get(f"/api/runs/{run_id}/artifacts/folder/file.txt").text == "given"


def test_scratch_survives_a_dead_worker_and_goes_when_the_run_ends(client):
    run_id = submit(client)
    services = services_of(client)
    services.runs.repository.claim(run_id, "the dead", timedelta(seconds=-1))
    scratch = services.settings.scratch(run_id)
    scratch.mkdir(parents=True)
    (scratch / "attempts").write_text("x")
    services.recovery.sweep()
    assert (scratch / "attempts").exists()
    carry_out(services, run_id, "the living")
    assert services.runs.get(run_id).status == "done"
    assert not scratch.exists()
