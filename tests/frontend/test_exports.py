"""What can be taken away: the same forms of a run, a comparison and a dashboard."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from typer.testing import CliRunner

from backend.app import create_api
from backend.dashboards import Content, Panel
from backend.event_log import Entry, encode
from backend.services import Services
from backend.settings import Settings
from frontend.api import ROUTERS
from frontend.components import exports
from frontend.components.exports import export_menu
from frontend.documents.markup import to_html
from frontend.exports import browser, grids, pictures
from frontend.exports.figures import Drawn, figures_of
from frontend.exports.forms import FORMS
from frontend.exports.pictures import Look
from frontend.exports.tables import harmless, plain
from frontend.figures import panels
from frontend.figures.view import View
from frontend.sheets.base import ComparisonSource, DashboardSource, RunSource, Source, Stage
from frontend.sheets.opening import sheet_of
from prunelab.cli import cli
from pruning.events import Frame, Point, Result, Table
from tests.chromium import find_chromium
from tests.frontend.fakes import toy_events

drawn = pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium")
CONFIG = {"dataset": "circle", "criteria": ["weight", "lrp"], "sparsities": [0.0, 1 / 3, 0.95]}


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_api(settings, ROUTERS)) as client:
        yield client


@pytest.fixture
def stored(client: TestClient) -> Services:
    services: Services = client.app.state.services  # type: ignore[attr-defined]
    services.presence.announce("interactive", "a test")
    return services


def ended(services: Services, title: str = "") -> str:
    """A run of the toy experiment that has ended."""
    run_id = services.runs.submit("toy", CONFIG, title).id
    entries = [Entry(f"{i}-0", encode(event)) for i, event in enumerate(toy_events(), start=1)]
    assert services.runs.close(run_id, "done", entries=entries)
    return run_id


@pytest.fixture
def run_id(stored: Services) -> str:
    return ended(stored, "=<b>Mine</b>")


@pytest.fixture
def addresses(stored: Services, run_id: str) -> dict[str, str]:
    """The beginning and the end of an address of each kind of source."""
    panel = Panel(id="p", runs=[run_id], part="panel")
    board = stored.dashboards.create(Content(title="All of it", panels=[panel]))
    return {
        "run": f"/api/runs/{run_id}/{{}}",
        "comparison": f"/api/compare/{{}}?runs={run_id},{ended(stored)}&by=run",
        "dashboard": f"/api/dashboards/{board.id}/{{}}",
    }


@pytest.mark.parametrize("kind", ["run", "comparison", "dashboard"])
def test_every_kind_of_source_has_every_form(
    client: TestClient, addresses: dict[str, str], kind: str
):
    def get(what: str):
        answer = client.get(addresses[kind].format(what))
        assert answer.status_code == 200, answer.text
        return answer

    names = zipfile.ZipFile(io.BytesIO(get("export.csv.zip").content)).namelist()
    assert "README.txt" in names
    assert any("tables/" in name for name in names)
    assert any("series/" in name for name in names)

    document = get("export.json").json()
    assert document["status" if kind == "run" else "title"]

    package = get("export.prunelab.zip")
    assert package.headers["content-disposition"].endswith('.prunelab.zip"')
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(package.content)).read("manifest.json"))
    assert len(manifest["runs"]) == (2 if kind == "comparison" else 1)
    assert len(manifest["dashboards"]) == (kind == "dashboard")

    page = get("export.html").text
    assert page.startswith("<!DOCTYPE html>")
    assert "<b>Mine</b>" not in page
    assert "@" in get("export.bib").text
    if kind != "dashboard":  # on it there is but a figure
        assert r"\begin{tabular}" in get("export.tex").text
    assert get("export.md").text

    figures = get("figures").json()["figures"]
    assert len({figure["name"] for figure in figures}) == len(figures) > 1


def test_what_a_run_answers_is_what_it_answered(client: TestClient, run_id: str):
    exported = client.get(f"/api/runs/{run_id}/export.json")
    assert exported.headers["content-disposition"] == f'attachment; filename="{run_id}.json"'
    result = client.get(f"/api/runs/{run_id}/result").json()
    assert exported.json() == {k: v for k, v in result.items() if k != "last_event_id"}

    table = client.get(f"/api/runs/{run_id}/export.csv")
    assert table.headers["content-disposition"] == f'attachment; filename="{run_id}-accuracy.csv"'
    rows = list(csv.reader(io.StringIO(table.text)))
    assert rows[0][:2] == ["criterion", "sparsity"]
    assert len(rows) == 7
    wrong = client.get(f"/api/runs/{run_id}/export.csv?table=nope")
    assert wrong.json()["errors"][0]["allowed"] == ["accuracy"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/runs/nothere/export.json", 404),
        ("/api/runs/nothere/export.prunelab.zip", 404),
        ("/api/dashboards/nothere/export.html", 404),
        ("/api/compare/export.json?runs=", 422),
        ("/api/compare/export.json?runs=nothere,other", 404),
        ("/api/runs/{}/export.pdf", 422),
        ("/api/runs/{}/export.png?figure=nope", 422),
        ("/api/runs/{}/export.gif?figure=nope", 422),
        ("/api/runs/{}/export.png?figure=panels-nope", 422),
        ("/api/runs/{}/export.tex?table=nope", 422),
        ("/api/runs/{}/export.png?at=nan", 422),
    ],
)
def test_what_is_not_there_is_a_problem(client: TestClient, run_id: str, address: str, status: int):
    answer = client.get(address.format(run_id))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_run_that_has_said_nothing_has_no_figures(client: TestClient, stored: Services):
    waiting = stored.runs.submit("toy", CONFIG).id
    assert client.get(f"/api/runs/{waiting}/figures").json() == {
        "figures": [],
        "grids": [],
        "animations": [],
    }
    for form, status in (("png", 404), ("figures.zip", 404), ("gif", 404), ("prunelab.zip", 409)):
        assert client.get(f"/api/runs/{waiting}/export.{form}").status_code == status


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (RunSource(run="a"), "/api/runs/a/export.csv.zip"),
        (ComparisonSource(runs=["a", "b"]), "/api/compare/export.csv.zip?runs=a,b"),
        (
            ComparisonSource(runs=["a", "b"], by="run"),
            "/api/compare/export.csv.zip?runs=a,b&by=run",
        ),
        (DashboardSource(dashboard="d"), "/api/dashboards/d/export.csv.zip"),
    ],
)
def test_the_menu_leads_to_every_form(source: Source, address: str):
    menu = to_html(export_menu(source).children)
    assert exports.address(source, "export.csv.zip") == address
    named = set(re.findall(r'data-export="([^"]+)"', menu))
    assert named == {*FORMS} - {"csv", "figures.zip"}


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("+1 (2)", "'+1 (2)"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("-1.5", "-1.5"),
        ("+2e-3", "+2e-3"),
        (-1.5, -1.5),
        ("a=b", "a=b"),
        (None, None),
    ],
)
def test_no_cell_becomes_a_formula(cell: object, written: object):
    assert harmless(cell) == written


def test_tables_keep_their_text_and_files_their_names(stored: Services, client: TestClient):
    run_id = stored.runs.submit("toy", CONFIG).id
    row = ['say "ä", \n=x', -0.5, None]
    hidden = ["a;=1+1"]
    events = [
        Table(name="A/b", columns=["=c", "n", "o"], key=["n"], rows=[row]),
        Table(name="a b", columns=["n"], key=["n"], rows=[[1], [None], hidden]),
        Point(series="../x", x=1, y=-2, labels={"of": "@me"}),
        Frame(name="f", arrays={}),
    ]
    entries = [Entry(f"{i}-0", encode(event)) for i, event in enumerate(events, start=1)]
    stored.runs.close(run_id, "done", entries=entries)
    answer = client.get(f"/api/runs/{run_id}/export.csv.zip")
    pack = zipfile.ZipFile(io.BytesIO(answer.content))
    assert pack.namelist() == [
        "README.txt",
        "tables/A-b.csv",
        "tables/a-b-2.csv",
        "series/x.csv",
    ]
    read = list(csv.reader(io.StringIO(pack.read("tables/A-b.csv").decode(), newline="")))
    assert read == [["'=c", "n", "o"], ['say "ä", \n=x', "-0.5", ""]]
    assert pack.read("tables/a-b-2.csv") == b'n\r\n1\r\n""\r\n"a;=1+1"\r\n'
    assert pack.read("series/x.csv") == b"x,y,of\r\n1.0,-2.0,'@me\r\n"
    assert plain("..") == "unnamed"


def test_a_file_is_named_in_any_letters(stored: Services, client: TestClient):
    run_id = stored.runs.submit("toy", CONFIG).id
    table = Table(name="数", columns=["n"], key=["n"], rows=[[1]])
    stored.runs.close(run_id, "done", entries=[Entry("1-0", encode(table))])
    answer = client.get(f"/api/runs/{run_id}/export.csv")
    assert answer.text == "n\r\n1\r\n"
    assert answer.headers["content-disposition"] == (
        f"attachment; filename=\"{run_id}-_.csv\"; filename*=UTF-8''{run_id}-%E6%95%B0.csv"
    )


def test_figures_are_those_with_something_in_them(stored: Services, run_id: str):
    figures = figures_of(sheet_of(stored, RunSource(run=run_id)))
    assert [each.name for each in figures] == [
        "panel-unpruned",
        "panel-weight",
        "panel-lrp",
        "chart-accuracy",
    ]


def test_no_browser_is_a_problem_that_says_what_to_install(
    client: TestClient, run_id: str, monkeypatch: pytest.MonkeyPatch
):
    from choreographer.browsers.chromium import Chromium

    monkeypatch.setattr(Chromium, "find_browser", lambda **_: None)
    answer = client.get(f"/api/runs/{run_id}/export.png")
    assert answer.status_code == 501
    assert "apt install chromium" in answer.json()["detail"]


def test_a_browser_that_stops_is_a_problem_that_says_so(
    client: TestClient, run_id: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(browser, "browser", lambda: "/bin/false")
    answer = client.get(f"/api/runs/{run_id}/export.png")
    assert answer.status_code == 503
    assert "stopped" in answer.json()["detail"]


def test_one_request_is_drawn_at_a_time(
    client: TestClient, run_id: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(browser, "browser", lambda: "/bin/false")
    monkeypatch.setattr(browser, "_WAIT_SECONDS", 0.01)
    with browser._drawing:
        answer = client.get(f"/api/runs/{run_id}/export.gif")
    assert answer.status_code == 503
    assert "Other pictures are being drawn" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("aspect", "size"), [(None, (560, 600)), (0.5, (560, 600)), (3.0, (960, 400))]
)
def test_a_wide_picture_leaves_without_room_above_and_below(aspect, size):
    panel = panels.Panel("wide", "Wide", {"data": [], "layout": {}}, aspect=aspect)
    section = panels.Section("pictures", [panels.Row([panel])], shape="picture")
    stage = Stage("run", "", View(), Result(), [])
    assert Drawn("pictures-wide", "Wide", stage, section, panel).size == size


@drawn
def test_a_figure_leaves_as_pixels_and_as_lines(
    stored: Services, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    chart = figures_of(sheet_of(stored, RunSource(run=run_id)))[-1:]
    [png] = pictures.pictures(chart, Look("png", dark=True))
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1920, 960)
        colours = image.convert("RGB").getcolors(1 << 20)
    # Weight magnitude's colour on dark paper: the curve is there.
    assert max(colours)[1] == (0x17, 0x1B, 0x23)
    assert (0xE6, 0x9F, 0x00) in {colour for _, colour in colours}
    [svg] = pictures.pictures(chart, Look("svg"))
    text = svg.decode()
    assert text.startswith("<svg")
    assert 'class="scatterlayer' in text
    assert "230, 159, 0" in text
    assert "<image" not in text
    assert not list(folder.iterdir())


@drawn
def test_an_animation_has_a_picture_for_each_place(client: TestClient, run_id: str):
    answer = client.get(f"/api/runs/{run_id}/export.gif")
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.n_frames) == ("GIF", 3)
        assert image.width <= 1300


def test_all_figures_come_in_one_file(
    client: TestClient, run_id: str, monkeypatch: pytest.MonkeyPatch
):
    shots: list[browser.Shot] = []

    def draw(wanted: list[browser.Shot]) -> list[bytes]:
        shots.extend(wanted)
        return [b"drawn"] * len(wanted)

    monkeypatch.setattr(pictures, "draw", draw)
    answer = client.get(f"/api/runs/{run_id}/export.figures.zip?format=svg&at=0.95&dark=true")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert names == [
        f"{name}.svg" for name in ("panel-unpruned", "panel-weight", "panel-lrp", "chart-accuracy")
    ]
    for shot in shots:
        assert {"at": 0.95, "dark": True, "format": "svg", "scale": 1}.items() <= shot.wish.items()


def test_all_panels_of_a_section_come_in_one_picture(
    client: TestClient, run_id: str, monkeypatch: pytest.MonkeyPatch
):
    shots: list[browser.Shot] = []
    monkeypatch.setattr(grids, "draw", lambda wanted: shots.extend(wanted) or [b"drawn"])
    listed = client.get(f"/api/runs/{run_id}/figures").json()["grids"]
    assert [each["name"] for each in listed] == ["panels-panel"]
    for name in ("panels", "panels-panel"):
        answer = client.get(f"/api/runs/{run_id}/export.svg?figure={name}&at=0.95")
        assert answer.content == b"drawn"
        assert f'filename="{run_id}-panels-panel.svg"' in answer.headers["content-disposition"]
    for shot in shots:
        assert shot.function == "panels"
        [row] = shot.wish["rows"]
        assert [each["title"] for each in row] == [
            *("Unpruned", "Weight magnitude", "Layer-wise relevance"),
        ]
        assert shot.wish["keys"][-1]["symbol"] == "faded"
        assert {"at": 0.95, "format": "svg"}.items() <= shot.wish.items()


def test_the_command_line_needs_no_server(
    stored: Services, run_id: str, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    def call(*arguments: str, code: int = 0) -> str:
        answer = CliRunner().invoke(cli, arguments)
        assert answer.exit_code == code, answer.output
        return answer.output

    monkeypatch.setenv("PRUNELAB_HOME", str(stored.settings.home))
    out = tmp_path / "out"
    out.mkdir()
    for form in ("csv", "json", "html", "zip", "bib", "md", "tex"):
        call("export", "run", run_id, "--format", form, "--out", str(out))
    package = out / f"{run_id}.prunelab.zip"
    assert {path.suffix for path in out.iterdir()} == {
        *(".zip", ".json", ".html", ".bib", ".md", ".tex")
    }
    assert "no run 'nope'" in call("export", "run", "nope", "--format", "json", code=1)
    assert "Choose one of" in call(
        "export", "run", run_id, "--format", "png", "--figure", "no", code=1
    )
    assert "here already" in call("import", str(package))

    monkeypatch.setenv("PRUNELAB_HOME", str(tmp_path / "fresh"))
    assert "imported" in call("import", str(package))
    call("export", "run", run_id, "--format", "json", "--out", str(tmp_path / "again.json"))
    again, first = (tmp_path / "again.json").read_text(), (out / f"{run_id}.json").read_text()
    assert json.loads(again) == json.loads(first)
    package.write_bytes(b"PK")
    assert "damaged" in call("import", str(package), code=1)
