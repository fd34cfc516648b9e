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


def test_a_formula_is_pictured_while_it_is_typed_and_kept(open_page: OpenPage, server: Server):
    page = open_tool(open_page)
    way(page, "Formula")
    page.get_by_label("Formula", exact=True).fill("y > sinn(3 x)")
    marked = page.locator(".points-mark")
    expect(marked).to_contain_text("At character 5: there is no “sinn”")
    expect(marked.locator("mark")).to_have_text("s")
    page.get_by_label("Formula", exact=True).fill("y > sin(3 x)")
    expect(marked).to_be_hidden()
    pixels = """([x, y]) => {
      const canvas = document.querySelector("#points-tool canvas");
      const at = [x * canvas.width, y * canvas.height].map(Math.round);
      return [...canvas.getContext("2d").getImageData(...at, 1, 1).data];
    }"""
    above, below = (page.evaluate(pixels, [0.3, y]) for y in (0.05, 0.95))
    assert above != below
    keep(page, "Wave")
    expect(page.get_by_test_id("points-wave")).to_contain_text("y > sin(3 x)")
    page.get_by_test_id("points-wave").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("points-wave")).to_have_count(0)


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
