"""The self-contained file: opened from the disk, with the network off, it is all there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from frontend.documents.document import document
from frontend.documents.snapshots import snapshot_of
from frontend.exports.tables import table_csv
from frontend.sheets.base import run_sheet
from pruning.events import Cell, Result, TableData
from pruning.experiments.base import experiments
from tests.browser import actions
from tests.browser.axe import nobody_is_kept_out
from tests.frontend.fakes import a_run, toy_result
from tests.frontend.sweep_events import sweep_result

# The CSV that the page makes of a table.
WRITE = """async (table) => (await import("#figures/tables.js")).csvOf(table)"""

# Chooses as soon as there is something to choose from.
CHOOSE_EARLY = """
new MutationObserver((_, watching) => {
  const chooser = document.querySelector("[data-chooser=measure]");
  if (!chooser) return;
  watching.disconnect();
  chooser.value = "loss";
}).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture
def offline(browser: Browser, tmp_path: Path):
    """The file of a toy run in a browser without a network; whatever it asks for is an error."""
    config = experiments["toy"].config(criteria=["weight", "lrp"])
    run = a_run(config=config.model_dump(mode="json"))
    file = tmp_path / "run.html"
    file.write_text(document(snapshot_of(run_sheet(run, toy_result(), "7-0"))))
    context = browser.new_context(offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda asked: wrong.append(asked.url) if "://" in asked.url[:8] else None)
    page.goto(file.as_uri())
    asked = [entry for entry in wrong if not entry.startswith("file:")]
    yield page
    context.close()
    assert not asked
    assert wrong == [file.as_uri()]


def shown(page: Page) -> list:
    actions.wait_until_drawn(page)
    return page.evaluate(
        "() => document.querySelector('[data-figure=panel-lrp]').data[0].z.map(row => [...row])"
    )


def test_figures_draw_and_the_slider_scrubs(offline: Page):
    for name in ("chart-accuracy", "panel-unpruned", "panel-lrp"):
        offline.locator(f"[data-figure={name}]").scroll_into_view_if_needed()
        expect(offline.locator(f"[data-figure={name}].js-plotly-plot")).to_be_visible()
    offline.locator("[data-track] input").focus()
    offline.keyboard.press("Home")
    first = shown(offline)
    offline.keyboard.press("End")
    expect(offline.locator("[data-live=place]")).to_contain_text("95.0 %")
    assert shown(offline) != first


def test_what_is_chosen_before_the_scripts_have_run_stays_chosen(browser: Browser, tmp_path: Path):
    config = experiments["sweep"].config(criteria=["weight", "taylor"], seeds=[0])
    run = a_run(experiment="sweep", config=config.model_dump(mode="json"))
    file = tmp_path / "run.html"
    file.write_text(document(snapshot_of(run_sheet(run, sweep_result(config), "7-0"))))
    page = browser.new_page()
    page.add_init_script(CHOOSE_EARLY)
    page.goto(file.as_uri())
    actions.wait_until_drawn(page)
    chooser = page.locator("[data-chooser=measure]").first
    expect(chooser).to_have_value("loss")
    expect(page).to_have_url(re.compile("#measure=loss$"))
    page.close()


def test_the_place_of_the_slider_is_in_the_address(offline: Page):
    slider, here = offline.locator("[data-track] input"), offline.locator("[data-live=place]")
    start, entries = offline.url, offline.evaluate("history.length")
    slider.focus()
    offline.keyboard.press("End")
    offline.wait_for_function("() => location.hash === '#at=0.95'")
    assert offline.evaluate("history.length") == entries
    offline.evaluate("() => { location.hash = 'at=0.5' }")
    expect(here).to_contain_text("50.0 %")
    # There is no such place: the page stands where it does by itself, which needs no words.
    offline.evaluate("() => { location.hash = 'at=0.51&colour=red' }")
    expect(here).to_contain_text("33.3 %")
    slider.focus()
    offline.keyboard.press("ArrowRight")
    offline.wait_for_function("() => location.hash === '#at=0.35'")
    offline.keyboard.press("ArrowLeft")
    offline.wait_for_function("start => location.href === start", arg=start)


def test_the_table_is_filled_and_can_be_taken_away(offline: Page):
    expect(offline.locator("[data-table] tr")).to_have_count(6)
    with offline.expect_download() as download:
        offline.get_by_test_id("csv-accuracy").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "criterion,sparsity,units_removed,train_accuracy,test_accuracy"
    assert len(lines) == 7


def test_the_page_writes_the_csv_that_the_server_writes(offline: Page):
    rows: list[list[Cell]] = [
        ["=1+1", "\n=1", "a;=1", "-1.5", None],
        ["-x", 'say "ä"', "a,b", -1.5, 2],
    ]
    table = TableData(columns=["@a", "b", "c", "d", "e"], rows=rows)
    written = offline.evaluate(WRITE, table.model_dump())
    assert written == table_csv(Result(tables={"t": table}), "t")[1]
    written = offline.evaluate(WRITE, {"columns": ["a"], "rows": [[None]]})
    assert written == 'a\r\n""\r\n'


def test_nobody_is_kept_out_of_the_file(offline: Page):
    actions.wait_until_drawn(offline)
    nobody_is_kept_out(offline)


def test_light_and_dark(offline: Page):
    before = offline.evaluate("getComputedStyle(document.body).backgroundColor")
    offline.get_by_role("button", name="Switch to").click()
    assert offline.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_script_that_got_into_a_file_does_not_run(browser: Browser, tmp_path: Path):
    file = tmp_path / "run.html"
    text = document(snapshot_of(run_sheet(a_run(), toy_result(), "7-0")))
    evil = "<script>window.evil = 1</script><img src='data:x' onerror='window.evil = 2'>"
    assert "</body>" in text
    file.write_text(text.replace("</body>", f"{evil}</body>"))
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(file.as_uri())
    actions.wait_until_drawn(page)
    assert page.evaluate("window.evil") is None
    assert len([said for said in refused if "Content Security Policy" in said]) == 2
    page.close()
