"""A dashboard under the hands of a person: dragged, resized, undone, followed live."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from pruning.experiments.base import experiments
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server


def posted(page: Page, server: Server, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = page.request.post(f"{server.url}/api{path}", data=body)
    assert answer.ok, answer.text()
    return answer.json()


def a_board(page: Page, server: Server, *panels: dict[str, Any]) -> str:
    content = {"title": "Board", "panels": list(panels)}
    return f"/dashboards/{posted(page, server, '/dashboards', content)['id']}"


NOTES = [
    {"id": word, "note": word, "x": 4 * i, "y": 0, "width": 4, "height": 3}
    for i, word in enumerate(("one", "two", "three"))
]


def stored(page: Page, server: Server, path: str) -> dict[str, dict[str, Any]]:
    """The panels that the server has, by their ids."""
    board = page.request.get(f"{server.url}/api{path}").json()
    return {panel["id"]: panel for panel in board["content"]["panels"]}


def panel(page: Page, name: str) -> Locator:
    return page.locator(f".grid-stack-item[data-panel={name}]")


def is_saved(page: Page) -> None:
    expect(page.locator("#board-saved")).to_have_text("Saved")


def drag(page: Page, grip: Locator, right: int, down: int) -> None:
    box = grip.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=5)
    page.mouse.move(x + right, y + down, steps=5)
    page.mouse.up()


@pytest.fixture
def board(open_page: OpenPage, server: Server) -> tuple[Page, str]:
    """A dashboard of three notes."""
    page = open_page("/dashboards")
    path = a_board(page, server, *NOTES)
    page.goto(server.url + path)
    expect(page.locator(".note")).to_have_count(3)
    return page, path


def test_panels_are_dragged_and_resized_and_it_can_be_undone(board, server):
    page, path = board
    drag(page, panel(page, "one").locator(".panel-space"), right=450, down=0)
    is_saved(page)
    assert stored(page, server, path)["one"]["x"] >= 4
    panel(page, "two").hover()
    drag(page, panel(page, "two").locator(".ui-resizable-se"), right=0, down=150)
    page.wait_for_function("() => document.querySelector('[data-panel=two]').gridstackNode.h > 3")
    is_saved(page)
    assert stored(page, server, path)["two"]["height"] > 3
    for _ in range(2):
        page.locator("[data-action=undo-board]").click()
        expect(page.locator("#board-saved")).to_have_text("Undone")
    back = stored(page, server, path)
    assert all(back[note["id"]] == {**back[note["id"]], **note} for note in NOTES)
    expect(page.locator("[data-action=undo-board]")).to_be_disabled()
    page.keyboard.press("Control+Shift+Z")
    expect(page.locator("#board-saved")).to_have_text("Redone")


def test_the_keyboard_moves_and_resizes(board, server):
    page, path = board
    panel(page, "three").locator(".panel-bar").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    is_saved(page)
    three = stored(page, server, path)["three"]
    assert (three["width"], three["height"]) == (3, 4)


def test_removing_a_panel_can_be_undone(board, server):
    page, path = board
    panel(page, "two").get_by_role("button", name="Remove the panel").click()
    expect(panel(page, "two")).to_have_count(0)
    is_saved(page)
    assert stored(page, server, path).keys() == {"one", "three"}
    page.locator("[data-action=undo-board]").click()
    expect(panel(page, "two")).to_have_count(1)


def test_what_was_changed_in_two_windows_is_kept_from_both(board, server, open_page):
    page, path = board
    other = open_page(path)
    expect(other.locator(".note")).to_have_count(3)
    page.locator(".board-name").fill("Mine")
    page.keyboard.press("Enter")
    is_saved(page)
    panel(other, "two").locator(".panel-name").fill("Theirs")
    other.keyboard.press("Enter")
    is_saved(other)
    assert stored(page, server, path)["two"]["title"] == "Theirs"
    expect(other.locator(".board-name")).to_have_value("Mine")
    # The first window hears of it when somebody comes back to it.
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(panel(page, "two").locator(".panel-name")).to_have_value("Theirs")


def test_a_panel_follows_its_run_live(open_page, server):
    page = open_page("/dashboards")
    config = {"criteria": ["weight"], "train_seed": random.randrange(10**6)}
    runs = [
        posted(page, server, "/runs", {"experiment": "toy", "config": config | {"dataset": name}})
        for name in ("mult", "moon", "circle")
    ]
    last = runs[-1]["id"]
    chart = {"id": "chart", "runs": [last], "part": "chart", "width": 8, "height": 6}
    page.goto(server.url + a_board(page, server, chart))
    seen = page.request.get(f"{server.url}/api/runs/{last}").json()["status"]
    assert seen in ("queued", "running")
    points = """count => document.querySelector('[data-figure=chart-accuracy]')?.data
        ?.find((trace) => trace.meta.series === 'accuracy/weight')?.x.length === count"""
    count = len(experiments["toy"].config().sparsities)
    page.wait_for_function(points, arg=count, timeout=actions.PATIENCE)


def test_two_changes_are_joined_panel_by_panel(board):
    page, _ = board
    joined = """([before, mine, theirs]) => {
        const content = ([title, panels]) =>
            ({ title, panels: Object.entries(panels).map(([id, note]) => ({ id, note })) });
        const both = prunelab.joined(content(before), content(mine), content(theirs));
        return [both.title, Object.fromEntries(both.panels.map(({ id, note }) => [id, note]))];
    }"""
    before = ["t", {"a": 1, "b": 1, "c": 1, "d": 1}]
    mine = ["mine", {"a": 2, "c": 1, "d": 2, "new": 1}]  # b is removed
    theirs = ["t", {"a": 1, "b": 1, "d": 3, "other": 1}]  # c is removed
    both = {"a": 2, "d": 2, "new": 1, "other": 1}
    assert page.evaluate(joined, [before, mine, theirs]) == ["mine", both]
