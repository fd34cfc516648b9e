"""Estimates over REST: from what was counted, from what runs here took, with what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import create_api
from backend.settings import Settings
from backend.store.models import RunRow
from backend.store.repository import now
from backend.submission import row_for
from tests import experiments as _counting  # noqa: F401 - registers `count`

TOY = {"hidden": "20,20", "criteria": "weight"}


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        yield client


def ask(client: TestClient, experiment: str = "toy", config: dict[str, Any] = TOY) -> Any:
    return client.post(f"/api/experiments/{experiment}/estimate", json={"config": config})


def finished(
    client: TestClient, seconds: float, experiment: str = "toy", config: Any = TOY, **values: Any
) -> RunRow:
    """A run that took so long."""
    row = row_for(experiment, config, "", [])
    moments = {"started_at": now() - timedelta(seconds=seconds), "finished_at": now()}
    told = {"status": "done", "attempts": 1, "duration": seconds, **moments, **values}
    for name, value in told.items():
        setattr(row, name, value)
    return client.app.state.services.runs.repository.add(row)


def test_without_runs_operations_are_counted(client):
    answer = ask(client).json()
    assert answer["from"] == "from counted operations"
    assert answer["waiting"] is None
    low, high = answer["seconds"]["low"], answer["seconds"]["high"]
    assert 0 < low < high <= 3.0001 * low


def test_runs_here_tell_what_such_a_run_takes(client):
    for _ in range(4):
        finished(client, 100)
    answer = ask(client).json()
    assert answer["from"] == "from 4 runs like it on this machine"
    assert answer["seconds"]["low"] < 100 < answer["seconds"]["high"]


@pytest.mark.parametrize(
    "values", [{"imported": True}, {"status": "failed"}, {"attempts": 2}, {"parent_id": "other"}]
)
def test_runs_from_elsewhere_and_those_that_were_cut_short_tell_nothing(client, values):
    if "parent_id" in values:
        values = {"parent_id": finished(client, 0.001, "count", {}).id}
    finished(client, 1000, **values)
    assert ask(client).json()["from"] == "from counted operations"


def test_an_experiment_that_counts_nothing_goes_by_its_own_runs(client):
    answer = ask(client, "count", {"steps": 3}).json()
    assert answer == {"seconds": None, "from": "no runs like it yet", "waiting": None}
    finished(client, 50, "count", {"steps": 3})
    answer = ask(client, "count", {"steps": 3}).json()
    assert answer["from"] == "from a run like it on this machine"
    assert answer["seconds"]["low"] < 50 < answer["seconds"]["high"]


def test_what_waits_ahead_is_told(client):
    finished(client, 50, "count", {"steps": 3})
    for _ in range(2):
        client.post("/api/runs", json={"experiment": "count", "config": {"steps": 3}})
    waiting = ask(client, "count", {"steps": 3}).json()["waiting"]
    assert waiting == {"runs": 2, "seconds": pytest.approx(100)}
    client.post("/api/runs", json={"experiment": "count", "config": {"steps": 4}})
    waiting = ask(client, "count", {"steps": 3}).json()["waiting"]
    assert waiting == {"runs": 3, "seconds": None}, "of one nobody knows how long it takes"


def test_a_run_that_waits_is_told_what_is_before_it_and_not_what_is_behind(client):
    finished(client, 50, "count", {"steps": 3})
    body = {"experiment": "count", "config": {"steps": 3}}
    runs = [client.post("/api/runs", json=body).json()["id"] for _ in range(3)]
    told = [client.get(f"/api/runs/{run}/estimate").json()["waiting"] for run in runs]
    assert told == [
        None,
        {"runs": 1, "seconds": pytest.approx(50)},
        {"runs": 2, "seconds": pytest.approx(100)},
    ]


def test_a_run_that_is_there_has_one_too(client):
    run = client.post("/api/runs", json={"experiment": "toy", "config": TOY}).json()
    answer = client.get(f"/api/runs/{run['id']}/estimate").json()
    assert answer["seconds"]["low"] > 0
    assert answer["waiting"] is None
    assert client.get("/api/runs/nobody/estimate").status_code == 404


def test_what_cannot_be_run_is_refused_as_when_it_is_run(client):
    assert ask(client, "nothing").status_code == 404
    answer = ask(client, "toy", {"criteria": "nothing"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("config.criteria")


def test_a_network_is_described_in_a_process_of_its_own_once(client, settings):
    config = {"model": "lenet-300-100", "dataset": "digits"}
    assert ask(client, "sweep", config).json()["from"] == "from counted operations"
    (kept,) = (settings.data_dir / "models").glob("lenet-300-100-*.json")
    written = kept.stat().st_mtime_ns
    assert ask(client, "sweep", config).json()["seconds"]
    assert kept.stat().st_mtime_ns == written
