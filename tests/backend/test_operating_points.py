"""Operating points over REST: which network is meant, refusals, and equal runs made once."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import create_api
from backend.event_log import Entry, encode
from backend.services import Services
from backend.settings import Settings
from pruning.experiments.sweep.outputs import ACCURACY_TABLE

CONFIG = {"criteria": ["weight", "lrp"], "seeds": [0, 1], "sparsities": [0, 0.3, 0.8]}
ASKED = {"criterion": "lrp", "granularity": "unit", "seed": 1, "sparsity": 0.3}


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        for queue in ("interactive", "training"):
            services_of(client).presence.announce(queue, "a test")
        yield client


def services_of(client: TestClient) -> Services:
    return client.app.state.services


def row(sparsity: float, accuracy: float) -> dict[str, Any]:
    known = {name: 1 for name in ACCURACY_TABLE.names}
    return known | {
        **{"criterion": "lrp", "granularity": "unit", "seed": 1},
        **{"sparsity_asked": sparsity, "test_accuracy": accuracy},
    }


@pytest.fixture
def sweep(client: TestClient) -> str:
    """A sweep that is done and has told of two networks."""
    runs = services_of(client).runs
    run = runs.submit("sweep", CONFIG)
    said = ACCURACY_TABLE.rows([row(0.0, 0.95), row(0.3, 0.925)])
    runs.close(run.id, "done", entries=[Entry("1-0", encode(said))])
    return run.id


def make(client: TestClient, run_id: str, **asked: Any):
    return client.post(f"/api/runs/{run_id}/operating-points", json=ASKED | asked)


def test_a_run_is_submitted_that_makes_the_network_again(client, sweep):
    answer = make(client, sweep, further_epochs=2)
    assert answer.status_code == 201
    run = answer.json()
    assert answer.headers["location"] == f"/api/runs/{run['id']}"
    assert (run["experiment"], run["status"]) == ("operating_point", "queued")
    told = run["config"]
    assert (told["criteria"], told["granularities"], told["seeds"]) == (["lrp"], ["unit"], [1])
    assert (told["sparsity"], told["accuracy"], told["dense_accuracy"]) == (0.3, 0.925, 0.95)
    assert (told["further_epochs"], told["sparsities"]) == (2, CONFIG["sparsities"])


def test_an_equal_run_is_not_repeated_unless_it_came_to_nothing(client, sweep):
    first = make(client, sweep).json()["id"]
    again = make(client, sweep)
    assert (again.status_code, again.json()["id"]) == (200, first)
    assert make(client, sweep, sparsity=0).json()["id"] != first
    services_of(client).runs.close(first, "failed", "no room")
    anew = make(client, sweep)
    assert anew.status_code == 201
    assert anew.json()["id"] != first


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"sparsity": 0.8}, 422, "there are lrp by unit, seeds 1, sparsities 0, 0.3"),
        ({"sparsity": 1.5}, 422, "sparsity"),
        ({"criterion": "nobody"}, 422, "The sweep has no network of nobody by unit"),
        ({"further_epochs": 5000}, 422, "further_epochs"),
        ({"further_learning_rate": -1.0}, 422, "further_learning_rate"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(asked, status, words, client, sweep):
    answer = make(client, sweep, **asked)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


def test_only_sweeps_have_operating_points(client):
    toy = services_of(client).runs.submit("toy", {}).id
    answer = make(client, toy)
    assert answer.status_code == 422
    assert "name one of sweep" in answer.json()["detail"]
    assert make(client, "nothing").status_code == 404


def test_a_sweep_that_has_said_nothing_is_to_be_waited_for(client):
    run = services_of(client).runs.submit("sweep", CONFIG)
    assert "wait for the first row" in make(client, run.id).json()["detail"]
