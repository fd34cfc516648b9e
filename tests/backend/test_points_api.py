"""Points of one's own over REST: listed, added, looked at, refused, removed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from backend.api.datasets import UPLOAD_TYPE
from backend.app import create_api
from backend.broker import Presence, connect
from backend.settings import Settings
from pruning.data.base import datasets
from pruning.data.formula_points import SIDE
from tests.backend.test_api import assert_problem

POINTS = "/api/datasets/points"
TABLE = "\n".join(f"{i / 10},{(i * 7 % 10) / 10},{i % 2}" for i in range(-10, 10)).encode()


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        yield client


def upload(client: TestClient, content: bytes = TABLE, **query: str):
    return client.post(POINTS, params=query, content=content, headers={"content-type": UPLOAD_TYPE})


def formula(client: TestClient, text: str, **more: Any):
    return client.post(f"{POINTS}/formula", json={"formula": text, **more})


def listed(client: TestClient) -> dict[str, Any]:
    return {each["name"]: each for each in client.get(POINTS).json()}


def test_all_are_listed_the_built_in_ones_first(client: TestClient):
    found = listed(client)
    assert list(found) == datasets.names()
    assert found["mult"] == {
        "name": "mult",
        "title": "Four spiral arms",
        "description": datasets["mult"].description,
        "classes": ["0", "1", "2", "3"],
        "counts": [],
        "origin": "built-in",
    }


def test_a_table_becomes_a_dataset_that_is_called_by_its_title(client: TestClient):
    content = TABLE.replace(b",1\n", b",red\n") + b"\n0.33,0.33,red"
    answer = upload(client, content.replace(b"0.9,0.3,1", b""), file="Two.csv", title="Two, red")
    assert answer.status_code == 201, answer.text
    described = answer.json()
    assert (described["name"], described["title"]) == ("two-red", "Two, red")
    assert described["classes"] == ["0", "red"]
    assert described["counts"] == [10, 10]
    assert described["description"] == ("Fixed points of Two.csv: 10 of class 0, 10 of class red.")


def test_what_was_added_is_offered_to_experiments_until_it_is_removed(client: TestClient):
    assert upload(client, name="mine").status_code == 201
    assert formula(client, "y > sin(3 x)", name="wave").status_code == 201
    assert list(listed(client))[-2:] == ["mine", "wave"]
    assert listed(client)["wave"]["counts"] == []
    schemas = {each["name"]: each for each in client.get("/api/experiments").json()}
    offered = schemas["toy"]["config_schema"]["properties"]["dataset"]["enum"]
    assert {"mine", "wave"} < set(offered)
    for name in ("mine", "wave"):
        assert client.delete(f"{POINTS}/{name}").status_code == 204
        assert_problem(client.delete(f"{POINTS}/{name}"), 404)
    assert list(listed(client)) == datasets.names()
    assert_problem(client.delete(f"{POINTS}/moon"), 409)


def test_some_points_are_shown_of_every_dataset(client: TestClient):
    upload(client, name="mine")
    for name, count in (("moon", 200), ("mult", 400), ("mine", 10)):
        shown = client.get(f"{POINTS}/{name}").json()
        assert len(shown["x"]) == len(shown["y"]) == len(shown["label"]) == count
        assert sorted(set(shown["label"])) == list(range(datasets[name].classes))
    assert_problem(client.get(f"{POINTS}/nothing"), 404)


@pytest.mark.parametrize(
    ("content", "query", "detail"),
    [
        (b"", {}, "It has no points; give every line x, y and a class."),
        (b"x,y,class\n1,two,a", {}, "Line 2: y is no number, but “two”."),
        (b"1,nan,a", {}, "Line 1: y is no finite number, but “nan”."),
        (b"1,2", {}, "Line 1 has 2 columns; give it three: x, y and a class."),
        (TABLE, {"name": "moon"}, "Moon is the name of a built-in dataset; choose another."),
        (TABLE, {"name": "a b"}, "'a b' cannot be a name; take up to 40 small letters"),
        (TABLE, {"title": " "}, "A title has 1 to 100 letters that can be shown."),
        (b"9,9,a\n" + TABLE, {"file": "drawn"}, "Points that are drawn lie in the square"),
    ],
)
def test_a_table_that_cannot_be_taken_is_a_problem_at_its_place(
    client: TestClient, content: bytes, query: dict[str, str], detail: str
):
    problem = assert_problem(upload(client, content, **query), 422)
    assert problem["detail"].startswith(detail)
    assert problem["errors"][0]["message"].lower() in problem["detail"].lower()
    assert list(listed(client)) == datasets.names()


def test_what_is_too_large_is_refused_by_what_was_announced_and_by_what_comes(client: TestClient):
    content = b"0,0,1\n" * 1_000_000
    problem = assert_problem(upload(client, content), 413)
    assert problem["detail"] == "A file of points has at most 4 MiB, this one has 5.7."

    def pieces():
        yield from (content[:1_000_000] for _ in range(6))

    streamed = client.post(POINTS, content=pieces(), headers={"content-type": UPLOAD_TYPE})
    assert_problem(streamed, 413)


def test_the_body_has_to_be_the_file_itself(client: TestClient):
    assert_problem(client.post(POINTS, json={"points": []}), 415)


@pytest.mark.parametrize(
    ("text", "more", "detail"),
    [
        ("y > sin x", {}, "At character 5: put brackets behind sin: sin(x)."),
        ("__import__('os')", {}, "At character 1: “_” means nothing in a formula"),
        ("(" * 900, {}, "At character 301: a formula has at most 300 characters, this one has 900"),
        ("1", {}, "All of the square from -1.5 to 1.5 is of class 1"),
        ("x > 0", {"classes": 3}, "A comparison makes two classes, not 3"),
        ("x > 0", {"name": "mult"}, "Mult is the name of a built-in dataset"),
    ],
)
def test_a_formula_that_cannot_be_taken_is_a_problem_at_its_place(
    client: TestClient, text: str, more: dict[str, Any], detail: str
):
    problem = assert_problem(formula(client, text, **more), 422)
    assert problem["detail"].startswith(detail)


def test_a_formula_that_is_far_too_long_is_refused_unread(client: TestClient):
    assert_problem(formula(client, "(" * 10_000), 422)
    asked = {"formula": "(" * 10_000}
    assert_problem(client.post(f"{POINTS}/formula/preview", json=asked), 422)


def test_a_preview_shows_the_classes_of_a_grid(client: TestClient):
    asked = {"formula": "floor(3 r)", "classes": 3}
    shown = client.post(f"{POINTS}/formula/preview", json=asked).json()
    grid = np.array(shown["grid"])
    assert (shown["problem"], shown["classes"], shown["reach"]) == ("", 3, SIDE)
    side = len(grid)
    places = (np.arange(side) + 0.5) / side * 2 * SIDE - SIDE
    x, y = np.meshgrid(places, places)
    np.testing.assert_array_equal(grid, np.floor(3 * np.hypot(x, y)) % 3)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("y > ", 3, "At character 4: the formula ends too early"),
        ("y > foo(x)", 4, "At character 5: there is no “foo”"),
        ("x > 2", None, "All of the square"),
    ],
)
def test_a_preview_of_half_a_formula_says_where_it_cannot_be_read(client, text, at, said):
    answer = client.post(f"{POINTS}/formula/preview", json={"formula": text})
    assert answer.status_code == 200
    assert answer.json()["problem"].startswith(said)
    assert answer.json()["at"] == at
    assert list(listed(client)) == datasets.names()


def preview(client: TestClient, content: bytes, **query: str):
    headers = {"content-type": UPLOAD_TYPE}
    return client.post(f"{POINTS}/preview", params=query, content=content, headers=headers)


def test_a_table_is_previewed_as_it_would_be_kept(client: TestClient):
    rows = b"\n".join(b"%d,%d,%s" % (i, i * 7 % 10, [b"sun", b"moon"][i % 2]) for i in range(20))
    shown = preview(client, rows + b"\n0,0,sun", file="sky.csv").json()
    assert (shown["classes"], shown["counts"]) == (["sun", "moon"], [10, 10])
    assert (shown["problem"], shown["reach"]) == ("", SIDE)
    assert shown["text"] == (
        "x from 0 to 19 and y from 0 to 9 were scaled into the square; 1 that came twice were "
        "left out."
    )
    assert [shown["label"].count(label) for label in (0, 1)] == [10, 10]
    assert (min(shown["x"]), max(shown["x"])) == (-1.25, 1.25)
    assert list(listed(client)) == datasets.names()
    assert upload(client, rows).json()["counts"] == shown["counts"]


def test_a_preview_shows_some_of_many_points_and_counts_all(client: TestClient):
    rows = "\n".join(f"{i / 9000},{i % 97 / 97},{int(i % 100 == 0)}" for i in range(9000))
    shown = preview(client, rows.encode()).json()
    assert shown["counts"] == [8910, 90]
    assert shown["label"].count(1) == 90
    assert 400 < shown["label"].count(0) <= 500


@pytest.mark.parametrize(
    ("content", "said", "points"),
    [
        (b"", "It has no points", 0),
        (b"1,2,a\n3,,b", "Line 2: y is missing.", 0),
        (TABLE + b"\n0.5,0.5,9", "The class 9 has points at only 1 place", 21),
    ],
)
def test_a_preview_of_half_a_table_says_what_is_wrong(client, content, said, points):
    answer = preview(client, content)
    assert answer.status_code == 200
    assert answer.json()["problem"].startswith(said)
    assert len(answer.json()["x"]) == points


def test_a_preview_is_refused_as_an_upload_is(client: TestClient):
    assert_problem(preview(client, b"0,0,1\n" * 1_000_000), 413)
    assert_problem(client.post(f"{POINTS}/preview", json={}), 415)


def test_a_data_directory_that_cannot_be_written_is_a_problem(client, settings: Settings):
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "points").touch()
    assert_problem(upload(client), 507)


def test_a_run_that_fixed_points_cannot_serve_is_refused_at_its_field(
    client: TestClient, settings: Settings
):
    upload(client, name="mine", title="Mine")
    Presence(connect(settings)).announce("interactive", "somebody")
    asked = {"experiment": "toy", "config": {"dataset": "mine", "noise": 0.2}}
    problem = assert_problem(client.post("/api/runs", json=asked), 422)
    errors = {error["field"]: error["message"] for error in problem["errors"]}
    assert set(errors) == {"config.noise", "config.reference_samples"}
    assert "take 4 or fewer, not 10" in errors["config.reference_samples"]
    asked["config"] = {"dataset": "mine", "reference_samples": 4}
    assert client.post("/api/runs", json=asked).status_code == 201
    client.delete(f"{POINTS}/mine")
    problem = assert_problem(client.post("/api/runs", json=asked), 422)
    assert problem["errors"][0]["field"] == "config.dataset"
    assert "was removed" in problem["detail"]
