"""An experiment from a package, with no criteria, no images and no sparsity, is one like any other.

Installed beside PruneLab, with no file of it changed; once with a view of its own and once without.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually
from tests.examples.packages import beside, install, python
from tests.servers import free_port, start_up, stop, wait_until_up

NAME, TITLE = "reinitialisation", "Reinitialised layers"
SMALL = {"layers": 3, "width": 16, "steps": 40, "grid": 16, "seeds": [0, 1], "orders": ["first"]}
PACKAGES = {
    "no view": ["experiment_plugin"],
    "a view of its own": ["experiment_plugin", "experiment_view_plugin"],
}


class Installation:
    """A running server beside which the packages are installed."""

    def __init__(self, folder: Path, packages: list[str]) -> None:
        self.path = list({install(package, folder): None for package in packages})
        home, port = folder / "home", free_port()
        environment = beside(*self.path)["PYTHONPATH"]
        self.server = Server(start_up(home, port, PYTHONPATH=environment), port, home)
        wait_until_up(self.server.process)
        self.runs: list[str] = []

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> httpx2.Response:
        address = f"{self.server.url}/api{path}"
        answer = httpx2.request(method, address, json=body, timeout=60, **options)
        assert answer.is_success, answer.text
        return answer

    def two_runs(self) -> list[str]:
        """Two runs that are done, which differ in one setting."""
        if not self.runs:
            for width, title in ((16, "Narrow"), (32, "Wide")):
                body = {"experiment": NAME, "config": {**SMALL, "width": width}, "title": title}
                self.runs.append(self.ask("POST", "/runs", body).json()["id"])
            for run in self.runs:
                eventually(lambda run=run: self._is_done(run), 120, "the run's end")
        return self.runs

    def _is_done(self, run: str) -> bool:
        state = self.ask("GET", f"/runs/{run}").json()
        assert state["status"] != "failed", state["error"]
        return state["status"] == "done"


@pytest.fixture(scope="module")
def installations(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Installation]]:
    """Each is started once, when it is first wanted."""
    started: dict[str, Installation] = {}

    def start(kind: str) -> Installation:
        if kind not in started:
            started[kind] = Installation(tmp_path_factory.mktemp("plugin"), PACKAGES[kind])
        return started[kind]

    yield start
    for installation in started.values():
        assert stop(installation.server.process) == 0


@pytest.fixture(params=PACKAGES)
def installed(installations: Callable[[str], Installation], request: pytest.FixtureRequest):
    """PruneLab with the package."""
    return installations(request.param)


# For what does not depend on a view.
once = pytest.mark.parametrize("installed", ["no view"], indirect=True)


@pytest.fixture
def server(installed: Installation) -> Server:
    """What pages are opened at."""
    return installed.server


def drawn_figures(page: Page) -> list[str]:
    """The names of the figures that show something."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')]
          .filter(plot => plot.data.some(t => t.source || t.y?.length || t.z?.length))
          .map(plot => plot.dataset.figure)"""
    )


def see_all(page: Page) -> None:
    """Scroll through the page, so that every figure is drawn."""
    for figure in page.locator("[data-figure]").all():
        figure.scroll_into_view_if_needed()
        page.evaluate("() => new Promise((heard) => requestAnimationFrame(heard))")
        actions.wait_until_drawn(page)


def test_it_has_a_form_and_lives_on_its_page(open_page: OpenPage):
    page = open_page("/")
    page.locator("#experiment").click()
    page.get_by_role("option", name=TITLE, exact=True).click()
    expect(actions.field(page, "layers")).to_have_value("5")
    expect(page.locator("#form").get_by_role("group", name="Orders")).to_be_visible()
    # Long enough for any machine: it is cancelled in the middle.
    actions.fill(page, seeds="0:19:1", steps=2000, grid=16)
    actions.run(page)
    # It is drawn while most of its networks have not been trained.
    page.wait_for_function(
        """() => document.documentElement.dataset.runStatus === 'running'
          && document.querySelectorAll('#run [data-table] tr').length > 10""",
        timeout=actions.PATIENCE,
    )
    see_all(page)
    early = drawn_figures(page)
    assert early
    page.get_by_role("button", name="Cancel").click()
    actions.wait_for(page, "cancelled")


def test_its_page_shows_all_that_it_declares_and_follows_the_slider(
    installed: Installation, open_page: OpenPage
):
    page = open_page(f"/runs/{installed.two_runs()[0]}")
    actions.wait_for(page, "done")
    see_all(page)
    listed = installed.ask("GET", f"/runs/{installed.runs[0]}/figures").json()["figures"]
    assert set(drawn_figures(page)) >= {figure["name"] for figure in listed}
    # Its losses are no shares, wherever they stand.
    expect(page.locator("#run")).not_to_contain_text("%")
    heads = page.locator("#run thead").first
    for title in ("Order", "Fresh layers", "Seed", "Loss"):
        expect(heads).to_contain_text(title)
    assert len(actions.table(page)) == 2 * 4
    pictures = """() => JSON.stringify([...document.querySelectorAll('.js-plotly-plot')]
        .map(plot => plot.data.map(t => t.source || t.z?.map(row => Array.from(row)))))"""
    actions.slider(page).focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => location.hash === '#at=0'")
    actions.wait_until_drawn(page)
    before = page.evaluate(pictures)
    page.keyboard.press("End")
    page.wait_for_function("() => location.hash !== '#at=0'")
    actions.wait_until_drawn(page)
    assert page.evaluate(pictures) != before


@once
def test_rest_describes_it_and_its_recipe(installed: Installation):
    experiments = {each["name"]: each for each in installed.ask("GET", "/experiments").json()}
    fields = experiments[NAME]["config_schema"]["properties"]
    assert fields["orders"]["title"] == "Orders"
    recipes = {each["name"]: each for each in installed.ask("GET", "/recipes").json()}
    assert recipes["zhang2022-layers"]["experiment"] == NAME


@once
def test_a_search_finds_it_by_what_it_compares(installed: Installation):
    run, other = installed.two_runs()
    for words in ("reinitialisation first", "layers Narrow", "mlp"):
        found = installed.ask("GET", f"/runs?search={quote(words)}").json()
        assert run in [each["id"] for each in found]
    found = installed.ask("GET", f"/runs?search=Wide&experiment={NAME}").json()
    assert [each["id"] for each in found] == [other]
    assert found[0]["main_result"].startswith("loss x ")


@once
def test_its_recipe_has_a_card(open_page: OpenPage):
    page = open_page("/recipes")
    card = page.get_by_test_id("recipe-zhang2022-layers")
    expect(card).to_contain_text("Are all layers created equal?")
    expect(card.get_by_role("link", name="Zhang, Bengio & Singer")).to_have_attribute(
        "href", "https://arxiv.org/abs/1902.01996"
    )


def test_two_runs_are_compared(installed: Installation, open_page: OpenPage):
    page = open_page(f"/compare?runs={','.join(installed.two_runs())}")
    see_all(page)
    assert drawn_figures(page)
    names = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')]
          .flatMap(plot => plot.data.filter(t => t.y?.length).map(t => t.name))"""
    )
    assert any("Narrow" in (name or "") for name in names), names
    assert any("Wide" in (name or "") for name in names), names
    expect(page.locator("#page")).to_contain_text("Width")


@once
def test_it_is_put_on_a_dashboard_and_shared(
    installed: Installation, open_page: OpenPage, browser: Browser
):
    run = installed.two_runs()[0]
    page = open_page("/dashboards")
    page.get_by_role("button", name="New dashboard").click()
    page.locator("[data-action=add-figure]").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".choose-runs label", has_text="Narrow").locator("input").check()
    dialog.locator(".choose-parts input").first.wait_for(state="attached")
    for details in dialog.locator("details").all():
        details.evaluate("node => (node.open = true)")
    for choice in dialog.locator(".choose-parts input").all():
        choice.check()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#board-saved")).to_have_text("Saved")
    see_all(page)
    assert drawn_figures(page)
    board = page.url.rpartition("/")[2]
    for source in ({"kind": "dashboard", "dashboard": board}, {"kind": "run", "run": run}):
        link = installed.ask("POST", "/shares", {"source": source}).json()["link"]
        anybody = browser.new_page()
        anybody.goto(link)
        anybody.wait_for_selector(".js-plotly-plot", timeout=actions.PATIENCE)
        see_all(anybody)
        assert drawn_figures(anybody)
        anybody.close()


@once
def test_it_is_taken_away_in_every_form_and_comes_back(installed: Installation, tmp_path: Path):
    run = installed.two_runs()[0]

    def taken(form: str) -> bytes:
        return installed.ask("GET", f"/runs/{run}/export.{form}").content

    assert taken("csv").decode().splitlines()[0] == "order,layers,seed,loss"
    assert len(taken("csv").decode().splitlines()) == 1 + 2 * 4
    assert any("loss" in name for name in _names(taken("csv.zip")))
    result = json.loads(taken("json"))
    assert result["experiment"] == NAME
    assert {"target", "drawing/first"} == result["frames"].keys()
    assert taken("html").startswith(b"<!DOCTYPE html>")
    assert taken("png").startswith(b"\x89PNG")
    assert taken("svg").startswith(b"<svg")
    figures = installed.ask("GET", f"/runs/{run}/figures").json()
    assert len(_names(taken("figures.zip"))) == len(figures["figures"])
    assert figures["animations"]
    assert taken("gif").startswith(b"GIF8")
    methods = taken("md").decode()
    assert TITLE in methods
    assert "[@prunelab]" in methods
    assert b"@misc{prunelab," in taken("bib")

    package = tmp_path / "run.prunelab.zip"
    package.write_bytes(taken("prunelab.zip"))
    environment = beside(*installed.path, PRUNELAB_HOME=str(tmp_path / "home"))
    python("-m", "prunelab", "import", package, env=environment)
    out = tmp_path / "again.json"
    again = ["export", "run", run, "--format", "json", "--out", out]
    python("-m", "prunelab", *again, env=environment)
    assert json.loads(out.read_text()) == result


def _names(archive: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(archive)).namelist()


@once
def test_its_bibliography_is_cited_where_its_recipe_was_run(installed: Installation):
    recipes = {each["name"]: each for each in installed.ask("GET", "/recipes").json()}
    config = recipes["zhang2022-layers"]["config"]
    run = installed.ask("POST", "/runs", {"experiment": NAME, "config": config}).json()["id"]
    assert "[@zhang2022]" in installed.ask("GET", f"/runs/{run}/export.md").text
    assert "@article{zhang2022," in installed.ask("GET", f"/runs/{run}/export.bib").text
    installed.ask("POST", f"/runs/{run}/cancel")


@once
def test_the_command_line_lists_it_runs_it_and_holds_it_against_what_it_declares(
    installed: Installation, tmp_path: Path
):
    environment = beside(*installed.path, PRUNELAB_HOME=str(tmp_path / "home"))
    out = tmp_path / "out"
    program = (
        "import json, sys\n"
        "from prunelab.cli import cli\n"
        "from pruning.checks import check_experiment\n"
        "for command in json.loads(sys.argv[1]): cli(command, standalone_mode=False)\n"
        f"check_experiment({NAME!r}, {SMALL!r})"
    )
    settings = [
        f"{k}={','.join(map(str, v)) if isinstance(v, list) else v}" for k, v in SMALL.items()
    ]
    options = [word for setting in settings for word in ("--set", setting)]
    commands = [["experiments"], ["recipes"], ["run", NAME, *options, "--out", str(out)]]
    said = python("-c", program, json.dumps(commands), env=environment)
    assert TITLE in said
    assert "zhang2022-layers" in said
    result = json.loads((out / "result.json").read_text())
    assert result["status"] == "done"
    assert result["tables"]["loss"]["columns"] == ["order", "layers", "seed", "loss"]
