"""From points that somebody draws to a file that works alone, as somebody new goes through it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.browser.test_exports import taken
from tests.browser.test_network_page import said, unit
from tests.browser.test_points import drawn, keep, open_tool, stroke
from tests.conftest import Server

BY_HAND = [1, 5, 11, 16, 22]
ONE_MORE = 9
GONE = "[data-unit][aria-pressed=true]"


def crescent(left: float, top: float, turned: bool) -> list[tuple[float, float]]:
    """Places along half a circle that is open below, or above where it is turned."""
    side = -1 if turned else 1
    angles = [math.pi * step / 10 for step in range(11)]
    return [(left - 0.22 * math.cos(a), top - side * 0.26 * math.sin(a)) for a in angles]


def draw_two_crescents(page: Page, title: str) -> None:
    stroke(page, *crescent(0.4, 0.5, turned=False))
    page.get_by_role("button", name="Class 1").click()
    stroke(page, *crescent(0.6, 0.48, turned=True))
    assert min(drawn(page).values()) > 30
    keep(page, title)


def train_on_them(page: Page, name: str) -> None:
    page.get_by_test_id(f"points-{name}").get_by_role("link", name="Use in a toy run").click()
    page.wait_for_selector("#form")
    actions.choose_criteria(page, "lrp", "weight")
    actions.unfold(page, "Network")
    actions.fill(page, hidden="8, 8, 8")
    actions.run(page)
    actions.wait_for(page, "done")
    page.wait_for_selector("html[data-live=yes]")


def picture(page: Page) -> str:
    """The boundary of what is left by hand, as it is painted."""
    page.wait_for_selector("html[data-settled=yes]")
    canvas = page.get_by_test_id("panel-hand").locator("canvas.boundary")
    canvas.scroll_into_view_if_needed()
    page.wait_for_selector("html[data-settled=yes]")
    return str(canvas.evaluate("canvas => canvas.toDataURL()"))


def seen(page: Page) -> dict[str, Any]:
    """What somebody reads and sees of the network at this place."""
    removed = page.locator(GONE).evaluate_all("all => all.map((each) => each.dataset.unit)")
    readings = {name: said(page, name) for name in ("unpruned", "lrp", "weight", "hand")}
    told = page.locator("[data-hand-said]").inner_text()
    return {"removed": removed, "told": told, "readings": readings, "picture": picture(page)}


def test_from_two_crescents_to_a_file_that_works_alone(
    open_page: OpenPage, browser: Browser, server: Server, tmp_path: Path
):
    size = {"width": 1280, "height": 900}
    page = open_tool(open_page, viewport=size)
    draw_two_crescents(page, "Two crescents")
    train_on_them(page, "two-crescents")

    whole = picture(page)
    for number in BY_HAND:
        unit(page, number).click()
    expect(page.locator(GONE)).to_have_count(len(BY_HAND))
    here = seen(page)
    assert sorted(map(int, here["removed"])) == BY_HAND
    assert here["told"].startswith("By hand: 5 of 24 units removed")
    assert here["picture"] != whole
    assert all("%" in text for name in here["readings"].values() for text in name[:2])

    page.wait_for_function("() => location.hash.includes('hand=')")
    address = page.evaluate("location.href")
    elsewhere = open_page(address.removeprefix(server.url), viewport=size)
    assert elsewhere.context is not page.context
    elsewhere.wait_for_selector("html[data-live=yes]")
    expect(elsewhere.locator(GONE)).to_have_count(len(BY_HAND))
    assert seen(elsewhere) == here

    file = tmp_path / "run.html"
    file.write_bytes(taken(page, "html"))
    context = browser.new_context(offline=True, viewport=size)
    alone = context.new_page()
    wrong: list[str] = []
    alone.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
    alone.on("request", lambda asked: wrong.append(asked.url) if "//" in asked.url[:8] else None)
    alone.goto(file.as_uri() + page.evaluate("location.hash"))
    alone.wait_for_selector("html[data-live=yes]")
    expect(alone.locator(GONE)).to_have_count(len(BY_HAND))
    before = seen(alone)
    assert before["readings"] == here["readings"]
    unit(alone, ONE_MORE).click()
    expect(alone.locator(GONE)).to_have_count(len(BY_HAND) + 1)
    after = seen(alone)
    assert after["told"].startswith("By hand: 6 of 24 units removed")
    assert after["picture"] != before["picture"]
    # The loss tells, where accuracies happen to be the same.
    assert after["told"].partition("removed")[2] != before["told"].partition("removed")[2]
    assert after["readings"]["lrp"] == before["readings"]["lrp"]
    context.close()
    assert [each for each in wrong if not each.startswith("file:")] == []

    page.request.delete(f"{server.url}/api/datasets/points/two-crescents")
