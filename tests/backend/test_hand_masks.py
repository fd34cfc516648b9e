"""Masks made by hand: kept with their run, as far as they fit its network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.access.users import users_line
from backend.app import create_api
from backend.hand_mask_model import MOST_CONNECTIONS, MOST_MASKS
from backend.services import Services
from backend.settings import Settings
from backend.store.models import HandMaskRow
from tests import experiments as _counting  # noqa: F401 - registers `count`
from tests.backend.test_api import assert_problem
from workers.run import carry_out

PASSWORD = "correct horse"


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_api(settings)) as client:
        services_of(client).presence.announce("interactive", "a test")
        yield client


def services_of(client: TestClient) -> Services:
    return client.app.state.services


def submit(client: TestClient, experiment: str = "toy", **config: Any) -> str:
    body = {"experiment": experiment, "config": config}
    return client.post("/api/runs", json=body).json()["id"]


@pytest.fixture
def run(client: TestClient) -> str:
    """A run of a network with 2 inputs, hidden layers of 4 and 3 units, and 2 classes."""
    return submit(client, hidden=[4, 3], dataset="circle")


def keep(client: TestClient, run: str, name: str = "Mine", **values: Any) -> dict[str, Any]:
    answer = client.post(f"/api/runs/{run}/masks", json={"name": name, **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def kept(client: TestClient, run: str) -> list[dict[str, Any]]:
    return client.get(f"/api/runs/{run}/masks").json()


def test_a_mask_is_kept_as_it_was_made(client: TestClient, run: str):
    made = {
        "author": "Ada",
        "note": "What is left\nstill tells the rings apart.",
        "units": [6, 0, 3],
        "connections": [[0, 1, 3], [1, 3, 2], [2, 2, 1]],
    }
    mask = keep(client, run, " Mine ", **made)
    assert mask == {**mask, **made, "name": "Mine", "run": run}
    assert mask.keys() == {*made, "name", "run", "id", "created_at"}
    assert kept(client, run) == [mask]


def test_a_mask_changes_nothing_of_its_run(client: TestClient, run: str):
    before = client.get(f"/api/runs/{run}").json(), client.get(f"/api/runs/{run}/result").json()
    keep(client, run, units=[1])
    after = client.get(f"/api/runs/{run}").json(), client.get(f"/api/runs/{run}/result").json()
    assert after == before


def test_masks_are_listed_with_their_run_the_oldest_first(client: TestClient, run: str):
    other = submit(client, hidden=[4, 3])
    names = ["c", "a", "b"]
    for name in names:
        keep(client, run, name)
    assert keep(client, other, "a")["run"] == other
    assert [mask["name"] for mask in kept(client, run)] == names


def test_a_mask_is_renamed_and_noted_and_the_rest_stays(client: TestClient, run: str):
    mask = keep(client, run, units=[2])
    address = f"/api/runs/{run}/masks/{mask['id']}"
    renamed = client.patch(address, json={"name": "Better"}).json()
    assert renamed == {**mask, "name": "Better"}
    assert client.patch(address, json={"name": "Better", "note": "yes"}).status_code == 200
    assert kept(client, run) == [{**renamed, "note": "yes"}]
    assert_problem(client.patch(address, json={"units": [1]}), 422)


def test_a_name_is_taken_once_in_a_run_and_free_again_afterwards(client: TestClient, run: str):
    first, second = keep(client, run, "One"), keep(client, run, "Two")
    for answer in (
        client.post(f"/api/runs/{run}/masks", json={"name": "One "}),
        client.patch(f"/api/runs/{run}/masks/{second['id']}", json={"name": "One"}),
    ):
        assert_problem(answer, 422)
        [error] = answer.json()["errors"]
        assert error["field"] == "name"
        assert error["message"] == "another mask of this run is called One; take another"
    assert client.delete(f"/api/runs/{run}/masks/{first['id']}").status_code == 204
    keep(client, run, "One")


def test_of_two_masks_of_one_name_at_the_same_moment_one_is_kept(client: TestClient, run: str):
    def post(_: int) -> int:
        return client.post(f"/api/runs/{run}/masks", json={"name": "One"}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(post, range(4))) == [201, 422, 422, 422]
    assert len(kept(client, run)) == 1


def test_a_run_keeps_so_many_masks_and_no_more(client: TestClient, run: str):
    for number in range(MOST_MASKS):
        keep(client, run, f"{number}")
    answer = client.post(f"/api/runs/{run}/masks", json={"name": "one more"})
    assert_problem(answer, 409)
    assert "Delete one of them" in answer.json()["detail"]
    client.delete(f"/api/runs/{run}/masks/{kept(client, run)[0]['id']}")
    keep(client, run, "one more")


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no name": ({"name": "  "}, "name", "has to be 1 characters or more"),
    "a long name": ({"name": "x" * 81}, "name", "has to be 80 characters or fewer"),
    "a long note": ({"note": "x" * 501}, "note", "has to be 500 characters or fewer"),
    "a long author": ({"author": "x" * 129}, "author", "has to be 128 characters or fewer"),
    "a zero character": ({"name": "a\0b"}, "name", "a zero character (U+0000)"),
    "half a letter": ({"name": "\ud800"}, "name", "half a surrogate pair"),
    "a unit too high": (
        {"units": [0, 7]},
        "units.1",
        "each has to be 6 or less, not 7: the network has 7 hidden units, counted from 0",
    ),
    "a unit below 0": ({"units": [-1]}, "units.0", "each has to be 0 or more, not -1"),
    "half a unit": ({"units": [0.5]}, "units.0", "each needs a whole number, not 0.5"),
    "a unit in words": ({"units": ["1"]}, "units.0", "each needs a whole number, not 1"),
    "a unit beyond all numbers": ({"units": [10**30]}, "units.0", "each"),
    "a unit twice": ({"units": [3, 1, 3]}, "units", "names each once; 3 is there twice"),
    "too many units": ({"units": list(range(10_001))}, "units", "at most 10000 values"),
    "a layer too high": (
        {"connections": [[0, 0, 0], [3, 0, 0]]},
        "connections.1",
        "each has a layer of 2 or less, not 3: 2 leads to the classes",
    ),
    "an input too high": (
        {"connections": [[0, 2, 0]]},
        "connections.0",
        "each of layer 0 leads from one of 2 units, 1 or less, not 2",
    ),
    "a start too high": (
        {"connections": [[1, 4, 0]]},
        "connections.0",
        "each of layer 1 leads from one of 4 units, 3 or less, not 4",
    ),
    "a class too high": (
        {"connections": [[2, 0, 2]]},
        "connections.0",
        "each of layer 2 leads to one of 2 units, 1 or less, not 2",
    ),
    "a connection of two numbers": (
        {"connections": [[0, 1]]},
        "connections.0",
        "each needs at least 3 values",
    ),
    "a connection of four numbers": (
        {"connections": [[0, 1, 1, 1]]},
        "connections.0",
        "each takes at most 3 values",
    ),
    "a connection below 0": (
        {"connections": [[0, -1, 1]]},
        "connections.0.1",
        "each has to be 0 or more, not -1",
    ),
    "a connection twice": (
        {"connections": [[0, 1, 1], [0, 1, 1]]},
        "connections",
        "names each once; [0, 1, 1] is there twice",
    ),
    "too many connections": (
        {"connections": [[0, 0, place] for place in range(MOST_CONNECTIONS + 1)]},
        "connections",
        "at most 5000 values",
    ),
    "a field of another thing": ({"scores": [1]}, "scores", "is no setting"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_does_not_fit_is_refused_at_its_place(client: TestClient, run: str, kind: str):
    values, field, message = REFUSED[kind]
    body = json_of({"name": "Mine", **values})
    headers = {"Content-Type": "application/json"}
    answer = client.post(f"/api/runs/{run}/masks", content=body, headers=headers)
    assert_problem(answer, 422)
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert message in error["message"]
    assert kept(client, run) == []


def json_of(value: Any) -> str:
    """JSON in ASCII, which can hold what is no text."""
    return json.dumps(value)


def test_what_is_wrong_with_units_and_connections_is_told_together(client: TestClient, run: str):
    body = {"name": "Mine", "units": [7, 8], "connections": [[3, 0, 0], [4, 0, 0]]}
    answer = client.post(f"/api/runs/{run}/masks", json=body)
    assert_problem(answer, 422)
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["units.0", "connections.0"]
    assert "units: each has to be 6 or less" in answer.json()["detail"]
    assert "connections: each has a layer of 2 or less" in answer.json()["detail"]


def test_only_experiments_that_say_so_have_masks(client: TestClient):
    run = submit(client, "count", steps=1)
    answer = client.post(f"/api/runs/{run}/masks", json={"name": "Mine"})
    assert_problem(answer, 422)
    assert answer.json()["detail"] == f"Run {run} is of count; name a run of toy."
    assert kept(client, run) == []


def test_what_is_not_there_is_a_404(client: TestClient, run: str):
    mask = keep(client, run)
    other = submit(client, hidden=[4, 3])
    for method, address, body in (
        ("GET", "/api/runs/nothere/masks", None),
        ("POST", "/api/runs/nothere/masks", {"name": "Mine"}),
        ("PATCH", f"/api/runs/nothere/masks/{mask['id']}", {"name": "Mine"}),
        ("DELETE", f"/api/runs/nothere/masks/{mask['id']}", None),
        ("PATCH", f"/api/runs/{run}/masks/nothere", {"name": "Mine"}),
        ("DELETE", f"/api/runs/{run}/masks/nothere", None),
        ("PATCH", f"/api/runs/{other}/masks/{mask['id']}", {"name": "Mine"}),
        ("DELETE", f"/api/runs/{other}/masks/{mask['id']}", None),
    ):
        assert_problem(client.request(method, address, json=body), 404)
    assert kept(client, run) == [mask]


def test_masks_go_into_the_bin_and_for_good_with_their_run(client: TestClient):
    run = submit(client, hidden=[4, 3], grid=20, sparsities=[0], criteria=["weight"])
    mask = keep(client, run)
    carry_out(services_of(client), run, "me")
    assert client.delete(f"/api/runs/{run}").status_code == 204
    client.post(f"/api/runs/{run}/restore")
    assert kept(client, run) == [mask]
    client.delete(f"/api/runs/{run}")
    assert client.delete(f"/api/runs/{run}", params={"for_good": True}).status_code == 204
    with Session(services_of(client).engine) as session:
        assert session.scalar(select(func.count()).select_from(HandMaskRow)) == 0


def test_whoever_is_logged_in_is_the_author_whatever_is_sent(settings: Settings, tmp_path: Path):
    file = tmp_path / "users"
    file.write_text(users_line("ada", PASSWORD))
    values = settings.model_dump(exclude={"hosts"})
    with TestClient(create_api(Settings(**{**values, "users": file}))) as client:
        services_of(client).presence.announce("interactive", "a test")
        client.post("/login", data={"name": "ada", "password": PASSWORD})
        run = submit(client, hidden=[4, 3])
        assert keep(client, run, author="Bob")["author"] == "ada"
        token = client.post("/api/tokens", json={"name": "notebook"}).json()["token"]
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {token}"
        assert keep(client, run, "Another")["author"] == "ada"


def test_masks_are_in_the_documentation(client: TestClient):
    document = client.get("/openapi.json").json()
    paths = document["paths"]
    assert paths["/api/runs/{run_id}/masks"].keys() == {"get", "post"}
    assert paths["/api/runs/{run_id}/masks/{mask_id}"].keys() == {"patch", "delete"}
    answered = document["components"]["schemas"]["HandMask"]["properties"]
    assert {"id", "run", "units", "connections", "author", "note", "created_at"} <= answered.keys()
