"""The REST API: what it answers, and how it says what is wrong."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from backend import app
from backend.app import create_api
from backend.settings import Settings
from pruning.experiments.base import experiments
from pruning.recipes.base import recipes
from tests import experiments as _counting  # noqa: F401 - registers `count`
from workers.run import carry_out


@pytest.fixture
def client(settings: Settings):
    with TestClient(create_api(settings)) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        yield client


@pytest.fixture
def finished(client: TestClient) -> str:
    run_id = client.post("/api/runs", json={"experiment": "count", "config": {"steps": 3}}).json()[
        "id"
    ]
    carry_out(client.app.state.services, run_id, "me")
    return run_id


def assert_problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


def test_experiments_come_with_their_schemas(client: TestClient):
    described = {item["name"]: item for item in client.get("/api/experiments").json()}
    assert list(described) == experiments.names()
    toy = described["toy"]["config_schema"]["properties"]
    assert toy["dataset"]["enum"][:3] == ["moon", "circle", "mult"]
    assert all(field["title"] and field["description"] for field in toy.values())


def test_head_is_get_without_a_body(client: TestClient, finished: str):
    run = f"/api/runs/{finished}"
    for path in ("/api/runs", run, f"{run}/result", f"{run}/events", "/healthz", "/api/runs/none"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        for name in ("content-type", "content-length"):
            assert head.headers.get(name) == whole.headers.get(name)


def test_a_full_queue_takes_no_more_until_there_is_room(settings: Settings):
    few = settings.model_copy(update={"most_waiting": 2})
    with TestClient(create_api(few)) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        body = {"experiment": "toy", "config": {"criteria": ["lrp"]}}
        runs = [client.post("/api/runs", json=body).json()["id"] for _ in range(2)]
        refused = client.post("/api/runs", json=body)
        assert "2 runs wait already" in assert_problem(refused, 429)["detail"]
        assert refused.headers["Retry-After"] == "60"
        client.post(f"/api/runs/{runs[0]}/cancel")
        assert client.post("/api/runs", json=body).status_code == 201


def test_a_toy_run_of_more_than_can_be_drawn_is_refused_with_what_fits(client: TestClient):
    toy = experiments["toy"].config.model_json_schema()
    names = toy["properties"]["criteria"]["items"]["enum"][:13]
    assert len(names) == 13
    many = {"criteria": names, "grid": 200, "sparsities": "0:0.99:0.005"}
    answer = client.post("/api/runs", json={"experiment": "toy", "config": many})
    detail = assert_problem(answer, 422)["detail"]
    assert "million points to draw" in detail
    assert answer.json()["errors"][0]["field"] == "config.grid"
    fits = int(re.search(r"take a grid of (\d+)", detail)[1])
    for grid, status in ((fits, 201), (fits + 1, 422)):
        body = {"experiment": "toy", "config": many | {"grid": grid}}
        assert client.post("/api/runs", json=body).status_code == status


def test_the_same_is_not_run_again_unless_asked_for(client: TestClient):
    body = {"experiment": "toy", "config": {"criteria": ["lrp"]}}
    first = client.post("/api/runs", json=body).json()
    same = client.post("/api/runs", json=body | {"again": False})
    assert (same.status_code, same.json()["id"]) == (200, first["id"])
    assert same.headers["Location"] == f"/api/runs/{first['id']}"
    other = {"experiment": "toy", "config": {"criteria": ["weight"]}, "again": False}
    assert client.post("/api/runs", json=other).status_code == 201
    client.post(f"/api/runs/{first['id']}/cancel")
    answer = client.post("/api/runs", json=body | {"again": False})
    assert (answer.status_code, answer.json()["id"] != first["id"]) == (201, True)


def test_a_submitted_run_waits_with_its_whole_configuration(client: TestClient):
    body = {"experiment": "toy", "config": {"dataset": "moon"}, "title": "Mine", "tags": ["a"]}
    response = client.post("/api/runs", json=body)
    assert response.status_code == 201
    run = response.json()
    assert response.headers["location"] == f"/api/runs/{run['id']}"
    assert (run["status"], run["title"], run["tags"]) == ("queued", "Mine", ["a"])
    assert run["config"].keys() == experiments["toy"].config.model_fields.keys()
    assert client.get(f"/api/runs/{run['id']}").json() == run
    assert client.get("/api/runs").json() == [run]


@pytest.mark.parametrize(
    ("config", "field", "allowed"),
    [
        ({"dataset": "circel"}, "config.dataset", "circle"),
        ({"criteria": ["lrp", "wieght"]}, "config.criteria.1", "weight"),
        ({"criteria": []}, "config.criteria", None),
        ({"grid": 7}, "config.grid", None),
        ({"grid": 100000}, "config.grid", None),
        ({"reference_samples": 0}, "config.reference_samples", None),
        ({"noise": -1}, "config.noise", None),
        ({"noise": "nan"}, "config.noise", None),
        ({"hidden": "100, x"}, "config.hidden", None),
        ({"hidden": [0]}, "config.hidden.0", None),
        ({"sparsities": [1.5]}, "config.sparsities.0", None),
        ({"sparsities": "0:1:0"}, "config.sparsities", None),
        ({"surprise": 1}, "config.surprise", None),
    ],
)
def test_a_bad_configuration_names_the_field_and_what_is_allowed(
    client: TestClient, config: dict, field: str, allowed: str | None
):
    body = {"experiment": "toy", "config": config}
    problem = assert_problem(client.post("/api/runs", json=body), 422)
    [error] = problem["errors"]
    assert error["field"] == field
    assert error["message"]
    if allowed:
        assert allowed in error["allowed"]
    assert client.get("/api/runs").json() == []


def test_several_mistakes_are_named_at_once(client: TestClient):
    body = {"experiment": "toy", "config": {"dataset": "x", "grid": 0}}
    problem = assert_problem(client.post("/api/runs", json=body), 422)
    assert {error["field"] for error in problem["errors"]} == {"config.dataset", "config.grid"}


def test_an_unknown_experiment_names_those_that_there_are(client: TestClient):
    problem = assert_problem(client.post("/api/runs", json={"experiment": "tyo"}), 422)
    [error] = problem["errors"]
    assert error["field"] == "experiment"
    assert "toy" in error["allowed"]


IS_MISSING = "the request is missing"
NO_OBJECT = "has to be an object with names and values"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("", IS_MISSING),
        ("{", "the request is not valid JSON: Expecting property name enclosed in double quotes, "),
        ("[]", f"the request {NO_OBJECT}"),
        ('"toy"', f"the request {NO_OBJECT}"),
        ("{}", "experiment: is missing"),
        ('{"experiment": 1}', "experiment: needs text"),
        ('{"experiment": "toy", "x": 1}', "x: is no setting"),
        ('{"experiment": "toy", "config": [1]}', f"config: {NO_OBJECT}"),
        ('{"experiment": "toy", "tags": "a"}', "tags: has to be a list"),
    ],
)
def test_a_malformed_body_is_a_problem_too(client: TestClient, body: str, detail: str):
    headers = {"content-type": "application/json"}
    problem = assert_problem(client.post("/api/runs", content=body, headers=headers), 422)
    assert problem["errors"]
    assert problem["detail"].startswith(detail)


@pytest.mark.parametrize("path", ["", "/result", "/events"])
def test_an_unknown_run_is_a_404(client: TestClient, path: str):
    assert_problem(client.get(f"/api/runs/nothere{path}"), 404)


def test_unknown_addresses_are_problems(client: TestClient):
    assert_problem(client.get("/api/nothing"), 404)
    assert_problem(client.post("/api/runs/nothere/cancel"), 404)
    assert_problem(client.delete("/api/runs/nothere"), 404)
    assert_problem(client.put("/api/runs"), 405)
    assert_problem(client.get("/api/runs?limit=0"), 422)


@pytest.mark.parametrize("after", ["abc", "1-", "-1", "1-2-3", "1;2"])
def test_what_is_no_event_id_is_refused(client: TestClient, finished: str, after: str):
    url = f"/api/runs/{finished}/events"
    problem = assert_problem(client.get(url, params={"after": after}), 422)
    assert problem["errors"][0]["field"] == "after"
    assert "such as 1795216730009-0" in problem["detail"]
    assert client.get(url, params={"after": "0"}).text.count("\n") == 3 * 4 + 1


def test_a_result_can_be_taken_away(client: TestClient, finished: str):
    result = client.get(f"/api/runs/{finished}/result").json()
    assert (result["experiment"], result["status"]) == ("count", "done")
    assert result["series"]["squares"] == {
        "x": [0, 1, 2],
        "y": [0, 1, 4],
        "labels": {"of": ["numbers"] * 3},
    }
    after = client.get(f"/api/runs/{finished}/events", params={"after": result["last_event_id"]})
    assert after.text == ""


def test_an_active_run_cannot_be_deleted_an_ended_one_can(client: TestClient, finished: str):
    waiting = client.post("/api/runs", json={"experiment": "count"}).json()["id"]
    assert_problem(client.delete(f"/api/runs/{waiting}"), 409)
    for_good = f"/api/runs/{finished}?for_good=true"
    assert "into the bin" in assert_problem(client.delete(for_good), 409)["detail"]
    assert client.delete(f"/api/runs/{finished}").status_code == 204
    assert client.delete(for_good).status_code == 204
    assert_problem(client.get(f"/api/runs/{finished}"), 404)


def test_without_a_worker_nothing_is_started_and_the_reason_is_given(settings: Settings):
    with TestClient(create_api(settings)) as client:
        problem = assert_problem(client.post("/api/runs", json={"experiment": "toy"}), 503)
        assert "worker" in problem["detail"]
        assert_problem(client.get("/readyz"), 503)
        assert client.get("/healthz").status_code == 200
        assert client.get("/api/runs").json() == []


def test_without_redis_the_api_says_so_and_what_is_finished_can_still_be_read(
    client: TestClient, finished: str, settings: Settings
):
    before = client.get(f"/api/runs/{finished}/result").json()
    gone = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with TestClient(create_api(gone)) as cut_off:
        problem = assert_problem(cut_off.post("/api/runs", json={"experiment": "toy"}), 503)
        assert "Redis" in problem["detail"]
        assert cut_off.get(f"/api/runs/{finished}/result").json() == before


def test_a_waiting_run_cannot_be_cancelled_without_redis_and_waits_on(
    client: TestClient, settings: Settings
):
    run = client.post("/api/runs", json={"experiment": "count"}).json()
    gone = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with TestClient(create_api(gone)) as cut_off:
        assert_problem(cut_off.post(f"/api/runs/{run['id']}/cancel"), 503)
    assert client.get(f"/api/runs/{run['id']}").json() == run


def look_after(monkeypatch, *pauses: float, fails: bool = False) -> list[str]:
    """What is looked after when the clock says after each sleep that so much time has passed."""
    clock = iter([moment for pause in pauses for moment in (0.0, pause)])
    done: list[str] = []

    def sweep() -> None:
        done.append("runs")
        if fails:
            raise RuntimeError("stumbled")

    services = SimpleNamespace(
        settings=Settings(lease_seconds=10),
        recovery=SimpleNamespace(sweep=sweep),
        run_list=SimpleNamespace(expire=lambda: done.append("bin")),
    )
    monkeypatch.setattr(app, "time", SimpleNamespace(time=lambda: next(clock)))
    monkeypatch.setattr(app, "_SWEEP_SECONDS", 0)
    with pytest.raises(RuntimeError, match="StopIteration"):
        # It goes on for ever, or until the clock has no more to say.
        asyncio.run(app._sweep(services))
    return done


def test_after_a_sleep_of_the_machine_workers_get_time_to_renew_their_leases(monkeypatch):
    assert look_after(monkeypatch, 0) == ["runs", "bin"]
    assert look_after(monkeypatch, 3600, 9) == ["runs", "bin"]


def test_the_bin_is_looked_after_also_when_lost_runs_cannot_be(monkeypatch, caplog):
    assert look_after(monkeypatch, 0, 0, fails=True) == ["runs", "bin"] * 2
    assert "could not look after lost runs" in caplog.text


def test_a_fault_of_the_server_is_a_problem_without_its_inside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    with TestClient(create_api(settings), raise_server_exceptions=False) as client:
        monkeypatch.setattr(client.app.state.services.runs, "get", lambda _: 1 / 0)
        problem = assert_problem(client.get("/api/runs/any"), 500)
        assert "ZeroDivision" not in str(problem)


def test_a_name_that_was_made_to_point_here_reaches_nothing(client: TestClient):
    for path in ("/api/runs", "/healthz", "/docs"):
        answer = client.get(path, headers={"host": "evil.example"})
        problem = assert_problem(answer, 400)
        assert "under the name 'evil.example', but under testserver" in problem["detail"]
        assert "PRUNELAB_HOSTS" in problem["detail"]


def test_messages_are_for_people(client: TestClient):
    config = {"criteria": [], "reference_samples": 2.5, "grid": 7, "sparsities": "0.5, 1", "x": 1}
    answer = client.post("/api/runs", json={"experiment": "toy", "config": config})
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == {
        "config.criteria": "needs at least one value",
        "config.reference_samples": "needs a whole number, not 2.5",
        "config.grid": "has to be 20 or more, not 7",
        "config.sparsities.1": "each has to be 0.99 or less, not 1",
        "config.x": "is no setting",
    }


def test_recipes_come_with_whole_configurations_and_published_figures(client: TestClient):
    described = {item["name"]: item for item in client.get("/api/recipes").json()}
    assert list(described) == recipes.names()
    toy = described["yeom2021-toy"]
    assert toy["experiment"] == "toy_study"
    assert toy["config"] == experiments["toy_study"].config(training="published").model_dump(
        mode="json"
    )
    assert toy["published"]["rows"][0]["mean"] == 0.996
    assert described["yeom2021-toy-noisy"]["config"]["test"] == "noisy"


def test_a_grid_that_is_too_large_is_refused_with_its_size_and_the_limit(client: TestClient):
    body = {"experiment": "toy_study", "config": {"seeds": 900}}
    answer = client.post("/api/runs", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("the grid is too large: 86,400 prunings")
    assert "at most 50,000" in answer.json()["detail"]
    assert client.get("/api/runs").json() == []
