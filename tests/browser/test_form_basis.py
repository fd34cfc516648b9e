"""The form beside a run: how it differs, what it goes back to, and what was run already."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser import actions


def said(page: Page) -> Locator:
    return page.locator("[data-form-said]")


def back(page: Page, name: str) -> Locator:
    return page.locator("#form").get_by_role("button", name=name)


def test_a_form_says_how_it_differs_from_the_run_and_goes_back(page: Page):
    expect(back(page, "Reset to defaults")).to_be_hidden()
    actions.choose_criteria(page, "random")
    actions.fill(page, reference_samples=7)
    actions.run(page)
    expect(said(page)).to_be_hidden()
    first, samples = page.url, actions.field(page, "reference_samples")
    samples.fill("8")
    expect(said(page)).to_have_text("1 setting differs from the run shown.")
    actions.run(page)
    expect(said(page)).to_be_hidden()

    page.go_back()
    page.wait_for_url(first)
    expect(samples).to_have_value("7")
    samples.fill("-3")
    page.get_by_test_id("run").click()
    expect(samples).to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(samples).to_have_value("-3")
    expect(samples).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#form")).to_contain_text("has to be 1 or more")

    back(page, "Take its settings").click()
    expect(samples).to_have_value("7")
    expect(said(page)).to_be_hidden()
    back(page, "Reset to defaults").click()
    expect(samples).to_have_value("10")
    expect(page.locator("[data-chip] input:checked")).to_have_count(4)


def test_what_was_run_already_is_offered_before_it_is_run_again(page: Page):
    actions.choose_criteria(page, "random")
    actions.fill(page, reference_samples=9)
    actions.run(page)
    first = page.url
    for _ in range(3):
        page.get_by_test_id("run").click()
    note = page.get_by_test_id("run-already")
    expect(note).to_contain_text("The result would be the same")
    expect(note.get_by_role("link", name="Open it")).to_have_attribute(
        "href", first[first.index("/runs/") :]
    )
    actions.fill(page, reference_samples=10)
    expect(note).to_have_count(0)
    actions.fill(page, reference_samples=9)
    actions.run(page)
    assert page.url != first
