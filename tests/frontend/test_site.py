"""A website of one's own: what is in it, that it stays in its folder, and how it is written."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from backend.app import create_api
from backend.dashboards import Content, Panel
from backend.event_log import Entry, encode
from backend.problems import Problem
from backend.services import Services
from frontend.api import ROUTERS
from frontend.exports import pictures
from frontend.exports.site import site as site_module
from frontend.exports.site.folder import MARKER, check_folder, replaced
from frontend.exports.site.pages import recipe_page, site_page
from frontend.exports.site.site import made
from frontend.sheets.base import ComparisonSource, DashboardSource, RunSource, Source
from prunelab.cli import cli
from pruning.events import Event, Table
from pruning.experiments.base import experiments
from pruning.recipes.base import recipes
from pruning.recipes.published import beside_published
from tests.frontend.fakes import toy_events
from tests.frontend.test_policies import check

CONFIG = {"dataset": "circle", "criteria": ["weight", "lrp"], "sparsities": [0.0, 1 / 3, 0.95]}


@pytest.fixture(autouse=True)
def drawn_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures cost a browser's start each; what draws them has tests of its own."""
    monkeypatch.setattr(site_module, "browser", lambda: "a browser")
    monkeypatch.setattr(pictures, "draw", lambda shots: [b"a picture"] * len(shots))


@pytest.fixture
def stored(services: Services) -> Services:
    services.presence.announce("interactive", "a test")
    return services


def ended(services: Services, title: str = "", events: list[Event] | None = None, **asked) -> str:
    """A run that has ended, of the toy experiment unless another is asked for."""
    run = services.runs.submit(**({"experiment": "toy", "config": CONFIG} | asked), title=title)
    entries = [Entry(f"{i}-0", encode(e)) for i, e in enumerate(events or toy_events(), start=1)]
    assert services.runs.close(run.id, "done", entries=entries)
    return run.id


@pytest.fixture
def sources(stored: Services) -> list[Source]:
    """One of each kind."""
    one, other = ended(stored, "<b>Mine</b>"), ended(stored)
    panel = Panel(id="p", runs=[one], part="panel")
    board = stored.dashboards.create(Content(title="All of it", panels=[panel]))
    return [
        RunSource(run=one),
        ComparisonSource(runs=[one, other]),
        DashboardSource(dashboard=board.id),
    ]


def files_of(services: Services, sources: list[Source]) -> dict[str, bytes]:
    """A site of these sources."""
    pages = [site_page(services, source) for source in sources]
    return {path: content for part in made(services, pages) for path, content in part.files.items()}


class Reader(HTMLParser):
    """What a page leads to, loads and says of itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("script", "link", "img") and (path := said.get("src") or said.get("href")):
            self.loaded.append(path)
        if tag == "a" and said.get("href"):
            self.links.append(str(said["href"]))
        if tag == "meta" and said.get("property") == "og:image":
            self.loaded.append(str(said["content"]))
        if tag == "img":
            self.images.append(said)


def test_everything_that_a_page_loads_or_leads_to_is_in_the_site(stored, sources):
    files = files_of(stored, sources)
    pages = [path for path in files if path.endswith(".html")]
    assert len(pages) == 4
    for path in pages:
        read = Reader(files[path].decode())
        inside = [link for link in read.links if not link.startswith(("#", "https://"))]
        # Whatever is loaded is beside the page, under a relative address.
        assert set(read.loaded) | set(inside) <= set(files), path
        assert all(image["alt"] for image in read.images)
        assert "<b>Mine</b>" not in files[path].decode()
        assert '<html lang="en"' in files[path].decode()
        assert files[path].decode().count("<h1") == 1
        assert read.links[0] == "#content"
        assert 'id="content"' in files[path].decode()
        check(files[path].decode())


def test_scripts_and_styles_are_there_once_and_data_with_its_page(stored, sources):
    files = files_of(stored, sources)
    kinds = sorted(re.sub(r"-\w+\.", ".", path) for path in files if path.startswith("assets/"))
    assert kinds == [
        "assets/gifenc.js",
        "assets/logo.svg",
        "assets/modules.js",
        "assets/plotly.js",
        "assets/style.css",
        "assets/theme.js",
    ]
    assert len([path for path in files if path.startswith("data/")]) == 3
    for path, content in files.items():
        if path.endswith(".css"):
            named = re.findall(r"""url\(["']?(?!data:)([^"')]+)""", content.decode())
            assert {f"assets/{name}" for name in named} <= set(files)
        if path.endswith(".html"):
            assert len(content) < 100_000, "what is large is in files of its own"


def test_the_index_shows_every_page_and_pages_lead_to_each_other(stored, sources):
    files = files_of(stored, sources)
    index = Reader(files["index.html"].decode())
    first, second, third = index.links[1:]
    assert first == f"run-{sources[0].run}.html"
    assert "1 run, 1 comparison, 1 dashboard" in files["index.html"].decode()
    assert "Without pictures" not in files["index.html"].decode()
    assert len(index.images) == 6, "each page has a picture in light and one in dark"
    assert Reader(files[first].decode()).links[1:3] == ["index.html", second]
    assert Reader(files[second].decode()).links[1:4] == ["index.html", first, third]
    assert Reader(files[third].decode()).links[1:3] == ["index.html", second]


def test_the_same_comparison_has_the_same_address_again(stored, sources):
    names = {site_page(stored, sources[1]).file for _ in range(2)}
    other = site_page(stored, sources[1].model_copy(update={"by": "run"})).file
    assert len(names) == 1
    assert other not in names


def test_without_a_browser_a_site_has_no_pictures_and_says_so(stored, sources, monkeypatch):
    def no_browser() -> str:
        raise Problem(501, "No browser", "There is none. Install it.")

    monkeypatch.setattr(site_module, "browser", no_browser)
    files = files_of(stored, sources)
    assert not [path for path in files if path.startswith("pictures/")]
    assert "Without pictures" in files["index.html"].decode()
    assert site_module.why_without_pictures() == "There is none. Install it."


def test_a_run_that_has_not_ended_is_refused_wherever_it_stands(stored, sources):
    going = stored.runs.submit("toy", CONFIG).id
    panels = [Panel(id="p", runs=[going], part="panel"), Panel(id="q", runs=["gone"], part="panel")]
    board = stored.dashboards.create(Content(title="Going", panels=panels))
    both = ComparisonSource(runs=[sources[0].run, going])
    for source in (RunSource(run=going), both, DashboardSource(dashboard=board.id)):
        with pytest.raises(Problem, match=f"'{going}' is queued"):
            site_page(stored, source)


def test_a_recipe_is_its_newest_run_that_is_done_beside_what_was_published(stored):
    recipe = recipes["magnitude-digits"]
    with pytest.raises(Problem, match="Press Run on its card"):
        recipe_page(stored, recipe)
    config, published = recipe.checked_config(), recipe.published
    said = {**published.rows[0], **{name: 0.5 for name in published.values}}
    table = experiments[recipe.experiment].outputs.table(published.table)
    row = {column.name: said.get(column.name) for column in table.columns}
    told = Table(name=table.name, columns=list(row), key=list(table.key), rows=[list(row.values())])
    events = list(beside_published(experiments[recipe.experiment], config, [told]))
    stored.presence.announce("training", "a test")
    asked = {"experiment": recipe.experiment, "config": config.model_dump(mode="json")}
    run_id = ended(stored, events=events, **asked)
    page = recipe_page(stored, recipe)
    assert (page.kind, page.source) == ("Recipe", RunSource(run=run_id))
    files = {p: c for part in made(stored, [page]) for p, c in part.files.items()}
    text = files["recipe-magnitude-digits.html"].decode()
    assert "the largest difference" in text
    assert recipe.expect[0] in text
    assert "the largest difference" in files["index.html"].decode()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_kind_of_source_gives_its_site_as_a_zip(settings, stored, sources, number, tmp_path):
    with TestClient(create_api(settings, ROUTERS)) as client:
        source = sources[number]
        address = (
            f"runs/{sources[0].run}/export.site.zip?place=at%3D0.95",
            f"compare/export.site.zip?runs={','.join(sources[1].runs)}",
            f"dashboards/{sources[2].dashboard}/export.site.zip",
        )[number]
        answer = client.get(f"/api/{address}")
        waiting = stored.runs.submit("toy", CONFIG).id
        refused = client.get(f"/api/runs/{waiting}/export.site.zip")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith('.site.zip"')
    pack = zipfile.ZipFile(io.BytesIO(answer.content))
    page = site_page(stored, source)
    assert {"index.html", page.file} <= set(pack.namelist())
    assert ('data-place="at=0.95"' in pack.read(page.file).decode()) == (number == 0)
    assert not list(settings.home.glob(".package-*")), "the file is gone once it was sent"
    assert (refused.status_code, refused.json()["title"]) == (409, "A run has not ended")


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_site_is_replaced_as_a_whole_and_what_is_not_its_own_stays(tmp_path: Path):
    out = tmp_path / "new" / "site"
    with replaced(out) as draft:
        draft.add({"index.html": b"1", "assets/a.js": b"1"})
        assert not out.exists()
    (out / "CNAME").write_text("example.org")
    (out / "assets" / "mine.txt").write_text("mine")
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref")
    with replaced(out) as draft:
        draft.add({"index.html": b"2", "b.html": b"2"})
    assert written(out) == {
        "index.html", "b.html", "CNAME", "assets/mine.txt", ".git/HEAD", MARKER
    }  # fmt: skip
    assert (out / "index.html").read_bytes() == b"2"
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_after_an_error_the_folder_is_as_it_was(tmp_path: Path):
    out = tmp_path / "site"
    with replaced(out) as draft:
        draft.add({"index.html": b"1"})
    with pytest.raises(TypeError), replaced(out) as draft:
        draft.add({"index.html": b"2", "half.html": None})
    (out / "mine.html").write_text("mine")
    with pytest.raises(Problem, match=r"mine\.html"), replaced(out) as draft:
        draft.add({"mine.html": b"2"})
    assert (out / "index.html").read_bytes() == b"1"
    assert (out / "mine.html").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_only_an_empty_folder_or_a_site_is_written_to(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    check_folder(tmp_path / "empty")
    check_folder(tmp_path / "nowhere")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("mine")
    for taken in (tmp_path / "full", tmp_path / "full" / "thesis.tex"):
        with pytest.raises(Problem, match="Name an empty folder"):
            check_folder(taken)


def test_the_command_line(stored, sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def call(*arguments: str, code: int = 0) -> str:
        answer = CliRunner().invoke(cli, ("site", *arguments, "--out", str(tmp_path / "site")))
        assert answer.exit_code == code, answer.output
        return answer.output

    monkeypatch.setenv("PRUNELAB_HOME", str(stored.settings.home))
    run, comparison, board = sources
    going = stored.runs.submit("toy", CONFIG).id
    assert "name a run" in call(code=1)
    assert "no run 'nope'" in call("nope", code=1)
    assert "is queued" in call(going, code=1)
    assert "no dashboard" in call("--dashboard", "nope", code=1)
    assert "unknown recipe 'nope'" in call("--recipe", "nope", code=1)
    assert "--comparison.runs" in call("--comparison", ",", code=1)
    assert not (tmp_path / "site").exists()
    said = call(
        run.run, run.run, "--comparison", ",".join(comparison.runs), "--dashboard",
        board.dashboard, "--title", "Our results",
    )  # fmt: skip
    assert "1 of 3: <b>Mine</b>" in said
    assert "3 of 3: All of it" in said
    assert "<h1>Our results</h1>" in (tmp_path / "site" / "index.html").read_text()
    listed = json.loads((tmp_path / "site" / MARKER).read_text())["files"]
    assert {*listed, MARKER} == written(tmp_path / "site")
    call(run.run)
    assert "All of it" not in (tmp_path / "site" / "index.html").read_text()
