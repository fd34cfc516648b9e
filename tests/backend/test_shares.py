"""Shares: only their token opens them, and revoking them ends that at once."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from backend.access.passwords import is_right
from backend.problems import Problem
from backend.services import Services
from backend.shares import MOST_PICTURE_BYTES, Shares
from tests.conftest import eventually

SNAPSHOT = json.dumps({"title": "Mine", "data": "x" * 1000}).encode()
SOURCE = {"kind": "run", "run": "abc"}
PNG = b"\x89PNG\r\n\x1a\n and more"


@pytest.fixture
def shares(services: Services) -> Shares:
    return services.shares


def refused(shares: Shares, token: str) -> str:
    with pytest.raises(Problem) as problem:
        shares.open(token)
    assert problem.value.status == 404
    return problem.value.detail


def test_a_share_opens_with_its_token(shares: Shares):
    share, token = shares.create(SNAPSHOT, "Mine", SOURCE, picture=PNG)
    opened = shares.open(token)
    assert opened.share == share
    assert opened.password_hash is None
    assert opened.has_picture
    assert shares.snapshot(share) == SNAPSHOT
    assert shares.picture(share) == PNG
    assert (share.title, share.source, share.opened) == ("Mine", SOURCE, 0)


def test_tokens_are_long_random_and_kept_as_hashes(shares: Shares, services: Services):
    tokens = [shares.create(SNAPSHOT, "Mine", SOURCE)[1] for _ in range(3)]
    assert len(set(tokens)) == 3
    assert all(len(token) == 32 for token in tokens), "192 bits, six to a sign"
    with services.engine.connect() as connection:
        stored = connection.exec_driver_sql("select * from shares").all()
    assert not any(token in str(stored) for token in tokens)
    assert hashlib.sha256(tokens[0].encode()).hexdigest() in str(stored)
    assert b"x" * 100 not in stored[0].snapshot, "it is compressed"


def test_whatever_is_no_token_of_an_open_share_gets_the_same_answer(shares: Shares):
    revoked, revoked_token = shares.create(SNAPSHOT, "Mine", SOURCE)
    shares.revoke(revoked.id)
    soon = datetime.now(UTC) + timedelta(seconds=0.05)
    expired, expired_token = shares.create(SNAPSHOT, "Mine", SOURCE, expires_at=soon)
    eventually(lambda: not expired.is_open)
    open_share, token = shares.create(SNAPSHOT, "Mine", SOURCE)
    wrong = [
        *(revoked_token, expired_token, open_share.id, revoked.id, "abc", "x" * 32, ""),
        *(token[:-1], token + "x", token.swapcase(), f" {token}", ":token", "{token}", "%"),
        *("' or 1=1 --", "\x00", "\ud800", hashlib.sha256(token.encode()).hexdigest()),
    ]
    assert len({refused(shares, each) for each in wrong}) == 1


def test_revoking_forgets_what_was_shared(shares: Shares, services: Services):
    share, _ = shares.create(SNAPSHOT, "Mine", SOURCE, picture=PNG)
    assert shares.revoke(share.id).revoked_at
    for look in (shares.snapshot, shares.picture):
        with pytest.raises(Problem):
            look(share)
    with services.engine.connect() as connection:
        row = connection.exec_driver_sql("select snapshot, picture from shares").one()
    assert tuple(row) == (b"", None)
    once = shares.all()[0].revoked_at
    assert shares.revoke(share.id).revoked_at == once, "once is for good"
    with pytest.raises(Problem):
        shares.revoke("nothere")


def test_the_list_says_how_often_and_when_each_was_opened(shares: Shares):
    first, _ = shares.create(SNAPSHOT, "First", SOURCE)
    second, _ = shares.create(SNAPSHOT, "Second", SOURCE, password="a long password")
    shares.note_opened(first)
    shares.note_opened(first)
    listed = shares.all()
    assert [share.id for share in listed] == [second.id, first.id]
    assert [share.opened for share in listed] == [0, 2]
    assert [share.has_password for share in listed] == [True, False]
    assert listed[1].last_opened_at
    assert "hash" not in str(listed[0].model_dump())


def test_a_password_is_kept_as_a_slow_hash(shares: Shares):
    _, token = shares.create(SNAPSHOT, "Mine", SOURCE, password="a long password")
    hashed = shares.open(token).password_hash
    assert hashed.startswith("$argon2id$")
    assert is_right("a long password", hashed)


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("future", {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("PNG", {"picture": b"<svg onload=alert(1)>"}),
        ("2 MiB", {"picture": PNG + b"x" * MOST_PICTURE_BYTES}),
        ("origin", {"frame_ancestors": ["https://a.example; script-src *"]}),
        ("origin", {"frame_ancestors": ["https://a.example https://b.example"]}),
        ("origin", {"frame_ancestors": ["https://a.example/path"]}),
        ("origin", {"frame_ancestors": ["https://a.example\n"]}),
        ("origin", {"frame_ancestors": ["data:"]}),
        ("origin", {"frame_ancestors": ["'self'"]}),
    ],
)
def test_what_cannot_be_is_refused(shares: Shares, said: str, values: dict):
    with pytest.raises(Problem, match=said) as problem:
        shares.create(SNAPSHOT, "Mine", SOURCE, **values)
    assert problem.value.status == 422
    assert shares.all() == []


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (["*"], "*"),
        ([], "'none'"),
        (["https://a.example", "http://localhost:3000"], "https://a.example http://localhost:3000"),
    ],
)
def test_frames_are_allowed_to_origins(shares: Shares, asked: list[str], kept: str):
    share, _ = shares.create(SNAPSHOT, "Mine", SOURCE, frame_ancestors=asked)
    assert share.frame_ancestors == kept
