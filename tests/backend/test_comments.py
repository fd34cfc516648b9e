"""Comments: off unless switched on, text only, few enough, and seen by others once approved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from backend.api import comments as routes
from backend.app import create_api
from backend.comments import MOST_COMMENTS, Comments, Subject, Written
from backend.dashboards import Content
from backend.problems import Problem
from backend.services import Services
from backend.settings import Settings

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def comments(services: Services) -> Comments:
    return services.comments


def of_dashboard(services: Services) -> Subject:
    return Subject("dashboard", services.dashboards.create(Content()).id)


def of_share(services: Services) -> Subject:
    return Subject("share", services.shares.create(b"{}", "Mine", {})[0].id)


@pytest.fixture(params=[of_dashboard, of_share])
def subject(request: pytest.FixtureRequest, services: Services) -> Subject:
    return request.param(services)


def written(text: str = "Hello", name: str = "Ada") -> Written:
    return Written(name=name, text=text)


def refused(act: object, status: int) -> str:
    with pytest.raises(Problem) as problem:
        act()
    assert problem.value.status == status
    return problem.value.detail


def test_they_are_off_unless_somebody_switches_them_on(comments: Comments, subject: Subject):
    assert not comments.all(subject).on
    refused(lambda: comments.write(subject, written()), 403)
    refused(lambda: comments.shown(subject), 403)
    assert comments.switch(subject, on=True).on
    comments.write(subject, written())
    assert not comments.switch(subject, on=False).on
    refused(lambda: comments.shown(subject), 403)
    assert [each.text for each in comments.all(subject).comments] == ["Hello"], "they are kept"


def test_others_see_one_once_it_is_approved_and_its_writer_before(
    comments: Comments, subject: Subject
):
    comments.switch(subject, on=True)
    mine = comments.write(subject, written())
    assert comments.shown(subject).comments == []
    assert comments.shown(subject, [mine.id]).comments == [mine]
    assert comments.waiting(subject.kind) == {subject.id: 1}
    approved = comments.approve(subject, mine.id)
    assert comments.shown(subject).comments == [approved]
    assert comments.waiting(subject.kind) == {}
    comments.delete(subject, mine.id)
    assert comments.shown(subject, [mine.id]).comments == []
    refused(lambda: comments.delete(subject, mine.id), 404)


def test_those_of_another_are_out_of_reach(comments: Comments, services: Services):
    first, second = of_dashboard(services), of_dashboard(services)
    comments.switch(first, on=True)
    comments.switch(second, on=True)
    made = comments.write(first, written())
    assert comments.shown(second, [made.id]).comments == []
    for act in (comments.approve, comments.delete):
        refused(lambda act=act: act(second, made.id), 404)


def test_there_is_room_for_so_many(comments: Comments, subject: Subject):
    comments.switch(subject, on=True)
    for number in range(MOST_COMMENTS):
        last = comments.write(subject, written(str(number)))
    assert comments.shown(subject).room == 0
    assert str(MOST_COMMENTS) in refused(lambda: comments.write(subject, written()), 409)
    comments.delete(subject, last.id)
    assert comments.shown(subject).room == 1


def test_they_go_with_what_they_are_on(comments: Comments, services: Services):
    board, share = of_dashboard(services), of_share(services)
    for subject in (board, share):
        comments.switch(subject, on=True)
        comments.write(subject, written())
    services.dashboards.delete(board.id)
    services.shares.revoke(share.id)
    for subject in (board, share):
        for act in (comments.all, lambda s: comments.switch(s, on=True)):
            refused(lambda act=act, s=subject: act(s), 404)
    with services.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from comments").scalar() == 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (NASTY, NASTY),
        ("  one\r\ntwo\rthree  ", "one\ntwo\nthree"),
        ("a\x00b\x1b[31mc\u202ed\ud800", "ab[31mcd"),
        ("👩\u200d🔬", "👩\u200d🔬"),
    ],
)
def test_a_text_is_plain_and_keeps_its_lines(text: str, kept: str):
    assert written(text).text == kept
    assert written(name=" A\n\tB ").name == "A B"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " \n"), ("name", "x" * 61), ("text", "\u202e"), ("text", "x" * 2001), ("more", "x")],
)
def test_what_is_empty_or_too_long_is_refused_by_field(field: str, value: str, client: TestClient):
    address = board(client)
    body = {"name": "x" * 60, "text": "x" * 2000}
    answer = client.post(address, json=body | {field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert client.post(address, json=body).status_code == 201


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_api(settings)) as client:
        yield client


def board(client: TestClient) -> str:
    """The comments of a dashboard that takes them."""
    made = client.post("/api/dashboards", json={"title": "Board"}).json()
    address = f"/api/dashboards/{made['id']}/comments"
    assert client.put(address, json={"on": True}).json() == {
        "on": True,
        "comments": [],
        "room": MOST_COMMENTS,
    }
    return address


def test_an_editor_approves_and_deletes_over_rest(client: TestClient):
    address = board(client)
    made = client.post(address, json={"name": "Ada", "text": NASTY}).json()
    assert (made["text"], made["approved"]) == (NASTY, False)
    assert client.post(f"{address}/{made['id']}/approve").json() == made | {"approved": True}
    assert client.get(address).json()["comments"] == [made | {"approved": True}]
    assert client.delete(f"{address}/{made['id']}").status_code == 204
    assert client.get(address).json()["comments"] == []
    assert client.get("/api/shares/nothere/comments").status_code == 404


def test_one_address_is_paced_and_another_is_not(client: TestClient, monkeypatch):
    address = board(client)
    who = ["192.0.2.1"]
    monkeypatch.setattr(routes, "client", lambda _: who[0])
    answers = [client.post(address, json={"name": "Ada", "text": str(i)}) for i in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    who[0] = "192.0.2.2"
    assert client.post(address, json={"name": "Bob", "text": "Hello"}).status_code == 201
