"""Models over REST, and what is refused before the queue because it is known of them."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from backend.app import create_api
from backend.settings import Settings
from tests.backend.test_api import assert_problem


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        client.app.state.services.presence.announce("training", "a test")
        yield client


def refusals(client: TestClient, **config: object) -> dict[str, str]:
    """What is wrong with a sweep, by the field."""
    answer = client.post("/api/runs", json={"experiment": "sweep", "config": config})
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def test_what_a_model_is_made_of_is_known_and_used_before_the_queue(client: TestClient):
    answer = client.get("/api/models/resnet-20", params={"dataset": "digits"})
    found = answer.json()
    assert [layer["name"] for layer in found["layers"]][:2] == ["conv1", "stage1.0.conv1"]
    assert found["layers"][-1]["name"] == "output"

    told = refusals(client, model="resnet-20", exclude="conv99")["config.exclude"]
    assert told.startswith("ResNet-20 has no layer conv99; there are conv1, stage1.0.conv1,")
    told = refusals(client, model="resnet-20", spared="conv99")["config.spared"]
    assert "has no layer conv99" in told
    told = refusals(client, model="resnet-20", scope="global", sparsities="0,0.99")
    assert "would remove whole layers" in told["config.sparsities"]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("nothing?dataset=digits", 404, "model 'nothing'"),
        ("resnet-20?dataset=nothing", 404, "dataset 'nothing'"),
        ("lenet5?dataset=digits", 422, "needs images of at least"),
    ],
)
def test_what_is_no_model_or_does_not_fit_is_said(
    client: TestClient, address: str, status: int, said: str
):
    problem = assert_problem(client.get(f"/api/models/{address}"), status)
    assert said in problem["detail"]
