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
from frontend.sheets.base import ComparisonSource
from frontend.sheets.comparison import comparison_sheet
from pruning.context import Context
from pruning.events import Event
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.toy.config import ToyConfig
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


def same(shown: list[dict[str, Any]], kept: list[dict[str, Any]]) -> bool:
    """Whether pages show what the API answers: each with a colour, shares without the run."""
    colours = [mask["colour"] for mask in shown]
    assert len(set(colours)) == len(colours)
    others = {"run", "colour"}
    bare = [
        [{name: value for name, value in mask.items() if name not in others} for mask in masks]
        for masks in (shown, kept)
    ]
    return bare[0] == bare[1]


def test_the_page_of_a_run_has_its_masks_as_the_api_answers_them(client: TestClient, run: str):
    keep(client, run, "Second", connections=[[0, 1, 2]])
    masks = kept(client, run)
    assert [mask["name"] for mask in masks] == ["First", "Second"]
    assert same(on_page(client, f"/runs/{run}"), masks)


def test_a_share_has_the_masks_that_there_were(client: TestClient, run: str):
    [first] = kept(client, run)
    address = shared(client, {"kind": "run", "run": run})
    before = stages(client, address)["run"]["hand_masks"]
    assert same(before, [first])
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
    assert same(stage["hand_masks"], kept(client, run))


def test_a_dashboard_has_those_of_its_runs(client: TestClient, run: str):
    panel = {"id": "a", "runs": [run], "part": "diagram", "x": 0, "y": 0, "width": 12, "height": 9}
    board = client.post("/api/dashboards", json={"title": "Board", "panels": [panel]}).json()["id"]
    address = shared(client, {"kind": "dashboard", "dashboard": board})
    [stage] = stages(client, address).values()
    assert same(stage["hand_masks"], kept(client, run))


def test_what_is_of_several_runs_has_none(client: TestClient, run: str):
    other = client.post("/api/runs", json={"experiment": "toy"}).json()["id"]
    client.app.state.services.runs.log.append(other, toy_events())
    keep(client, other, "First")
    address = shared(client, {"kind": "comparison", "runs": [run, other]})
    assert [stage["hand_masks"] for stage in stages(client, address).values()] == [[]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """What a small toy run says."""
    config = ToyConfig(hidden=[8, 7, 6], criteria=["weight"], sparsities="0, 1/3", grid=20)
    return list(execute(experiments["toy"], config, Context(tmp_path_factory.mktemp("run"))))


@pytest.fixture
def pair(client: TestClient, told: list[Event]) -> list[str]:
    """Two runs with the same network, of which one has a mask."""
    services = client.app.state.services
    services.presence.announce("interactive", "a test")
    settings = {"hidden": [8, 7, 6], "criteria": ["weight"], "sparsities": "0, 1/3", "grid": 20}
    asked = {"experiment": "toy", "config": settings}
    ids = [client.post("/api/runs", json=asked).json()["id"] for _ in range(2)]
    for run_id in ids:
        services.runs.log.append(run_id, told)
    keep(client, ids[0], "Mine", author="Ada", units=[3, 12, 20])
    return ids


def test_masks_are_compared_with_what_criteria_leave(client: TestClient, pair: list[str]):
    source = ComparisonSource(runs=pair)
    for whole in (True, False):
        sheet = comparison_sheet(client.app.state.services, source, whole=whole)
        stage = sheet.stages["comparison"]
        panels = [panel.title for section in stage.view.sections for panel in section.panels]
        assert panels.count("Mine (Ada)") == 1
        (mask,) = client.get(f"/api/runs/{pair[0]}/masks").json()
        name = f"mask-{mask['id']}"
        assert f"a/boundary/{name}" in stage.result.frames
        assert stage.result.series[f"a/accuracy/{name}"].x[-1] == pytest.approx(3 / 21)
        traces = [
            trace["name"]
            for section in stage.view.sections
            for panel in section.panels
            for trace in panel.figure["data"]
        ]
        assert any(said.startswith("Mine (Ada)") for said in traces)
        assert not [n for n in stage.result.frames if n.startswith("b/boundary/mask")]


def test_a_share_of_a_comparison_keeps_the_masks_of_its_time(client: TestClient, pair: list[str]):
    address = shared(client, {"kind": "comparison", "runs": pair})
    for mask in kept(client, pair[0]):
        client.delete(f"/api/runs/{pair[0]}/masks/{mask['id']}")
    frames = client.get(address).json()["stages"]["comparison"]["result"]["frames"]
    assert [name for name in frames if "boundary/mask-" in name]
    anew = client.get(shared(client, {"kind": "comparison", "runs": pair})).json()
    assert not [n for n in anew["stages"]["comparison"]["result"]["frames"] if "mask-" in n]
