"""What the menu of a run gives, and what comes back in on the page of runs."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import actions
from tests.browser.conftest import OpenPage

SMALL = {"hidden": [20, 20], "grid": 20, "sparsities": [0, 0.5, 0.9], "criteria": ["weight", "lrp"]}


@pytest.fixture
def finished(open_page: OpenPage) -> Page:
    """The page of a small run that has ended."""
    page = open_page("/")
    body = {"experiment": "toy", "config": SMALL}
    run = page.request.post(f"{page.url}api/runs", data=body).json()
    page.goto(f"{page.url}runs/{run['id']}")
    actions.wait_for(page, "done")
    return page


def taken(page: Page, form: str) -> bytes:
    """The file that an entry of the menu gives."""
    menu = page.get_by_test_id("export-menu")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    expect(menu.locator("optgroup option").first).to_be_attached()
    with page.expect_download() as download:
        menu.locator(f"[data-export='{form}']").click()
    return download.value.path().read_bytes()


def test_every_form_that_needs_no_browser_at_the_server(finished: Page):
    result = json.loads(taken(finished, "json"))
    assert set(result["tables"]) == {"accuracy"}
    names = zipfile.ZipFile(io.BytesIO(taken(finished, "csv.zip"))).namelist()
    assert any("accuracy" in name for name in names)
    assert taken(finished, "html").startswith(b"<!DOCTYPE html>")
    assert b"@article{" in taken(finished, "bib")
    assert b"[@prunelab]" in taken(finished, "md")


def test_a_figure_as_lines(finished: Page):
    menu = finished.get_by_test_id("export-menu")
    menu.locator("summary").click()
    menu.get_by_label("Figure").select_option(label="Accuracy against sparsity")
    assert taken(finished, "svg").startswith(b"<svg")


def test_the_menu_closes_as_menus_do(finished: Page):
    menu = finished.get_by_test_id("export-menu")
    menu.locator("summary").click()
    finished.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_a_package_comes_back_in_and_a_bad_one_does_not(finished: Page, tmp_path: Path):
    package = tmp_path / "run.prunelab.zip"
    package.write_bytes(taken(finished, "prunelab.zip"))
    broken = tmp_path / "broken.prunelab.zip"
    broken.write_bytes(package.read_bytes()[:-100])
    finished.goto(finished.url.split("/runs/")[0] + "/runs")
    for file, says in ((package, "is here already"), (broken, "Nothing was imported")):
        with finished.expect_file_chooser() as chooser:
            finished.get_by_role("button", name="Import").click()
        chooser.value.set_files(file)
        expect(finished.locator("[data-import-said]")).to_contain_text(says)
