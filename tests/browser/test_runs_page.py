"""The table of runs in a browser: found, sorted, marked, thrown away and brought back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy.orm import Session

from backend.settings import Settings
from backend.store.engine import make_engine
from backend.store.facts import describe
from backend.store.models import RunRow
from backend.store.repository import now
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server

SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture
def word(server: Server) -> str:
    """Three runs that ended, which are found by this word."""
    word = f"w{uuid4().hex[:8]}"
    engine = make_engine(Settings(home=server.home, database=None).database_url)
    with Session(engine) as session, session.begin():
        for place, (title, dataset, value) in enumerate(
            (("Alpha", "moon", 0.2), ("Beta", "circle", 0.9), (SCRIPT, "mult", 0.5))
        ):
            session.add(
                describe(
                    RunRow(
                        id=uuid4().hex[:12],
                        experiment="toy",
                        title=title,
                        tags=[word],
                        config={"dataset": dataset, "criteria": ["lrp"], "hidden": [10]},
                        config_hash="0" * 16,
                        status="done",
                        cancel_requested=False,
                        attempts=1,
                        created_at=now() - timedelta(minutes=place),
                        main_result=f"{100 * value:.0f} % of units",
                        main_value=value,
                    )
                )
            )
    engine.dispose()
    return word


def found(open_page: OpenPage, word: str, path: str = "/runs", **options: object) -> Page:
    page = open_page(path, **options)
    expect(page.locator(".run-place .ag-root")).to_be_visible()
    page.get_by_label("Search").fill(word)
    return page


HOLD = """(fits) => {
  const ask = window.fetch;
  window.held = [];
  window.fetch = async (...asked) => {
    const isHeld = window.held && `${asked[0]} ${asked[1]?.body}`.includes(fits);
    if (isHeld) await new Promise((go) => window.held.push(go));
    return ask(...asked);
  };
}"""
LET_GO = "() => { window.held.forEach((go) => go()); window.held = null; }"


def hold(page: Page, fits: str) -> None:
    """Keep what the page asks the server, if it fits, from the server."""
    page.evaluate(HOLD, fits)


def let_go(page: Page) -> None:
    page.wait_for_function("() => window.held.length")
    page.evaluate(LET_GO)


def shows(page: Page, *expected: str) -> None:
    count = "1 run" if len(expected) == 1 else f"{len(expected)} runs"
    expect(page.get_by_test_id("run-count")).to_have_text(count)
    page.wait_for_function(
        """names => [...document.querySelectorAll('.ag-center-cols-container .ag-row')]
          .sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))
          .map(row => row.querySelector('.run-name a')?.innerText).join('|') === names.join('|')""",
        arg=list(expected),
    )


def menu(page: Page, name: str, item: str) -> None:
    page.get_by_label(f"More: {name}", exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_runs_are_found_sorted_marked_and_thrown_away(open_page: OpenPage, word: str):
    page = found(open_page, word)
    shows(page, "Alpha", "Beta", SCRIPT)
    page.locator(".ag-header-cell[col-id=result]").click()
    shows(page, "Beta", SCRIPT, "Alpha")

    page.get_by_label("Star: Beta").click()
    expect(page.get_by_label("Star: Beta")).to_have_attribute("aria-pressed", "true")
    menu(page, "Beta", "Rename")
    page.keyboard.press("Control+a")
    page.keyboard.type("Gamma <b>")
    page.keyboard.press("Enter")
    shows(page, "Gamma <b>", SCRIPT, "Alpha")
    page.get_by_text("Starred").click()
    shows(page, "Gamma <b>")
    page.get_by_text("Starred").click()
    shows(page, "Gamma <b>", SCRIPT, "Alpha")

    boxes = page.locator(".ag-row .ag-selection-checkbox input")
    for place in (0, 1):
        boxes.nth(place).click()
    ids = page.evaluate(
        "() => dash_ag_grid.getApi('run-grid').getSelectedRows().map((row) => row.id).join()"
    )
    compare = page.get_by_role("main").get_by_role("link", name="Compare", exact=True)
    expect(compare).to_have_attribute("href", f"/compare?runs={ids}")
    page.get_by_role("button", name="Delete", exact=True).click()
    shows(page, "Alpha")
    page.get_by_role("button", name="Undo").click()
    shows(page, "Gamma <b>", SCRIPT, "Alpha")


def test_what_narrows_the_table_is_there_again_after_a_reload_and_after_back(
    open_page: OpenPage, word: str
):
    page = found(open_page, word)
    page.evaluate("document.querySelector('.run-place').marked = true")
    page.get_by_text("Done", exact=True).first.click()
    page.locator(".ag-header-cell[col-id=result]").click()
    shows(page, "Beta", SCRIPT, "Alpha")
    page.wait_for_url(f"**/runs?search={word}&status=done&sort=result")
    assert page.evaluate("document.querySelector('.run-place').marked"), "not drawn anew"
    page.reload()
    shows(page, "Beta", SCRIPT, "Alpha")
    expect(page.get_by_label("Search")).to_have_value(word)
    page.get_by_role("link", name="Beta").click()
    expect(page.get_by_test_id("run-header")).to_be_visible()
    page.go_back()
    shows(page, "Beta", SCRIPT, "Alpha")
    page.get_by_label("Search").fill(f"{word} nothing")
    expect(page.get_by_text("No run fits.")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    page.wait_for_url("**/runs?sort=result")
    expect(page.get_by_label("Search")).to_have_value("")
    page = open_page("/runs?dataset=nothing")
    expect(page.get_by_text("No run fits.")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    page.wait_for_url("**/runs")
    expect(page.get_by_role("link", name="Alpha").first).to_be_visible()


def test_the_table_comes_back_with_the_server_and_hears_of_other_windows(
    browser: Browser, server: Server, word: str
):
    """In a browser of its own: the console is full of what fails."""
    asked: list[str] = []

    def fail_at_first(route: Route) -> None:
        if "run-rows" in (route.request.post_data or ""):
            asked.append("rows")
        if asked == ["rows"]:
            route.abort()
        else:
            route.continue_()

    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/_dash-update-component*", fail_at_first)
        page.goto(f"{server.url}/runs?search={word}")
        page.get_by_role("link", name="Alpha").wait_for()
        shows(page, "Alpha", "Beta", SCRIPT)
        expect(page.locator("#banner")).to_be_hidden()
        # While nothing is active the table asks by itself, but seldom.
        alpha = page.get_by_role("link", name="Alpha").get_attribute("href")
        assert context.request.delete(f"{server.url}/api{alpha}").ok
        page.evaluate("dispatchEvent(new Event('focus'))")
        shows(page, "Beta", SCRIPT)


def test_a_tag_that_is_refused_can_be_mended(open_page: OpenPage, word: str):
    page = found(open_page, word)
    shows(page, "Alpha", "Beta", SCRIPT)
    page.locator(".ag-row .ag-selection-checkbox input").first.click()
    page.get_by_role("button", name="Tag", exact=True).click()
    dialog = page.get_by_role("dialog", name="Tag “Alpha”")
    dialog.get_by_label("Tags").fill("short, " + "x" * 60)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("50 characters or fewer")
    expect(dialog.get_by_label("Tags")).to_have_value("short, " + "x" * 60)
    dialog.get_by_label("Tags").fill("short")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".tag", has_text="short")).to_be_visible()


def test_a_run_goes_to_the_bin_and_back_by_the_keyboard_and_on_its_page(
    open_page: OpenPage, word: str
):
    page = found(open_page, word)
    shows(page, "Alpha", "Beta", SCRIPT)
    menu(page, "Alpha", "Delete")
    shows(page, "Beta", SCRIPT)
    page.get_by_role("link", name="Bin", exact=True).click()
    page.wait_for_url("**/runs?bin")
    # What is typed before the bin has come is typed into the table before it.
    page.reload()
    page.get_by_label("Search").fill(word)
    shows(page, "Alpha")
    title = page.locator(".ag-row [col-id=title]")
    title.click(position={"x": 150, "y": 40})
    # To the cell itself: rows that come anew meanwhile take the focus with them.
    title.press("Enter")
    expect(page.get_by_test_id("bin-note")).to_be_visible()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_test_id("bin-note")).to_be_hidden()
    page = found(open_page, word)
    shows(page, "Alpha", "Beta", SCRIPT)
    menu(page, "Beta", "Run again with changes")
    page.wait_for_url("**/?run=*")
    expect(actions.field(page, "dataset")).to_have_value("Circles")


@pytest.mark.parametrize("script", ["dash_ag_grid.v", "async-community"])
def test_what_is_typed_before_the_script_of_the_table_has_come_narrows_it(
    browser: Browser, server: Server, word: str, script: str
):
    """In a browser of its own, which keeps no script."""
    held: list[Route] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.route(f"**/{script}*", lambda route: held.append(route))
        with page.expect_request(f"**/{script}*"):
            page.goto(f"{server.url}/runs")
        page.get_by_label("Search").fill(word)
        page.wait_for_function("() => dash_component_api.getLayout('run-search').props.value")
        expect(page.locator(".ag-row")).to_have_count(0)
        for route in held:
            route.continue_()
        shows(page, "Alpha", "Beta", SCRIPT)


def test_what_is_typed_while_another_list_is_on_its_way_is_typed_there(
    open_page: OpenPage, server: Server, word: str
):
    page = found(open_page, word)
    shows(page, "Alpha", "Beta", SCRIPT)
    menu(page, "Alpha", "Delete")
    shows(page, "Beta", SCRIPT)
    hold(page, "_dash-update-component")
    page.get_by_role("link", name="Bin", exact=True).click()
    page.wait_for_url("**/runs?bin")
    page.get_by_label("Search").fill(word)
    let_go(page)
    expect(page.locator(".tabs [aria-current=page]")).to_have_text("Bin")
    shows(page, "Alpha")
    expect(page.get_by_label("Search")).to_have_value(word)


def test_rows_of_what_is_not_asked_any_more_are_not_shown(open_page: OpenPage, word: str):
    page = found(open_page, word)
    shows(page, "Alpha", "Beta", SCRIPT)
    late = page.evaluate("() => dash_component_api.getLayout('run-rows').props.data")
    page.get_by_label("Search").fill(f"{word} alpha")
    shows(page, "Alpha")
    hold(page, "run-rows")
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_function("() => window.held.length")
    page.evaluate("data => dash_clientside.set_props('run-rows', { data })", late)
    let_go(page)
    shows(page, "Alpha")


def test_the_table_fits_a_phone_and_other_pages_do_not_load_it(open_page: OpenPage, word: str):
    page = found(open_page, word, **actions.PHONE)
    shows(page, "Alpha", "Beta", SCRIPT)
    assert page.evaluate("document.getElementById('page').scrollWidth") <= 390
    expect(page.locator(".run-besides").first).to_contain_text("20 % of units")
    other = open_page("/recipes")
    assert not other.evaluate("() => 'dash_ag_grid' in window")
