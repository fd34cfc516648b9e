"""A dashboard under the hands of a person: dragged, resized, undone, followed live."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from pruning.experiments.base import experiments
from tests.browser import actions
from tests.browser.actions import a_board, asked
from tests.browser.axe import nobody_is_kept_out
from tests.browser.conftest import OpenPage
from tests.conftest import Server, eventually

NOTES = [
    {"id": word, "note": word, "x": 4 * i, "y": 0, "width": 4, "height": 3}
    for i, word in enumerate(("one", "two", "three"))
]


PASTE = """async () => {
  const drawn = new OffscreenCanvas(30, 10);
  drawn.getContext("2d").fillRect(0, 0, 9, 9);
  const data = new DataTransfer();
  data.items.add(new File([await drawn.convertToBlob()], "mine.png", { type: "image/png" }));
  const { activeElement } = document;
  activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
}"""


def stored(server: Server, path: str) -> dict[str, dict[str, Any]]:
    """The panels that the server has, by their ids."""
    board = asked(server, "GET", path)
    return {panel["id"]: panel for panel in board["content"]["panels"]}


def panel(page: Page, name: str) -> Locator:
    return page.locator(f".grid-stack-item[data-panel={name}]")


def is_saved(page: Page) -> None:
    expect(page.locator("#board-saved")).to_have_text("Saved")


@contextmanager
def saving(page: Page) -> Iterator[None]:
    """Something is done that is saved; what was saved before is not taken for it."""
    with page.expect_response(lambda response: response.request.method == "PUT"):
        yield


def change_elsewhere(server: Server, path: str, **titles: str) -> None:
    """Another window gives panels titles."""
    board = asked(server, "GET", path)
    for each in board["content"]["panels"]:
        each["title"] = titles.get(each["id"], each["title"])
    change = {"content": board["content"], "revision": board["revision"]}
    asked(server, "PUT", path, change)


def deafen(page: Page) -> None:
    """The page does not hear at once what others change, as where the connection is lost."""
    page.evaluate("async () => (await import('#pages/dashboard_live.js')).leaveBoard()")


def come_back(page: Page) -> None:
    """Somebody comes back to the window."""
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")


HOLD = """fits => {
    const ask = window.fetch;
    const held = ((window.held ||= {})[fits] = []);
    window.fetch = async (address, options) => {
        const answer = await ask(address, options);
        const isHeld = window.held[fits] && `${options?.method} ${address}`.match(fits);
        if (isHeld) await new Promise((go) => held.push(go));
        return answer;
    };
}"""
RELEASE = """fits => {
    window.held[fits].forEach((go) => go());
    delete window.held[fits];
}"""


def hold(page: Page, fits: str) -> None:
    """Keep answers to requests that fit away from the page."""
    page.evaluate(HOLD, fits)


def release(page: Page, fits: str, count: int = 1) -> None:
    """Let them come, once there are so many."""
    held = "([fits, count]) => window.held[fits].length === count"
    page.wait_for_function(held, arg=[fits, count])
    page.evaluate(RELEASE, fits)


FAIL_ONCE = """([fits, status]) => {
    const ask = window.fetch;
    let failed = false;
    window.fetch = async (address, options) => {
        if (failed || !`${options?.method} ${address}`.match(fits)) return ask(address, options);
        failed = true;
        if (!status) throw new TypeError("no connection");
        return new Response('{"title": "Oh", "detail": "no"}', { status });
    };
}"""


def fail_once(page: Page, fits: str, status: int = 0) -> None:
    """The next request that fits gets this status; without one, no answer at all."""
    page.evaluate(FAIL_ONCE, [fits, status])


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
    path = a_board(server, *NOTES)
    page = open_page(path)
    expect(page.locator(".note")).to_have_count(3)
    return page, path


def test_panels_are_dragged_and_resized_and_it_can_be_undone(board, server):
    page, path = board
    with saving(page):
        drag(page, panel(page, "one").locator(".panel-space"), right=450, down=0)
    assert stored(server, path)["one"]["x"] >= 4
    panel(page, "two").hover()
    with saving(page):
        drag(page, panel(page, "two").locator(".ui-resizable-se"), right=0, down=150)
    assert stored(server, path)["two"]["height"] > 3
    is_saved(page)
    # The second click does not wait for the first.
    page.locator("[data-action=undo-board]").dblclick()
    expect(page.locator("[data-action=undo-board]")).to_be_disabled()
    back = stored(server, path)
    assert all(back[note["id"]] == {**back[note["id"]], **note} for note in NOTES)
    page.keyboard.press("Control+Shift+Z")
    expect(page.locator("#board-saved")).to_have_text("Redone")


def test_the_keyboard_moves_and_resizes(board, server):
    page, path = board
    panel(page, "three").locator(".panel-bar").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    is_saved(page)
    three = stored(server, path)["three"]
    assert (three["width"], three["height"]) == (3, 4)


def test_removing_a_panel_can_be_undone(board, server):
    page, path = board
    panel(page, "two").get_by_role("button", name="Remove the panel").click()
    expect(panel(page, "two")).to_have_count(0)
    is_saved(page)
    assert stored(server, path).keys() == {"one", "three"}
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
    assert stored(server, path)["two"]["title"] == "Theirs"
    expect(other.locator(".board-name")).to_have_value("Mine")
    # The first window hears of it when somebody comes back to it.
    come_back(page)
    expect(panel(page, "two").locator(".panel-name")).to_have_value("Theirs")


def test_what_somebody_else_changes_appears_once_nobody_types_here(board, server):
    page, path = board
    said = page.locator("#board-saved")
    change_elsewhere(server, path, two="Theirs")
    expect(panel(page, "two").locator(".panel-name")).to_have_value("Theirs")
    expect(said).to_have_text("Changed by somebody else just now")
    title = page.locator(".board-name")
    title.focus()
    change_elsewhere(server, path, three="Later")
    expect(said).to_have_text("Changed elsewhere; shown once you pause")
    expect(panel(page, "three").locator(".panel-name")).to_have_value("")
    title.fill("Mine")
    page.keyboard.press("Enter")
    expect(panel(page, "three").locator(".panel-name")).to_have_value("Later")
    expect(title).to_have_value("Mine")
    saved = asked(server, "GET", path)["content"]
    assert saved["title"] == "Mine"
    assert saved["panels"][2]["title"] == "Later"
    asked(server, "DELETE", path)
    expect(page.locator("#banner")).to_contain_text("deleted")


def test_a_panel_follows_its_run_live(open_page, server):
    path = a_board(server)
    page = open_page(path)
    expect(page.locator("#board-empty")).to_be_visible()
    # Nobody has trained its network yet.
    config = {"criteria": ["weight"], "train_seed": random.randrange(10**6)}
    run = asked(server, "POST", "/runs", {"experiment": "toy", "config": config})
    chart = {"id": "chart", "runs": [run["id"]], "part": "chart", "width": 8, "height": 6}
    content = {"title": "Board", "panels": [chart]}
    asked(server, "PUT", path, {"content": content, "revision": 1})
    with page.expect_response(f"**{path}/page") as looked:
        come_back(page)
    (stage,) = looked.value.json()["sheet"]["stages"].values()
    assert stage["voices"][0]["run"]["status"] in ("queued", "running")
    points = """count => document.querySelector('[data-figure=chart-accuracy]')?.data
        ?.find((trace) => trace.meta.series === 'accuracy/weight')?.x.length === count"""
    count = len(experiments["toy"].config().sparsities)
    page.wait_for_function(points, arg=count, timeout=actions.PATIENCE)


def test_what_a_small_panel_is_for_has_its_room(open_page, server):
    config = {"criteria": ["weight", "lrp"], "sparsities": [0, 0.5]}
    run = asked(server, "POST", "/runs", {"experiment": "toy", "config": config})
    picture = {"id": "picture", "runs": [run["id"]], "part": "panel", "figure": "lrp"}
    chart = {"id": "chart", "runs": [run["id"]], "part": "chart", "figure": "accuracy"}
    small = {"width": 2, "height": 3}
    page = open_page(a_board(server, {**picture, **small}, {**chart, "x": 2, **small}))
    for name in ("panel-lrp", "chart-accuracy"):
        page.wait_for_selector(f"[data-figure={name}].js-plotly-plot", timeout=actions.PATIENCE)

    def share(name: str, of: str) -> float:
        """How much of a panel some part of it has."""
        whole, part = (each.bounding_box() for each in (panel(page, name), page.locator(of)))
        assert whole is not None
        assert part is not None
        return part["width"] * part["height"] / (whole["width"] * whole["height"])

    assert share("picture", "[data-figure=panel-lrp]") > 0.35
    expect(panel(page, "picture").locator("[data-track] input")).to_be_visible()
    expect(panel(page, "picture").locator(".keys, .xtick")).to_have_count(1)
    expect(panel(page, "picture").locator(".keys")).to_be_hidden()
    assert share("chart", "[data-figure=chart-accuracy] .nsewdrag") > 0.25
    numbers = [tick.bounding_box() for tick in page.locator(".ytick").all()]
    heights = sorted((box["y"], box["y"] + box["height"]) for box in numbers if box)
    assert len(heights) > 1
    assert all(low <= high for (_, low), (high, _) in pairwise(heights))
    expect(page.locator(".xtitle")).to_have_count(0)
    # In a larger panel there is room for words.
    panel(page, "chart").locator(".panel-bar").focus()
    for key in ("ArrowDown", "ArrowRight"):
        for _ in range(3):
            page.keyboard.press(f"Shift+{key}")
    expect(page.locator(".xtitle")).to_have_text("share of hidden units removed")


def test_the_network_of_a_run_is_there_for_hands(open_page, server):
    config = {"criteria": ["weight"], "sparsities": [0, 0.5], "hidden": [8, 8, 8]}
    run = asked(server, "POST", "/runs", {"experiment": "toy", "config": config})
    eventually(lambda: asked(server, "GET", f"/runs/{run['id']}")["status"] == "done")
    network = {"id": "net", "runs": [run["id"]], "part": "diagram", "width": 12, "height": 16}
    page = open_page(a_board(server, network))
    unit = panel(page, "net").locator("[data-unit='3']")
    unit.click()
    expect(unit).to_have_attribute("aria-pressed", "true")
    expect(panel(page, "net").locator("[data-hand-said]")).to_contain_text("1 of 24 units removed")


def test_nothing_that_is_typed_is_taken_away_or_lost(board, server):
    page, path = board
    hold(page, "PUT")
    panel(page, "one").locator(".panel-name").fill("Typed before")
    expect(page.locator("#board-saved")).to_have_text("Saving…")
    panel(page, "one").get_by_role("button", name="Edit the note").click()
    with page.expect_response(f"**{path}/page"):
        release(page, "PUT")
    page.keyboard.press("Control+a")
    page.keyboard.type("Typed when the page was left", delay=10)
    page.reload()
    one = eventually(
        lambda: (found := stored(server, path)["one"])["note"] != "one" and found,
        what="the note",
    )
    assert (one["title"], one["note"]) == ("Typed before", "Typed when the page was left")


def test_a_picture_is_put_into_a_note(board, tmp_path):
    page, _ = board
    (tmp_path / "words.png").write_text("words")
    Image.new("RGB", (40, 20), "red").save(tmp_path / "red.png")
    one = panel(page, "one")
    one.locator(".panel-bar").hover()
    one.get_by_role("button", name="Edit the note").click()
    page.keyboard.press("End")
    for name in ("words.png", "red.png"):
        with page.expect_file_chooser() as chooser:
            one.get_by_role("button", name="Picture").click()
        chooser.value.set_files(tmp_path / name)
        if name == "words.png":
            expect(one.get_by_role("alert")).to_contain_text("no PNG, JPEG, WebP or GIF")
    expect(one.locator("textarea")).to_have_value(re.compile(r"^one!\[red\]\(picture:\w+\)$"))
    expect(one.get_by_role("alert")).to_be_hidden()
    expect(one.locator("textarea")).to_be_focused()
    one.locator(".panel-name").focus()
    shown = one.get_by_role("img", name="red")
    expect(shown).to_have_js_property("naturalWidth", 40)
    # Pasted over all that was there.
    one.get_by_role("button", name="Edit the note").click()
    page.keyboard.press("Control+a")
    page.evaluate(PASTE)
    expect(one.locator("textarea")).to_have_value(re.compile(r"^!\[mine\]\(picture:\w+\)$"))


def test_the_page_can_be_left_while_something_is_saved_if_it_is_not_too_much(board, server):
    page, path = board
    would_ask = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    much = """async () => {
        const { board, keepBoard } = await import("#pages/dashboard_changes.js");
        keepBoard(board.content.panels.map((panel) => ({ ...panel, note: "ä".repeat(19000) })));
    }"""
    page.evaluate(much)
    assert page.evaluate(would_ask)
    is_saved(page)
    assert not page.evaluate(would_ask)
    page.locator("[data-action=undo-board]").click()
    # What is changed before the answer keeps its note.
    expect(page.locator("#board-saved")).to_have_text("Undone")
    hold(page, "PUT")
    panel(page, "one").locator(".panel-name").fill("First")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.held.PUT.length")
    panel(page, "two").locator(".panel-name").fill("Second")
    assert not page.evaluate(would_ask)
    page.reload()
    eventually(lambda: stored(server, path)["two"]["title"] == "Second", what="the second")
    assert stored(server, path)["one"]["title"] == "First"


def test_a_save_that_failed_is_tried_again_and_a_look_that_failed_is_no_save(board, server):
    page, path = board
    fail_once(page, "/page$")
    come_back(page)
    expect(page.locator("#board-saved")).to_have_text("")
    fail_once(page, "PUT", 500)
    panel(page, "one").locator(".panel-name").fill("Kept")
    page.keyboard.press("Enter")
    expect(page.locator("#board-saved")).to_have_text(re.compile("a fault. Trying again…$"))
    eventually(lambda: stored(server, path)["one"]["title"] == "Kept", what="the title")
    is_saved(page)
    assert stored(server, path)["one"]["title"] == "Kept"


def test_a_dashboard_waits_for_its_script_which_is_asked_for_again_if_it_failed(open_page, server):
    path = a_board(server, *NOTES)
    page = open_page("/dashboards")
    scripts: list[Route] = []
    page.route("**/gridstack.min.js*", lambda route: scripts.append(route))
    with page.expect_request("**/gridstack.min.js*"):
        page.locator(f"a[href='{path}']").click()
    for name in ("undo-board", "redo-board", "add-figure", "add-note"):
        expect(page.locator(f"[data-action={name}]")).to_be_disabled()
    page.keyboard.press("Control+z")
    scripts[0].fulfill(status=404)
    expect(page.locator("#banner")).to_contain_text("come back to try again")
    page.unroute("**/gridstack.min.js*")
    page.get_by_role("link", name="Dashboards").click()
    page.locator(f"a[href='{path}']").click()
    expect(page.locator(".note")).to_have_count(3)
    expect(page.locator("[data-action=add-note]")).to_be_enabled()


def test_the_dashboard_that_was_opened_last_is_shown(board, server):
    page, _ = board
    second, third = (a_board(server, *NOTES[:count]) for count in (1, 2))
    hold(page, "PUT")
    page.locator(".board-name").fill("Changed")
    page.keyboard.press("Enter")
    go = """path => {
        history.pushState({}, "", path);
        dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    }"""
    for path in (second, third):
        page.evaluate(go, path)
        page.locator(f"[data-board='{path.rpartition('/')[2]}']").wait_for()
    release(page, "PUT")
    expect(page.locator(".note")).to_have_count(2)
    assert page.url.endswith(page.locator("[data-board]").get_attribute("data-board"))


def test_what_another_window_does_meanwhile_is_neither_lost_nor_taken_back(board, server):
    page, path = board
    deafen(page)
    hold(page, "/page$")
    hold(page, "GET .*dashboards/[^/]+$")
    change_elsewhere(server, path, three="Theirs")
    come_back(page)
    panel(page, "one").locator(".panel-name").fill("Mine")
    page.keyboard.press("Enter")
    # The change came too late: the dashboard is asked for, and what was looked at before comes.
    page.wait_for_function("() => window.held['GET .*dashboards/[^/]+$'].length")
    release(page, "/page$")
    release(page, "GET .*dashboards/[^/]+$")
    expect(panel(page, "three").locator(".panel-name")).to_have_value("Theirs")
    expect(panel(page, "one").locator(".panel-name")).to_have_value("Mine")
    assert stored(server, path)["one"]["title"] == "Mine"

    change_elsewhere(server, path, two="Theirs")
    page.locator("[data-action=undo-board]").click()
    expect(page.locator("#board-saved")).to_have_text(re.compile("changed elsewhere"))
    expect(panel(page, "two").locator(".panel-name")).to_have_value("Theirs")
    page.locator("[data-action=undo-board]").click()
    expect(panel(page, "two").locator(".panel-name")).to_have_value("")
    assert stored(server, path)["one"]["title"] == "Mine"


def test_the_dialog_for_figures_shows_the_last_answer_only(board):
    page, _ = board

    def answer(route: Route) -> None:
        words = route.request.url.partition("search=")[2]
        run = {"id": "run", "title": f"About {words}", "created_at": "2026-01-01", "criteria": []}
        route.fulfill(json=[run])

    page.route("**/api/runs?*", answer)
    part = {"part": "chart", "title": "Chart", "figures": {}}
    page.route("**/api/parts?*", lambda route: route.fulfill(json=[part]))
    page.locator("[data-action=add-figure]").click()
    dialog = page.get_by_role("dialog")
    hold(page, "search=old")
    dialog.get_by_label("Search runs").fill("old")
    page.wait_for_function("() => window.held['search=old'].length")
    dialog.get_by_label("Search runs").fill("new")
    expect(dialog.locator(".choose-runs")).to_contain_text("About new")
    release(page, "search=old")
    hold(page, "parts")
    for _ in range(3):
        dialog.locator(".choose-runs input").click()
    release(page, "parts", count=2)
    expect(dialog.locator(".choose-runs")).to_contain_text("About new")
    expect(dialog.get_by_text("What of it")).to_have_count(1)
    nobody_is_kept_out(page, "dialog[open]")
    fail_once(page, "parts")
    for _ in range(2):
        dialog.locator(".choose-runs input").click()
    expect(dialog.get_by_role("alert")).to_have_text("The server does not answer.")


def test_two_changes_are_joined_panel_by_panel(board):
    page, _ = board
    joined = """async ([before, mine, theirs]) => {
        const { joined } = await import("#pages/panels.js");
        const content = ([title, panels]) =>
            ({ title, panels: Object.entries(panels).map(([id, note]) => ({ id, note })) });
        const both = joined(content(before), content(mine), content(theirs));
        return [both.title, Object.fromEntries(both.panels.map(({ id, note }) => [id, note]))];
    }"""
    before = ["t", {"a": 1, "b": 1, "c": 1, "d": 1}]
    mine = ["mine", {"a": 2, "c": 1, "d": 2, "new": 1}]  # b is removed
    theirs = ["t", {"a": 1, "b": 1, "d": 3, "other": 1}]  # c is removed
    both = {"a": 2, "d": 2, "new": 1, "other": 1}
    assert page.evaluate(joined, [before, mine, theirs]) == ["mine", both]
