"""Dashboards: every change is kept, can be taken back, and never overwrites another one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

import backend.dashboards
from backend.app import create_api
from backend.dashboards import Content, Dashboards, Panel
from backend.problems import Problem
from backend.services import Services
from backend.settings import Settings


@pytest.fixture
def dashboards(services: Services) -> Dashboards:
    return services.dashboards


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_api(settings)) as client:
        yield client


def titled(title: str) -> Content:
    return Content(title=title, panels=[Panel(id="one", note=title)])


def test_what_was_saved_is_there(dashboards):
    made = dashboards.create(titled("first"))
    saved = dashboards.save(made.id, titled("second"), made.revision)
    assert dashboards.get(made.id) == saved
    assert saved.content == titled("second")
    assert (made.revision, saved.revision) == (1, 2)


def test_every_change_can_be_taken_back_and_made_again(dashboards):
    made = dashboards.create(titled("0"))
    for number in range(1, 4):
        made = dashboards.save(made.id, titled(str(number)), made.revision)
    seen = [dashboards.step(made.id, -1).content.title for _ in range(4)]
    assert seen == ["2", "1", "0", "0"]
    assert [dashboards.step(made.id, 1).content.title for _ in range(4)] == ["1", "2", "3", "3"]
    assert not dashboards.get(made.id).can_redo


def test_a_change_after_undoing_takes_the_place_of_what_was_undone(dashboards):
    made = dashboards.create(titled("a"))
    dashboards.save(made.id, titled("b"), 1)
    back = dashboards.step(made.id, -1)
    changed = dashboards.save(made.id, titled("c"), back.revision)
    assert not changed.can_redo
    assert [content.title for content in dashboards.history(made.id)] == ["a", "c"]


def test_the_same_content_is_no_change(dashboards):
    made = dashboards.create(titled("a"))
    assert dashboards.save(made.id, titled("a"), 1).revision == 1


def test_of_two_changes_to_the_same_revision_the_second_is_refused(dashboards):
    made = dashboards.create(titled("a"))
    dashboards.save(made.id, titled("b"), 1)
    with pytest.raises(Problem, match="Reload it") as caught:
        dashboards.save(made.id, titled("c"), 1)
    assert caught.value.status == 409
    assert dashboards.get(made.id).content.title == "b"


def test_of_two_saves_at_the_same_moment_one_is_refused(dashboards, monkeypatch):
    made = dashboards.create(titled("a"))
    found = backend.dashboards._content

    def slowly(*arguments):
        time.sleep(0.1)
        return found(*arguments)

    def save(title: str) -> int:
        try:
            return dashboards.save(made.id, titled(title), 1).revision
        except Problem as problem:
            return problem.status

    # Both have looked at the dashboard before either changes it.
    monkeypatch.setattr(backend.dashboards, "_content", slowly)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, "bc")) == [2, 409]
    assert len(dashboards.history(made.id)) == 2


def test_what_somebody_has_not_seen_they_do_not_take_back(dashboards):
    made = dashboards.create(titled("a"))
    dashboards.save(made.id, titled("b"), 1)
    for by in (-1, 1):
        with pytest.raises(Problem, match="Reload it") as caught:
            dashboards.step(made.id, by, revision=1)
        assert caught.value.status == 409
    assert dashboards.get(made.id).content.title == "b"
    assert dashboards.step(made.id, -1, revision=2).content.title == "a"


def test_only_so_many_revisions_are_kept(dashboards):
    made = dashboards.create(titled("0"))
    for number in range(1, 130):
        made = dashboards.save(made.id, titled(str(number)), made.revision)
    history = dashboards.history(made.id)
    assert len(history) <= 101
    assert history[-1].title == "129"
    assert made.can_undo


def test_a_history_can_be_given_to_a_new_dashboard(dashboards):
    made = dashboards.create(titled("a"))
    dashboards.save(made.id, titled("b"), 1)
    copy = dashboards.restore(dashboards.history(made.id))
    assert copy.id != made.id
    assert dashboards.step(copy.id, -1).content == titled("a")


def test_over_rest(client):
    made = client.post("/api/dashboards", json={"title": "One"}).json()
    address = f"/api/dashboards/{made['id']}"
    panel = {"id": "p", "note": "**words**", "x": 3, "y": 0, "width": 4, "height": 2}
    change = {"content": {"title": "Two", "panels": [panel]}, "revision": 1}
    saved = client.put(address, json=change).json()
    assert saved["content"]["panels"][0] | panel == saved["content"]["panels"][0]
    assert client.put(address, json=change).status_code == 409
    assert client.post(f"{address}/undo", json={"revision": 1}).status_code == 409
    undone = client.post(f"{address}/undo", json={"revision": 2})
    assert undone.json()["content"]["title"] == "One"
    assert client.post(f"{address}/redo", json={"revision": 2}).status_code == 409
    assert client.post(f"{address}/undo", json={"revision": "x"}).status_code == 422
    assert client.post(f"{address}/redo").json()["content"]["title"] == "Two"
    assert [each["id"] for each in client.get("/api/dashboards").json()] == [made["id"]]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_what_was_called_a_criterion_is_a_variant():
    assert Panel.model_validate({"id": "a", "by": "criterion"}).by == "variant"
    assert Panel(id="a").by == "variant"


@pytest.mark.parametrize(
    ("panels", "wrong"),
    [
        ([{"id": "a"}, {"id": "a"}], "the same id"),
        ([{"id": "a", "x": 8, "width": 6}], "beyond the last"),
        ([{"id": "a b"}], "id"),
        ([{"id": "a", "y": -1}], "has to be 0 or more"),
        ([{"id": "a", "height": 0}], "has to be 1 or more"),
        ([{"id": "a", "by": "colour"}], "by"),
        ([{"id": "a", "runs": ["r"] * 21}], "runs"),
        ([{"id": "a", "note": "x" * 20_001}], "note"),
        ([{"id": "a", "script": "x"}], "is no setting"),
        ([{"id": str(i)} for i in range(61)], "panels"),
    ],
)
def test_what_is_no_dashboard_is_refused(client, panels, wrong):
    answer = client.post("/api/dashboards", json={"panels": panels})
    assert answer.status_code == 422
    assert wrong in answer.json()["detail"]
    assert client.get("/api/dashboards").json() == []
