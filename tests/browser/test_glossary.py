"""Words explained in the browser: beside forms and figures, on their page, in a file; the tour."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.actions import field, run, wait_for
from tests.browser.conftest import OpenPage


def asked(page: Page, name: str) -> Locator:
    """The first question mark of a word."""
    return page.locator(f'[data-explains="{name}"]').first


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Explanation")


def is_inside(page: Page, part: Locator) -> bool:
    box = part.bounding_box()
    assert box
    wide, high = page.evaluate("[document.body.clientWidth, innerHeight]")
    return (
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= wide
        and box["y"] + box["height"] <= high
    )


def test_a_question_mark_opens_by_keyboard_and_escape_leads_back(page: Page):
    mark = asked(page, "criterion-lrp")
    mark.focus()
    before = page.evaluate("[scrollX, scrollY]")
    page.keyboard.press("Enter")
    expect(panel(page)).to_contain_text("How much of the decision for the right class")
    expect(panel(page).locator("math").first).to_be_visible()
    expect(panel(page).get_by_role("link", name="Yeom et al.")).to_be_visible()
    assert is_inside(page, panel(page))
    assert page.evaluate("[scrollX, scrollY]") == before
    expect(mark).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(mark).to_be_focused()


def test_another_question_mark_takes_over_and_the_same_one_closes(page: Page):
    asked(page, "criterion-lrp").click()
    expect(panel(page)).to_contain_text("Layer-wise relevance")
    asked(page, "criterion-weight").click()
    expect(panel(page)).to_contain_text("Weight magnitude")
    asked(page, "criterion-grad").press("Enter")
    expect(panel(page)).to_contain_text("Gradient")
    asked(page, "criterion-grad").click()
    expect(panel(page)).to_have_count(0)
    asked(page, "criterion-grad").click()
    expect(panel(page)).to_contain_text("Gradient")


def test_what_it_says_fits_a_phone_and_leads_to_a_run_that_shows_it(open_page: OpenPage):
    page = open_page("/", viewport={"width": 390, "height": 844})
    asked(page, "criterion-taylor_abs").click()
    expect(panel(page).get_by_role("link", name="See it work")).to_be_visible()
    assert is_inside(page, panel(page))
    panel(page).get_by_role("link", name="See it work").click()
    page.wait_for_url("**/?experiment=toy&criteria=taylor_abs,weight")
    chosen = page.locator("#form [data-chip]:has(input:checked)")
    expect(chosen.first).to_be_visible()
    names = [each.get_attribute("data-chip") for each in chosen.all()]
    assert sorted(map(str, names)) == ["taylor_abs", "weight"]


def test_the_meaning_of_a_choice_is_that_of_what_is_chosen(open_page: OpenPage):
    page = open_page("/?experiment=sweep&schedule=cubic")
    expect(asked(page, "schedule-cubic")).to_be_visible()
    field(page, "schedule").click()
    page.get_by_role("option", name="Linear", exact=True).click()
    expect(asked(page, "schedule-linear")).to_be_visible()
    expect(asked(page, "schedule-cubic")).to_have_count(0)


def test_the_glossary_is_searched_as_one_types(open_page: OpenPage):
    page = open_page("/glossary")
    entries = page.locator("[data-glossary=entry]:visible")
    every = entries.count()
    page.get_by_label("Search the glossary").fill("zhu gupta")
    expect(entries).to_have_count(2)
    expect(page.locator("#schedule-cubic math")).to_be_visible()
    expect(page.get_by_role("status").last).to_have_text(f"2 of {every} words")
    expect(page.get_by_role("heading", name="Penalties")).to_be_hidden()
    page.get_by_label("Search the glossary").fill("zzz")
    expect(page.get_by_role("status").last).to_contain_text("Nothing is called so")
    page.get_by_label("Search the glossary").fill("")
    expect(entries).to_have_count(every)


def test_an_anchor_leads_to_its_word(open_page: OpenPage):
    page = open_page("/glossary#notion-cutoff")
    expect(page.locator("#notion-cutoff")).to_be_in_viewport()
    expect(page.locator("#notion-cutoff")).to_have_attribute("data-here", "")


def test_a_name_in_the_address_leads_to_its_word_or_to_those_that_have_it(open_page: OpenPage):
    page = open_page("/glossary/cutoff")
    expect(page.locator("#notion-cutoff")).to_be_in_viewport()
    expect(page.locator("#notion-cutoff")).to_have_attribute("data-here", "")
    page = open_page("/glossary/weight")
    several = page.get_by_role("note").filter(has_text="weight is the name of several words")
    several.get_by_role("link", name="Weight magnitude").click()
    expect(page.locator("#criterion-weight")).to_have_attribute("data-here", "")


def test_a_file_explains_without_a_network(page: Page, browser: Browser, tmp_path: Path):
    run(page)
    wait_for(page, "done")
    address = page.url.replace("/runs/", "/api/runs/")
    file = tmp_path / "run.html"
    file.write_bytes(page.request.get(f"{address}/export.html").body())
    alone = browser.new_context(offline=True).new_page()
    alone.goto(file.as_uri())
    asked(alone, "criterion-lrp").click()
    expect(panel(alone).locator("math").first).to_be_visible()
    expect(panel(alone).get_by_role("link", name="See it work")).to_have_count(0)
    asked(alone, "measure-training").click()
    expect(panel(alone)).to_contain_text("share of the training examples")
    alone.keyboard.press("Escape")
    expect(panel(alone)).to_have_count(0)
    alone.context.close()


def tour(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Tour")


def steps_of(page: Page) -> dict[str, bool]:
    """The steps of a tour from here on, and whether each points at something that is there."""
    found = {}
    while tour(page).count():
        title = tour(page).get_by_role("heading").inner_text()
        found[title] = page.locator("[data-toured]").count() == 1
        tour(page).get_by_role("button", name=re.compile("Next|Done")).click()
    return found


def test_all_five_steps_are_about_what_is_on_the_start_page(page: Page):
    page.get_by_role("button", name="Take the tour").click()
    expect(tour(page)).to_contain_text("How this works · 1 of 5")
    expect(page.locator("#form")).to_have_attribute("data-toured", "")
    found = steps_of(page)
    assert list(found.values()) == [True] * 5, found
    assert list(found)[-1] == "Run"
    expect(page.locator("[data-toured]")).to_have_count(0)


def test_the_tour_goes_on_with_the_run_that_was_started_on_the_way(page: Page):
    page.get_by_role("button", name="Take the tour").click()
    tour(page).get_by_role("button", name="Next").click()
    run(page)
    expect(tour(page)).to_contain_text("What you can do with this run · 1 of 5")
    expect(page.locator("#run .run-title")).to_have_attribute("data-toured", "")
    wait_for(page, "done")
    found = steps_of(page)
    assert list(found.values()) == [True] * 5, found
    assert page.get_by_text("Five steps show what you can do").count() == 1
    expect(page.get_by_text("Five steps show what you can do")).to_be_hidden()


def test_what_is_not_on_the_page_is_told_with_what_to_do(page: Page):
    page.get_by_role("button", name="Take the tour").click()
    page.get_by_role("link", name="Recipes").click()
    expect(tour(page)).to_contain_text("It is on the start page: choose Workbench above.")
    page.get_by_role("link", name="Workbench").click()
    expect(page.locator("#form")).to_have_attribute("data-toured", "")
    expect(tour(page)).not_to_contain_text("choose Workbench")


def test_a_first_run_is_offered_a_tour_of_what_it_can_do(page: Page):
    run(page)
    offer = page.get_by_text("Five steps show what you can do with this run.")
    expect(offer).to_be_visible()
    show = page.get_by_role("button", name="Show me")
    show.press("Enter")
    # Enter goes on from there.
    expect(tour(page).get_by_role("button", name="Next")).to_be_focused()
    expect(offer).to_be_hidden()
    page.keyboard.press("Escape")
    expect(tour(page)).to_have_count(0)
    page.reload()
    expect(page.locator("#run .run-title")).to_be_visible()
    expect(offer).to_be_hidden()


def test_who_refuses_the_first_tour_is_offered_no_second(page: Page):
    page.get_by_role("button", name="No, thanks").first.click()
    run(page)
    expect(page.locator("#run .run-title")).to_be_visible()
    expect(page.get_by_text("Five steps show what you can do")).to_be_hidden()


def test_the_tour_is_left_by_escape_and_not_offered_again_but_found(page: Page):
    offer = page.get_by_text("New here?")
    expect(offer).to_be_visible()
    page.get_by_role("button", name="Take the tour").press("Enter")
    asked(page, "criterion-lrp").click()
    page.keyboard.press("Escape")
    expect(tour(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(tour(page)).to_have_count(0)
    expect(offer).to_be_hidden()
    page.reload()
    expect(page.get_by_test_id("empty")).to_be_visible()
    expect(offer).to_be_hidden()
    page.get_by_role("link", name="Glossary").click()
    page.get_by_role("button", name="Take the tour").click()
    expect(page.locator("#form")).to_have_attribute("data-toured", "")
    expect(tour(page)).to_contain_text("1 of 5")


def test_the_tour_is_offered_to_nobody_who_has_run_something(page: Page):
    run(page)
    page.get_by_role("link", name="Workbench").click()
    expect(page.get_by_test_id("empty")).to_be_visible()
    expect(page.get_by_text("New here?")).to_be_hidden()
