"""A published study is started from its card."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import actions
from tests.browser.conftest import OpenPage


def test_a_card_starts_a_run_that_shows_what_was_published(open_page: OpenPage):
    page = open_page("/recipes")
    card = page.get_by_test_id("recipe-yeom2021-toy")
    expect(card.get_by_role("img", name="Moons: accuracy on the training set")).to_be_visible()
    expect(card).to_contain_text("of 48 training accuracies within 3 points")
    promise = card.get_by_text("within 0.5 points of the unpruned network")
    expect(promise).to_be_hidden()
    card.get_by_text("What to expect").click()
    expect(promise).to_be_visible()
    expect(card.get_by_role("link", name="Yeom et al.")).to_have_attribute(
        "href", "https://arxiv.org/abs/1912.08881"
    )
    card.get_by_role("button", name="Run").click()
    page.wait_for_url("**/runs/*")
    note = page.get_by_test_id("recipe-note")
    expect(note).to_contain_text("Pruning by explaining: the toy study")
    expect(note.get_by_role("listitem").first).to_be_hidden()
    note.locator("summary").click()
    expect(note.get_by_role("listitem").first).to_be_visible()
    published = """() => document.querySelector('[data-figure=accuracy-moon-train]').data
      ?.filter((trace) => trace.legendgroup.includes('published'))
      .map((trace) => trace.y.length).join()"""
    page.wait_for_function(f"() => ({published})() === '4,4,4,4'")
    page.get_by_role("button", name="Cancel").click()
    actions.wait_for(page, "cancelled")
    page.get_by_role("link", name="Recipes").click()
    expect(card).to_contain_text("Cancelled")


def test_a_card_opens_the_form_filled_in(open_page: OpenPage):
    page = open_page("/recipes")
    card = page.get_by_test_id("recipe-yeom2021-toy-noisy")
    card.get_by_role("link", name="Open in the form").click()
    page.wait_for_url("**/?recipe=yeom2021-toy-noisy")
    expect(actions.field(page, "fraction")).to_have_value("1/3")
    expect(page.locator("#form").get_by_label("Noisy test", exact=True)).to_be_checked()
    page.go_back()
    expect(card).to_be_visible()


def test_pictures_are_drawn_for_a_light_and_for_a_dark_page(open_page: OpenPage):
    for scheme, other in (("light", "dark"), ("dark", "light")):
        page = open_page("/recipes", color_scheme=scheme)
        pictures = page.locator(f".recipe-picture .only-{scheme}")
        expect(pictures.first).to_be_visible()
        expect(page.locator(f".recipe-picture .only-{other}").first).to_be_hidden()
        assert pictures.evaluate_all("all => all.every((one) => one.naturalWidth > 0)")


@pytest.mark.parametrize("path", ["/recipes", "/?recipe=yeom2021-ranks"])
def test_the_pages_fit_a_phone(open_page: OpenPage, path: str):
    page = open_page(path, **actions.PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_recipe_whose_images_somebody_has_to_bring_says_so_where_one_looks(open_page: OpenPage):
    page = open_page("/recipes")
    page.get_by_test_id("recipe-mint2020-resnet50").get_by_role("button", name="Run").click()
    problem = page.get_by_test_id("problem")
    expect(problem).to_contain_text("prunelab data add FOLDER --name imagenet --side 224")
    expect(problem).to_be_in_viewport()
