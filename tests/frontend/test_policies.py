"""What pages may load and run: files of ours, and the scripts that we have put into them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from backend.settings import Settings
from frontend.app import create_app
from frontend.documents.document import document
from frontend.documents.snapshots import snapshot_of
from frontend.sheets.base import run_sheet
from tests.frontend.fakes import a_run, toy_result


class Inlined(HTMLParser):
    """Collects the scripts that stand in a page, and what a policy would not let run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.policy = ""
        self._is_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self._is_script = (
            tag == "script" and "src" not in names and names.get("type") != "application/json"
        )
        if names.get("http-equiv") == "Content-Security-Policy":
            self.policy = names["content"] or ""
        self.handlers += [name for name in names if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._is_script:
            self.scripts.append(data)
        self._is_script = False


@pytest.fixture
def client(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("backend.app.Settings", lambda: settings)
    with TestClient(create_app()) as client:
        yield client


def check(page: str, policy: str = "") -> None:
    """See that what is in a page may run, and nothing else; its own policy holds unless given."""
    found = Inlined(page)
    policy = policy or found.policy
    assert found.handlers == []
    for script in found.scripts:
        digest = b64encode(sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, script[:80]
    said = dict(re.match(r"(\S+) ?(.*)", part.strip()).groups() for part in policy.split(";"))
    assert said["default-src"] == "'none'"
    assert said["base-uri"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & {
        *said["script-src"].split()
    }
    assert not re.search(r"https?:|\*", policy)


@pytest.mark.parametrize("path", ["/", "/runs", "/runs/nothing", "/glossary", "/docs"])
def test_a_page_runs_what_is_ours_and_nothing_else(client: TestClient, path: str):
    answer = client.get(path)
    [policy] = [
        each for each in answer.headers.get_list("content-security-policy") if "default-src" in each
    ]
    check(answer.text, policy)
    assert "frame-ancestors 'none'" in policy


def test_a_share_and_an_embed_do_so_too(client: TestClient):
    runs = client.app.state.services.runs  # type: ignore[attr-defined]
    client.app.state.services.presence.announce("interactive", "a test")  # type: ignore[attr-defined]
    run = runs.submit("toy", {}).id
    runs.cancel(run)
    source = {"kind": "run", "run": run}
    made = client.post("/api/shares", json={"source": source}).json()
    token = made["link"].rpartition("/")[2]
    for path in (f"/shares/{token}", f"/embed/{token}"):
        answer = client.get(path)
        assert answer.status_code == 200
        check(answer.text, answer.headers["content-security-policy"])


def test_a_file_reaches_nobody_and_runs_what_it_was_made_with():
    page = document(snapshot_of(run_sheet(a_run(), toy_result(), "7-0")))
    found = Inlined(page)
    assert len(found.scripts) == 5, "theme, map of modules, two libraries, the entry"
    check(page)
    assert "connect-src data: blob:;" in found.policy


def test_what_is_no_page_is_framed_by_nobody(client: TestClient):
    assert client.get("/api/runs").headers["content-security-policy"] == "frame-ancestors 'none'"
