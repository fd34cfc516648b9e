"""Masks made by hand on the page of their run, and in what is taken away of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from dash import dcc
from fastapi.testclient import TestClient

from backend.app import create_api
from backend.settings import Settings
from frontend.api import ROUTERS
from frontend.app import add_pages
from frontend.routes import page_at
from tests.frontend.fakes import toy_events

NASTY = '</script><script>alert("x")</script>'


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    api = create_api(settings, ROUTERS)
    add_pages(api, api.state.services)
    with TestClient(api) as client:
        yield client


@pytest.fixture
def run(client: TestClient) -> str:
    """A run with what a toy run says, and one mask."""
    services = client.app.state.services
    services.presence.announce("interactive", "a test")
    run_id = client.post("/api/runs", json={"experiment": "toy"}).json()["id"]
    services.runs.log.append(run_id, toy_events())
    keep(client, run_id, "First", units=[3, 1], note=NASTY)
    return run_id


def keep(client: TestClient, run: str, name: str, **values: Any) -> dict[str, Any]:
    answer = client.post(f"/api/runs/{run}/masks", json={"name": name, **values})
    assert answer.status_code == 201
    return answer.json()


def kept(client: TestClient, run: str) -> list[dict[str, Any]]:
    return client.get(f"/api/runs/{run}/masks").json()


def shared(client: TestClient, source: dict[str, Any]) -> str:
    """The address of what fills a new share."""
    link = client.post("/api/shares", json={"source": source}).json()["link"]
    return f"{link}/data.json"


def stages(client: TestClient, address: str) -> dict[str, Any]:
    return client.get(address).json()["stages"]


def on_page(client: TestClient, path: str) -> list[dict[str, Any]]:
    """The masks that the browser is given with a page of one stage."""
    shown = asyncio.run(page_at(path, client.app.state.services))
    [sheet] = [
        json.loads(part.data)
        for part in shown._traverse()
        if isinstance(part, dcc.Store) and part.id == "sheet-data"
    ]
    [stage] = sheet["stages"].values()
    return stage["hand_masks"]


def without_run(masks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in mask.items() if name != "run"} for mask in masks]


def test_the_page_of_a_run_has_its_masks_as_the_api_answers_them(client: TestClient, run: str):
    keep(client, run, "Second", connections=[[0, 1, 2]])
    masks = kept(client, run)
    assert [mask["name"] for mask in masks] == ["First", "Second"]
    assert on_page(client, f"/runs/{run}") == masks


def test_a_share_has_the_masks_that_there_were(client: TestClient, run: str):
    [first] = kept(client, run)
    address = shared(client, {"kind": "run", "run": run})
    before = stages(client, address)["run"]["hand_masks"]
    assert before == without_run([first])
    keep(client, run, "Later")
    client.patch(f"/api/runs/{run}/masks/{first['id']}", json={"name": "Renamed"})
    assert stages(client, address)["run"]["hand_masks"] == before
    assert client.delete(f"/api/runs/{run}/masks/{first['id']}").status_code == 204
    assert stages(client, address)["run"]["hand_masks"] == before
    anew = shared(client, {"kind": "run", "run": run})
    assert [mask["name"] for mask in stages(client, anew)["run"]["hand_masks"]] == ["Later"]


def test_a_file_has_them_and_what_is_written_in_them_stays_text(client: TestClient, run: str):
    page = client.get(f"/api/runs/{run}/export.html").text
    assert NASTY not in page
    held = re.search(r'id="sheet">(.*?)</script>', page, re.DOTALL)
    stage = json.loads(held[1])["stages"]["run"]
    assert stage["hand_masks"] == without_run(kept(client, run))


def test_what_is_of_several_runs_has_none(client: TestClient, run: str):
    other = client.post("/api/runs", json={"experiment": "toy"}).json()["id"]
    client.app.state.services.runs.log.append(other, toy_events())
    keep(client, other, "First")
    address = shared(client, {"kind": "comparison", "runs": [run, other]})
    assert [stage["hand_masks"] for stage in stages(client, address).values()] == [[]]
