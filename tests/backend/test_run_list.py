"""Lists of runs: narrowed, sorted, paged, marked; and the bin."""

from __future__ import annotations

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

import backend.store.listing
from backend.app import create_api
from backend.services import Services, make_services
from backend.settings import Settings
from backend.store.engine import MIGRATIONS, make_engine, migrate
from backend.store.repository import now
from tests import experiments as _counting  # noqa: F401 - registers `count`
from tests.backend.test_api import assert_problem
from workers.run import carry_out


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        for queue in ("interactive", "training", "parts"):
            client.app.state.services.presence.announce(queue, "a test")
        yield client


def services_of(client: TestClient) -> Services:
    return client.app.state.services


def submit(client: TestClient, experiment: str = "count", title: str = "", *tags: str, **config):
    body = {"experiment": experiment, "title": title, "tags": tags, "config": config}
    return client.post("/api/runs", json=body).json()["id"]


def done(client: TestClient, title: str = "", *tags: str, **config) -> str:
    run_id = submit(client, "count", title, *tags, **config)
    carry_out(services_of(client), run_id, "me")
    return run_id


def titles(client: TestClient, **asked) -> list[str]:
    return [run["title"] for run in client.get("/api/runs", params=asked).json()]


@pytest.fixture
def various(client: TestClient) -> TestClient:
    submit(client, "toy", "Moons", "paper", dataset="moon", criteria=["lrp"])
    submit(client, "toy", "circles", "Paper", "seminar", criteria=["weight", "grad"])
    submit(client, "sweep", "Digits 100 %", criteria=["lrp", "random"])
    done(client, "Größe", steps=1)
    return client


ASKED = [
    ({}, ["Größe", "Digits 100 %", "circles", "Moons"]),
    ({"experiment": "toy"}, ["circles", "Moons"]),
    ({"dataset": "moon"}, ["Moons"]),
    ({"dataset": "MOO"}, ["Moons"]),
    ({"model": "lenet"}, ["Digits 100 %"]),
    ({"model": "mlp 100-100"}, ["circles", "Moons"]),
    ({"criteria": "lrp"}, ["Digits 100 %", "Moons"]),
    ({"status": "done"}, ["Größe"]),
    ({"status": ["done", "queued"], "experiment": "count"}, ["Größe"]),
    ({"tag": "paper"}, ["circles", "Moons"]),
    ({"tag": "pap"}, []),
    ({"search": "größe"}, ["Größe"]),
    ({"search": "lrp toy decision"}, ["Moons"]),
    ({"search": "seminar"}, ["circles"]),
    ({"search": "100 %"}, ["Digits 100 %"]),
    ({"search": "_"}, []),
    ({"sort": "title", "descending": False}, ["circles", "Digits 100 %", "Größe", "Moons"]),
    ({"sort": "dataset"}, ["Moons", "Digits 100 %", "circles", "Größe"]),
    ({"sort": "duration"}, ["Größe", "Digits 100 %", "circles", "Moons"]),
    ({"sort": "duration", "descending": False}, ["Größe", "Moons", "circles", "Digits 100 %"]),
    ({"limit": 2, "offset": 1}, ["Digits 100 %", "circles"]),
]


def test_a_list_is_narrowed_sorted_and_paged(various):
    for asked, expected in ASKED:
        assert titles(various, **asked) == expected, asked


def test_the_total_counts_what_is_wanted_not_what_is_shown(various):
    answer = various.get("/api/runs", params={"limit": 1, "search": "lrp"})
    assert (len(answer.json()), answer.headers["x-total-count"]) == (1, "2")
    assert_problem(various.get("/api/runs", params={"sort": "colour"}), 422)
    assert_problem(various.get("/api/runs", params={"status": "asleep"}), 422)


def test_an_ended_run_says_how_long_it_took(client):
    run = client.get(f"/api/runs/{done(client, steps=3, pause=0.02)}").json()
    assert 0.06 <= run["duration"] < 5


def test_marks_change_alone_and_what_a_run_is_found_by_with_them(client):
    run_id = done(client, "Before", "old")
    url = f"/api/runs/{run_id}"
    assert client.patch(url, json={"starred": True}).json()["title"] == "Before"
    changed = client.patch(url, json={"title": "  After\tthat ", "tags": [" x ", "", "x", "y, z"]})
    assert changed.json()["title"] == "After that"
    assert changed.json()["tags"] == ["x", "y", "z"]
    assert changed.json()["starred"]
    assert titles(client, search="after z") == titles(client, starred=True) == ["After that"]
    assert titles(client, search="before") == titles(client, tag="old") == []
    assert client.patch(url, json={"title": ""}).json()["title"] == ""


def test_a_run_that_is_renamed_and_tagged_at_once_is_found_by_both(client, monkeypatch):
    run_id = done(client)
    search_of = backend.store.listing.searchable

    def slowly(*arguments):
        time.sleep(0.1)
        return search_of(*arguments)

    # Both have looked at the run before either changes it.
    monkeypatch.setattr(backend.store.listing, "searchable", slowly)
    marks = ({"title": "fresh"}, {"tags": ["green"]})
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda mark: services_of(client).run_list.mark(run_id, **mark), marks))
    assert titles(client, search="fresh") == titles(client, search="green") == ["fresh"]


@pytest.mark.parametrize(
    "marks",
    [
        {"title": "x" * 201},
        {"tags": ["x" * 51]},
        {"tags": [str(i) for i in range(21)]},
        {"tags": [",".join(map(str, range(21)))]},
        {"starred": "very"},
        {"status": "done"},
    ],
)
def test_marks_have_bounds(client, marks):
    run_id = done(client, "Mine")
    problem = assert_problem(client.patch(f"/api/runs/{run_id}", json=marks), 422)
    assert problem["errors"]
    assert client.get(f"/api/runs/{run_id}").json()["title"] == "Mine"


def test_what_is_too_long_is_refused_in_words(client):
    url = f"/api/runs/{done(client)}"
    problem = assert_problem(client.patch(url, json={"tags": ["ok", "x" * 60]}), 422)
    assert problem["detail"] == f"tags: each has to be 50 characters or fewer, not “{'x' * 30}…”"
    problem = assert_problem(client.patch(url, json={"title": "x" * 201}), 422)
    assert problem["detail"] == "title: has to be 200 characters or fewer"


def test_a_deleted_run_can_be_restored_until_the_bin_is_emptied(client):
    first, second = done(client, "first"), done(client, "second")
    assert client.delete(f"/api/runs/{first}").status_code == 204
    assert (titles(client), titles(client, bin=True)) == (["second"], ["first"])
    assert [run.id for run in services_of(client).runs.page()] == [second]
    assert client.get(f"/api/runs/{first}").json()["deleted_at"]
    assert client.post(f"/api/runs/{first}/restore").json()["deleted_at"] is None
    assert len(titles(client)) == 2
    client.delete(f"/api/runs/{first}")
    assert client.post("/api/bin/empty").json() == {"removed": 1}
    assert_problem(client.get(f"/api/runs/{first}"), 404)
    assert titles(client) == ["second"]


def test_what_leaves_the_bin_while_it_is_emptied_is_left_alone(client, monkeypatch):
    stays, restored, removed = (done(client, title) for title in ("stays", "restored", "removed"))
    for run_id in (stays, restored, removed):
        client.delete(f"/api/runs/{run_id}")
    services = services_of(client)
    listing = services.run_list._listing
    in_bin = listing.in_bin

    def listed_then_changed(before: datetime | None = None) -> list[str]:
        found = in_bin(before)
        if before is None:
            client.post(f"/api/runs/{restored}/restore")
            assert client.delete(f"/api/runs/{removed}?for_good=true").status_code == 204
        return found

    services.artifacts.put(restored, "kept", Path(__file__))
    monkeypatch.setattr(listing, "in_bin", listed_then_changed)
    assert client.post("/api/bin/empty").json() == {"removed": 1}
    assert titles(client) == ["restored"]
    assert services.artifacts.has(restored, "kept")
    assert_problem(client.delete(f"/api/runs/{restored}?for_good=true"), 409)


def test_an_active_run_is_not_put_into_the_bin(client):
    run_id = submit(client)
    assert_problem(client.delete(f"/api/runs/{run_id}"), 409)
    assert len(titles(client)) == 1


def test_what_has_been_in_the_bin_for_long_goes_for_good(client):
    old, young = done(client, "old"), done(client, "young")
    for run_id in (old, young):
        client.delete(f"/api/runs/{run_id}")
    services = services_of(client)
    with services.engine.begin() as connection:
        binned = {"at": now() - timedelta(days=31), "id": old}
        connection.execute(text("UPDATE runs SET deleted_at = :at WHERE id = :id"), binned)
    # The application does so by itself, and may have been first.
    services.run_list.expire()
    assert titles(client, bin=True) == ["young"]


def test_a_run_is_run_again_with_its_marks(client):
    run_id = done(client, "Mine", "a", steps=2)
    again = client.post(f"/api/runs/{run_id}/again")
    assert again.status_code == 201
    before, after = client.get(f"/api/runs/{run_id}").json(), again.json()
    assert after["id"] != run_id
    assert after["status"] == "queued"
    for name in ("title", "tags", "config", "config_hash"):
        assert after[name] == before[name]


def test_what_is_unknown_is_a_404_whatever_is_asked_of_it(client):
    for method, path in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/restore"),
        ("POST", "/again"),
        ("POST", "/front"),
    ):
        body = {"starred": True} if method == "PATCH" else None
        assert_problem(client.request(method, f"/api/runs/nothere{path}", json=body), 404)


def test_a_light_result_is_the_result_without_frames(client):
    runs = services_of(client).runs
    run_id = done(client, steps=3)
    result, last = runs.result(run_id)
    assert result.frames
    assert runs.light_result(run_id) == (result.model_copy(update={"frames": {}}), last)
    waiting = submit(client)
    assert runs.light_result(waiting)[0].frames == {}


@pytest.fixture
def old_store(tmp_path: Path) -> Engine:
    """A store as it was before, with a run that ended and one that is divided."""
    engine = make_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for run_id, parent in (("one", None), ("two", None), ("two-0", "two")):
            connection.execute(_INSERT, {"id": run_id, "parent": parent, "config": _CONFIG})
        connection.execute(_RECORD, {"result": gzip.compress(orjson.dumps(_RESULT))})
    return engine


_CONFIG = orjson.dumps({"dataset": "moon", "criteria": ["lrp"], "hidden": [9, 8]}).decode()
_RESULT = {
    "series": {"accuracy/unpruned": {"x": [0], "y": [0.9], "labels": {"scenario": ["test"]}}},
    "frames": {"grid": [{"at": 0.0, "arrays": {}}]},
    "tables": {
        "accuracy": {
            "columns": ["criterion", "sparsity", "test_accuracy"],
            "rows": [["lrp", 0.5, 0.895], ["lrp", 0.9, 0.5]],
        }
    },
    "artifacts": [],
    "notes": [],
    "status": "done",
}
_INSERT = text(
    "INSERT INTO runs (id, experiment, title, tags, config, config_hash, status, cancel_requested,"
    " attempts, created_at, started_at, finished_at, divided, parent_id) VALUES (:id, 'toy',"
    " 'Größe', '[\"Paper\"]', :config, 'x', 'done', 0, 1, '2026-01-02 03:04:05.000000',"
    " '2026-01-02 03:04:05.000000', '2026-01-02 03:05:06.500000', 0, :parent)"
)
_RECORD = text("INSERT INTO run_records VALUES ('one', '1-0', :result, x'00')")


def test_runs_from_before_are_described_by_the_migration(
    old_store: Engine, settings: Settings, tmp_path: Path
):
    migrate(old_store)
    services = make_services(
        settings.model_copy(update={"database": f"sqlite:///{tmp_path / 'old.sqlite3'}"})
    )
    assert [run.id for run in services.runs.page()] == ["two", "one"]
    run = services.runs.get("one")
    assert (run.dataset, run.model, run.criteria) == ("moon", "mlp 9-8", ["lrp"])
    assert (run.duration, run.starred, run.deleted_at) == (61.5, False, None)
    assert run.main_result == "50 % of units by lrp at 89.5 %"
    assert run.main_value == 0.5
    light, _ = services.runs.light_result("one")
    assert (light.frames, light.tables["accuracy"].rows[0][0]) == ({}, "lrp")
    migrated = {name: getattr(services.runs.repository.get("one"), name) for name in _FOLLOWING}
    services.run_list.mark("one", title="Größe")
    row = services.runs.repository.get("one")
    assert migrated == {name: getattr(row, name) for name in _FOLLOWING}
    services.engine.dispose()
    old_store.dispose()


_FOLLOWING = ("sort_title", "tag_line", "search")
