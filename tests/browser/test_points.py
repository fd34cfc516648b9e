"""Points of one's own in the browser: drawn, pasted, by a formula; and a run on them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.actions import (
    choose_criteria,
    fill,
    result_of,
    run,
    unfold,
    wait_for,
    wait_until_drawn,
)
from tests.browser.axe import nobody_is_kept_out
from tests.browser.conftest import OpenPage
from tests.conftest import Server

CANVAS = "#points-tool canvas"


def open_tool(open_page: OpenPage, **options: object) -> Page:
    page = open_page("/datasets", **options)
    page.wait_for_selector(f"{CANVAS}, #points-tool .points-classes")
    return page


def stroke(page: Page, *places: tuple[float, float]) -> None:
    """Move the mouse over the canvas; places are shares of its width and height."""
    canvas = page.locator(CANVAS)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def drawn(page: Page) -> dict[str, int]:
    """How many points of each class are there."""
    buttons = page.get_by_role("group", name="Class").get_by_role("button").all()
    counts = {button.get_attribute("aria-label"): button.inner_text() for button in buttons}
    return {
        str(name).removeprefix("Class "): int(text.split()[1])
        for name, text in counts.items()
        if len(text.split()) > 1
    }


def way(page: Page, name: str) -> None:
    page.get_by_role("group", name="How to make points").get_by_role("button", name=name).click()


def keep(page: Page, title: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_test_id("keep-points").click()


def test_two_classes_are_drawn_kept_and_learned_from(open_page: OpenPage, server: Server):
    page = open_page("/")
    page.get_by_role("link", name="Draw your own").click()
    page.wait_for_selector(CANVAS)
    stroke(page, (0.2, 0.3), (0.8, 0.3))
    page.get_by_role("button", name="Class 1").click()
    stroke(page, (0.2, 0.8), (0.8, 0.8))
    stroke(page, (0.9, 0.9))
    before = drawn(page)
    assert set(before) == {"0", "1"}
    assert min(before.values()) > 30
    nobody_is_kept_out(page)
    page.get_by_role("button", name="Undo").click()
    assert drawn(page)["1"] < before["1"]
    assert drawn(page)["0"] == before["0"]

    keep(page, "Two strokes")
    card = page.get_by_test_id("points-two-strokes")
    expect(card).to_contain_text("fixed points")
    expect(page.locator("#points-tool [role=status]")).to_have_text("Two strokes is there.")
    card.get_by_role("link", name="Use in a toy run").click()
    page.wait_for_selector("#form")
    choose_criteria(page, "weight")
    unfold(page, "Network")
    fill(page, hidden="20, 20")
    run(page)
    wait_for(page, "done")
    wait_until_drawn(page)
    result = result_of(page)
    [frame] = result.frames["points/train"]
    learned = frame.arrays["y"].numpy(), frame.arrays["class"].numpy()
    assert (learned[0][learned[1] == 0] > 0).all()
    assert (learned[0][learned[1] == 1] < 0).all()
    assert len(learned[0]) < sum(before.values()) / 2 + 2

    page.request.delete(f"{server.url}/api/datasets/points/two-strokes")


def test_the_eraser_takes_points_away_and_clear_all(open_page: OpenPage):
    page = open_tool(open_page)
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    before = drawn(page)["0"]
    page.get_by_role("button", name="Eraser").click()
    stroke(page, (0.2, 0.5), (0.5, 0.5))
    assert 0 < drawn(page)["0"] < before
    page.get_by_role("button", name="Clear").click()
    assert drawn(page) == {}
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    assert drawn(page)["0"] == before


def test_what_was_drawn_is_still_there_after_a_refusal_and_another_page(open_page: OpenPage):
    page = open_tool(open_page)
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    keep(page, "One class")
    expect(page.get_by_role("alert")).to_have_text(
        "All points are of one class, 0; take 2 to 6 classes."
    )
    expect(page.get_by_label("Title")).to_have_value("One class")
    before = drawn(page)
    page.get_by_role("link", name="Recipes").click()
    expect(page.locator("h1")).to_have_text("Recipes")
    page.get_by_role("link", name="Datasets").click()
    page.wait_for_selector(CANVAS)
    assert drawn(page) == before


def pixel(page: Page, x: float, y: float) -> list[int]:
    """The colour at a place of the canvas, by shares of its width and height."""
    return page.evaluate(
        """([x, y]) => {
          const canvas = document.querySelector("#points-tool canvas");
          const at = [x * canvas.width, y * canvas.height].map(Math.round);
          return [...canvas.getContext("2d").getImageData(...at, 1, 1).data];
        }""",
        [x, y],
    )


def drawing(page: Page) -> str:
    return page.evaluate("document.querySelector('#points-tool canvas').toDataURL()")


def test_points_are_drawn_by_keyboard_alone(open_page: OpenPage, server: Server):
    page = open_tool(open_page)
    plane = page.get_by_role("application", name="The plane, from -1.5 to 1.5: draw here")
    told = page.locator("#points-tool .points-told")
    expect(told).to_have_attribute("aria-live", "polite")
    page.get_by_role("button", name="Formula").focus()
    page.keyboard.press("Tab")
    expect(plane).to_be_focused()
    empty = drawing(page)
    page.keyboard.press("ArrowUp")
    expect(told).to_have_text("x 0.00, y 0.05")
    moved = drawing(page)
    assert moved != empty
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    expect(told).to_have_text("x 0.00, y 0.95")
    assert drawing(page) != moved
    for _ in range(4):
        page.keyboard.press("Space")
    expect(told).to_have_text("3 points of class 0; 12 in all")
    page.keyboard.press("2")
    expect(told).to_have_text("Class 2")
    expect(page.get_by_role("button", name="Class 2")).to_have_attribute("aria-pressed", "true")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowDown")
    for _ in range(3):
        page.keyboard.press("Enter")
    expect(told).to_have_text("3 points of class 2; 21 in all")
    assert drawn(page) == {"0": 12, "2": 9}
    page.keyboard.press("Control+z")
    assert drawn(page) == {"0": 12, "2": 6}
    page.keyboard.press("Delete")
    expect(told).to_have_text("6 points erased; 12 in all")
    page.keyboard.press("Backspace")
    expect(told).to_have_text("0 points erased; 12 in all")
    page.keyboard.press("Control+z")
    assert drawn(page) == {"0": 12, "2": 6}
    keep(page, "By keys")
    expect(page.get_by_test_id("points-by-keys")).to_contain_text("18 fixed points")
    shown = page.request.get(f"{server.url}/api/datasets/points/by-keys").json()
    above = [y for y, label in zip(shown["y"], shown["label"], strict=True) if label == 0]
    assert all(abs(y - 0.95) <= 0.16 for y in above)
    page.request.delete(f"{server.url}/api/datasets/points/by-keys")


def test_the_cursor_stays_in_the_plane_and_keys_draw_nothing_elsewhere(open_page: OpenPage):
    page = open_tool(open_page)
    page.locator(CANVAS).focus()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".points-told")).to_have_text("x 1.50, y 0.00")
    way(page, "Formula")
    expect(page.locator(CANVAS)).to_have_attribute("role", "img")
    expect(page.locator(CANVAS)).to_have_attribute("tabindex", "-1")
    page.locator(CANVAS).focus()
    page.keyboard.press("Space")
    way(page, "Draw")
    assert drawn(page) == {}


def test_a_formula_is_pictured_while_it_is_typed_and_kept(open_page: OpenPage, server: Server):
    page = open_tool(open_page)
    way(page, "Formula")
    page.get_by_label("Formula", exact=True).fill("y > sinn(3 x)")
    marked = page.locator("#points-formula-mark")
    expect(marked).to_contain_text("At character 5: there is no “sinn”")
    expect(marked.locator("mark")).to_have_text("s")
    expect(page.get_by_label("Formula", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(CANVAS)).to_have_attribute("data-stale", "")
    page.get_by_label("Formula", exact=True).fill("y > sin(3 x)")
    expect(marked).to_be_hidden()
    expect(page.locator(CANVAS)).not_to_have_attribute("data-stale", "")
    assert pixel(page, 0.3, 0.05) != pixel(page, 0.3, 0.95)
    page.get_by_label("Formula", exact=True).fill("y > sin(3 x")
    expect(marked).to_contain_text("At character")
    expect(page.locator(CANVAS)).to_have_attribute("data-stale", "")
    way(page, "Draw")
    expect(page.locator(CANVAS)).not_to_have_attribute("data-stale", "")
    way(page, "Formula")
    expect(page.locator(CANVAS)).to_have_attribute("data-stale", "")
    page.get_by_label("Formula", exact=True).fill("y > sin(3 x)")
    expect(marked).to_be_hidden()
    keep(page, "Wave")
    expect(page.get_by_test_id("points-wave")).to_contain_text("y > sin(3 x)")
    page.get_by_test_id("points-wave").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("points-wave")).to_have_count(0)


def test_a_table_is_seen_with_its_classes_before_it_is_kept(open_page: OpenPage, server: Server):
    page = open_tool(open_page)
    way(page, "CSV")
    empty = drawing(page)
    rows = [f"{i},{i * 7 % 10},{('sun', 'moon')[i % 3 > 0]}" for i in range(21)]
    page.get_by_label("x, y, class").fill("\n".join(rows))
    counted = page.get_by_role("list", name="Classes").get_by_role("listitem")
    expect(counted).to_have_text(["sun7", "moon14"])
    expect(page.locator(".points-counted")).to_contain_text("were scaled into the square")
    assert drawing(page) != empty
    page.get_by_label("x, y, class").fill("\n".join([*rows, "1,,sun"]))
    expect(page.locator("#points-csv-mark")).to_have_text("Line 22: y is missing.")
    expect(page.locator(CANVAS)).to_have_attribute("data-stale", "")
    expect(counted).to_have_count(0)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file…").click()
    table = "\n".join([*rows, *(f"{i},0.5,mars" for i in range(5))])
    file = {"name": "four.csv", "mimeType": "text/csv", "buffer": table.encode()}
    chooser.value.set_files(file)
    expect(counted).to_have_text(["sun7", "moon14", "mars5"])
    expect(page.locator("#points-csv-mark")).to_be_hidden()
    expect(page.locator(".points-file")).to_contain_text("four.csv")
    names = [each["name"] for each in page.request.get(f"{server.url}/api/datasets/points").json()]
    assert not {"four", "pasted"} & set(names)
    page.get_by_test_id("keep-points").click()
    expect(page.get_by_test_id("points-four")).to_contain_text("3 classes")
    page.get_by_role("button", name="Let it go").click()
    expect(page.locator("#points-csv-mark")).to_have_text("Line 22: y is missing.")
    page.request.delete(f"{server.url}/api/datasets/points/four")


def test_a_table_is_pasted_and_a_phone_shows_it_all(open_page: OpenPage, server: Server):
    page = open_tool(open_page, viewport={"width": 390, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    way(page, "CSV")
    page.get_by_label("x, y, class").fill("1,2,a\n3,,b")
    keep(page, "Pasted")
    expect(page.get_by_role("alert")).to_have_text("Line 2: y is missing.")
    rows = [f"{i},{i * 7 % 10},{'ab'[i % 2]}" for i in range(20)]
    page.get_by_label("x, y, class").fill("\n".join(rows))
    page.get_by_test_id("keep-points").click()
    expect(page.get_by_test_id("points-pasted")).to_contain_text("were scaled into the square")
    page.request.delete(f"{server.url}/api/datasets/points/pasted")
