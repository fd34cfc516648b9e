"""One person cannot take the server from the others: what is refused, and with which words."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from backend.app import create_api
from backend.limits import SubmissionPace, person
from backend.problems import Problem
from backend.settings import Settings
from tests import experiments as _counting  # noqa: F401 - registers `count`
from workers.run import carry_out


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    many = settings.model_copy(update={"most_waiting": 5000, "most_per_minute": 5000})
    with TestClient(create_api(many)) as client:
        for queue in ("interactive", "training", "parts"):
            client.app.state.services.presence.announce(queue, "a test")  # type: ignore[attr-defined]
        yield client


def submit(client: TestClient, experiment: str = "count", **config: object):
    return client.post("/api/runs", json={"experiment": experiment, "config": config})


def test_each_person_may_submit_so_many_within_a_minute(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr("backend.limits.time.monotonic", lambda: moment[0])
    pace = SubmissionPace(3)
    for _ in range(3):
        pace.count()
        moment[0] += 10
    with pytest.raises(Problem) as refused:
        pace.count()
    assert (refused.value.status, refused.value.retry_after) == (429, 30)
    token = person.set("somebody else")
    pace.count()
    person.reset(token)
    moment[0] += 30
    pace.count()


def test_who_submits_too_many_is_told_when_to_come_back(settings: Settings):
    few = settings.model_copy(update={"most_per_minute": 2})
    with TestClient(create_api(few)) as client:
        client.app.state.services.presence.announce("interactive", "a test")  # type: ignore[attr-defined]
        assert [submit(client).status_code for _ in range(2)] == [201, 201]
        refused = submit(client)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert "2 runs were submitted within a minute" in refused.json()["detail"]


def test_all_that_wait_are_cancelled_at_once_and_leave_no_message(client: TestClient, redis):
    services = client.app.state.services  # type: ignore[attr-defined]
    runs = [submit(client, steps=1).json()["id"] for _ in range(300)]
    study = submit(client, "toy_study", seeds=2).json()["id"]
    carry_out(services, runs[0], "me")
    begun = time.monotonic()
    answer = client.post("/api/queue/interactive/cancel")
    took = time.monotonic() - begun
    assert answer.json() == {"cancelled": 299}
    assert took < 10, "one by one these are 300 times as many writes"
    assert client.get(f"/api/runs/{runs[0]}").json()["status"] == "done"
    for run in (runs[1], runs[-1]):
        seen = client.get(f"/api/runs/{run}").json()
        assert (seen["status"], seen["finished_at"] is not None) == ("cancelled", True)
        [line] = client.get(f"/api/runs/{run}/events").text.splitlines()
        assert json.loads(line)["event"]["kind"] == "end"
        result = client.get(f"/api/runs/{run}/result").json()
        assert result["status"] == "cancelled"
        assert services.runs.log.read(run) == services.runs.events(run)
    assert services.queue_view._queue.waiting("interactive") == [runs[0]]
    assert client.get(f"/api/runs/{study}").json()["status"] == "queued"
    assert client.post("/api/queue/parts/cancel").json() == {"cancelled": 1}
    assert client.get(f"/api/runs/{study}").json()["status"] == "cancelled"
    assert redis.llen("parts") == 0
    assert client.post("/api/queue/nothing/cancel").status_code == 422
    # Whoever has been asked about some means those, and none that came since.
    meant, later = submit(client).json(), submit(client).json()
    asked = {"until": meant["created_at"]}
    assert client.post("/api/queue/interactive/cancel", params=asked).json() == {"cancelled": 1}
    assert client.get(f"/api/runs/{meant['id']}").json()["status"] == "cancelled"
    assert client.get(f"/api/runs/{later['id']}").json()["status"] == "queued"


def test_a_cancelled_run_takes_its_message_out_of_the_queue_and_no_other(client, redis):
    first, second, third = (submit(client).json()["id"] for _ in range(3))
    client.post(f"/api/runs/{second}/cancel")
    assert client.app.state.services.queue_view._queue.waiting("interactive") == [first, third]


@pytest.mark.parametrize(
    ("experiment", "config"),
    [
        (
            "sweep",
            {
                "dataset": "digits",
                "model": "lenet-300-100",
                "epochs": 10_000,
                "seeds": list(range(50)),
            },
        ),
    ],
)
def test_what_is_sure_to_take_too_long_is_refused_before_it_waits(
    settings: Settings, experiment: str, config: dict
):
    short = settings.model_copy(update={"most_hours": 0.5})
    with TestClient(create_api(short)) as client:
        client.app.state.services.presence.announce("training", "a test")  # type: ignore[attr-defined]
        refused = submit(client, experiment, **config)
        assert refused.status_code == 422, refused.text
        said = refused.json()["detail"]
        assert "a run may take 0.5 hours here" in said
        assert "seeds" in said
        assert client.get("/api/runs").json() == []
        assert submit(client, experiment, **config | {"epochs": 1, "seeds": [0]}).status_code == 201


def test_what_is_sure_to_need_too_much_memory_is_refused_before_it_waits(settings: Settings):
    asked = {"dataset": "digits", "model": "resnet-56", "epochs": 1, "batch_size": 1000}
    little = settings.model_copy(update={"most_gib": 0.05})
    with TestClient(create_api(little)) as client:
        client.app.state.services.presence.announce("training", "a test")  # type: ignore[attr-defined]
        refused = submit(client, "sweep", **asked)
        assert refused.status_code == 422, refused.text
        said = refused.json()["detail"]
        assert "a run may take 0.05 GiB here (PRUNELAB_MOST_GIB)" in said
        assert "Smaller batches" in said
        assert client.get("/api/runs").json() == []
        assert submit(client, "sweep", **asked | {"batch_size": 10}).status_code == 201


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"most_hours": 0.0001}, "longer than the 0.0001 hours"),
        ({"most_gib": 0.001}, "more than the 0.001 GiB"),
        ({"most_result_mib": 0.0005}, "larger than the 0.0005 MiB"),
    ],
)
def test_a_run_beyond_a_limit_fails_alone_with_the_reason(
    settings: Settings, limit: dict[str, float], said: str
):
    with TestClient(create_api(settings.model_copy(update=limit))) as client:
        services = client.app.state.services  # type: ignore[attr-defined]
        services.presence.announce("interactive", "a test")
        run = submit(client, steps=1000, pause=0.05).json()["id"]
        carry_out(services, run, "me")
        failed = client.get(f"/api/runs/{run}").json()
        assert failed["status"] == "failed"
        assert said in failed["error"]
        assert "PRUNELAB_MOST_" in failed["error"]
