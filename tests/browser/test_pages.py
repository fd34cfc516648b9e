"""The pages around a run: bad input, the list, missing pages, themes, phones, keyboards."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.conftest import Server


def test_fields_that_are_refused_are_marked_and_kept(page: Page):
    actions.fill(page, reference_samples=0, sparsities="0:x")
    page.get_by_test_id("run").click()
    samples, sparsities = (actions.field(page, n) for n in ("reference_samples", "sparsities"))
    expect(samples).to_have_attribute("aria-invalid", "true")
    expect(sparsities).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#form")).to_contain_text("has to be 1 or more")
    expect(page.locator("#form")).to_contain_text("'0:x' is not a number")
    expect(samples).to_have_value("0")
    expect(sparsities).to_have_value("0:x")
    assert "/runs/" not in page.url
    actions.fill(page, reference_samples=10)
    expect(samples).to_have_attribute("aria-invalid", "false")


def test_what_was_typed_is_not_made_into_something_else(page: Page):
    samples = actions.field(page, "reference_samples")
    expect(samples).to_have_attribute("inputmode", "numeric")
    for typed, says in (("1e-4", "needs a whole number"), ("1e9", "has to be 1000 or less")):
        samples.press("Control+a")
        # As fast as people type: each letter goes to Dash and comes back.
        samples.press_sequentially(typed, delay=100)
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        expect(page.locator("#form")).to_contain_text(says)
        expect(samples).to_have_attribute("aria-invalid", "true")
        expect(samples).to_have_value(typed)
    page.keyboard.press("ArrowDown")
    expect(samples).to_have_value("999999999")


def test_what_was_typed_is_there_again_after_back_and_after_a_reload(page: Page):
    actions.fill(page, reference_samples="1e1", sparsities="0, 0.5")
    actions.choose_criteria(page, "random")
    actions.run(page)
    page.go_back()
    expect(page.get_by_test_id("empty")).to_be_visible()
    page.reload()
    samples = actions.field(page, "reference_samples")
    expect(samples).to_have_value("1e1")
    expect(actions.field(page, "sparsities")).to_have_value("0, 0.5")
    expect(page.locator("[data-chip] input:checked")).to_have_count(1)
    page.go_forward()
    expect(page.get_by_test_id("run-header")).to_be_visible()
    expect(samples).to_have_value("10")
    # Each place has its own, however it was left.
    actions.fill(page, reference_samples="11")
    page.get_by_role("link", name="Recipes").click()
    expect(samples).to_have_count(0)
    page.go_back()
    expect(samples).to_have_value("11")
    page.get_by_role("link", name="Workbench").click()
    expect(page.get_by_test_id("empty")).to_be_visible()
    expect(samples).not_to_have_value("11")


def test_settings_that_were_not_run_are_in_the_address(page: Page, open_page: OpenPage):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    actions.fill(page, sparsities="0, 1/4:0.5:1/8", reference_seed="")
    actions.choose_criteria(page, "random", "weight")
    page.wait_for_function("() => location.search.includes('random')")
    address = page.url.partition("/?")[2]
    assert "criteria=weight,random" in address
    assert "reference_samples" not in address
    # Nobody rendered the page anew for it.
    callbacks = [each for each in asked if "_dash-update-component" in each]
    assert [each for each in callbacks if "estimate-asked" not in each] == []
    other = open_page(f"/?{address}")
    expect(actions.field(other, "sparsities")).to_have_value("0, 1/4:0.5:1/8")
    expect(actions.field(other, "reference_seed")).to_have_value("")
    expect(other.locator("[data-chip] input:checked")).to_have_count(2)
    actions.fill(other, sparsities="0, 0.5")
    other.wait_for_function("() => !location.search.includes('1/4')")
    assert "criteria=weight,random" in other.url
    # What is back at what the page showed at first is not said.
    actions.fill(page, sparsities="0:0.3:0.05, 1/3, 0.35:0.95:0.05", reference_seed="0")
    page.wait_for_function("() => !location.search.includes('sparsities')")


def test_settings_stand_on_top_of_a_recipe_or_a_run(page: Page, open_page: OpenPage):
    actions.choose_criteria(page, "random")
    actions.fill(page, reference_samples="7")
    actions.run(page)
    run = page.url.rpartition("/")[2]
    other = open_page(f"/?run={run}&reference_samples=3")
    expect(actions.field(other, "reference_samples")).to_have_value("3")
    expect(other.locator("[data-chip] input:checked")).to_have_count(1)


def test_a_choice_that_is_refused_is_marked(page: Page):
    actions.choose_criteria(page)
    page.get_by_test_id("run").click()
    expect(page.locator("#form [id*=mark][id*=criteria], #form")).to_contain_text(
        "needs at least one value"
    )


def test_a_folded_group_opens_for_the_field_that_is_wrong(page: Page):
    actions.unfold(page, "Drawing")
    actions.fill(page, grid=7)
    actions.unfold(page, "Drawing")
    expect(actions.field(page, "grid")).to_be_hidden()
    page.get_by_test_id("run").click()
    expect(actions.field(page, "grid")).to_be_visible()
    expect(actions.field(page, "grid")).to_be_focused()


def test_what_a_choice_means_is_said_without_asking_the_server(page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or request.url))
    actions.choose_dataset(page, "Moons")
    expect(page.locator("#form .meaning").first).to_contain_text("half moons")
    # How long it would take is asked for once the form has rested.
    assert [what for what in asked if "estimate-asked" not in what] == []


def test_the_list_shows_runs_and_leads_to_them(page: Page):
    actions.choose_criteria(page, "random")
    actions.run(page)
    actions.wait_for(page, "done")
    address = page.url
    page.get_by_role("link", name="Runs").click()
    first = page.locator(".ag-center-cols-container [row-index='0']")
    for said in ("circle", "random", "Done"):
        expect(first).to_contain_text(said)
    first.get_by_role("link").click()
    actions.wait_for(page, "done")
    assert page.url == address


def test_the_list_follows_a_run_that_is_going_on(page: Page):
    actions.use_an_untrained_network(page)
    actions.run(page)
    page.get_by_role("link", name="Runs").click()
    first = page.locator(".ag-center-cols-container [row-index='0'] [col-id=status]")
    expect(first.locator(".badge")).to_have_text("Done", timeout=actions.PATIENCE)


@pytest.mark.parametrize("path", ["/nowhere", "/runs/nonesuch"])
def test_what_does_not_exist_has_a_friendly_page(open_page: OpenPage, path: str):
    page = open_page(path)
    expect(page.get_by_test_id("missing")).to_contain_text("There is nothing here")
    page.get_by_role("link", name="Start a run").click()
    expect(page.get_by_test_id("empty")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_remembers_a_choice(open_page: OpenPage, scheme: str):
    page = open_page("/", color_scheme=scheme)
    root, other = page.locator("html"), "dark" if scheme == "light" else "light"
    expect(root).to_have_attribute("data-mantine-color-scheme", scheme)
    page.get_by_role("button", name="Switch to").click()
    expect(root).to_have_attribute("data-mantine-color-scheme", other)
    page.reload()
    page.wait_for_selector("#form")
    expect(root).to_have_attribute("data-mantine-color-scheme", other)


def test_plots_follow_the_theme_without_being_drawn_again(page: Page):
    actions.run(page)
    actions.wait_for(page, "done")
    actions.show(page, "chart-accuracy")
    colour = """() => getComputedStyle(document.querySelector('.chart .xtick text')).fill"""
    before = page.evaluate(colour)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("button", name="Switch to").click()
    page.wait_for_function(f"before => ({colour})() !== before", arg=before)
    assert requests == []


@pytest.mark.parametrize("path", ["/", "/runs", "/nowhere"])
def test_pages_fit_a_phone(open_page: OpenPage, path: str):
    assert_fits(open_page(path, **actions.PHONE))


def test_a_run_fits_a_phone(open_page: OpenPage):
    page = open_page("/", **actions.PHONE)
    actions.run(page)
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    assert_fits(page)
    expect(page.get_by_test_id("run-header")).to_be_in_viewport()


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_panels_keep_their_places_while_frames_arrive(page: Page):
    actions.use_an_untrained_network(page)
    actions.run(page)
    places = """() => [...document.querySelectorAll('.panel, .scrubber, .chart, .table')]
      .map(node => { const box = node.getBoundingClientRect(); return [box.y, box.height]; })"""
    before = page.evaluate(places)
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    assert page.evaluate(places) == before
    scroll = page.locator("#run .scroll")
    assert scroll.evaluate("node => getComputedStyle(node, '::after').content").endswith('more"')


def test_everything_can_be_reached_with_the_keyboard(page: Page):
    actions.run(page)
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    wanted = {
        "the workbench": "nav a[href='/']",
        "the runs": "nav a[href='/runs']",
        "the theme": ".theme-toggle",
        "the dataset": "#form input[id*=dataset]",
        "a criterion": "#form [data-chip] input",
        "a number": "#form input[id*=reference_samples]",
        "a folded group": "#form button[aria-expanded=false]",
        "Run": "#submit",
        "the link": "[data-action=copy]",
        "the download": "[data-testid=csv-accuracy]",
        "the slider": "#run [data-track] input",
        "playing": "#run .play",
        "a curve": ".toggle",
        "the table": "#run .scroll",
    }
    matching = """wanted => Object.entries(wanted)
      .filter(([, selector]) => document.activeElement.matches(selector)).map(([name]) => name)"""
    reached: set[str] = set()
    for _ in range(160):
        page.keyboard.press("Tab")
        reached.update(page.evaluate(matching, wanted))
    assert wanted.keys() - reached == set()


def test_the_link_of_a_run_is_copied(open_page: OpenPage):
    page = open_page("/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    actions.run(page)
    page.locator("[data-action=copy]").click()
    expect(page.locator("[data-action=copy]")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    # A page that is not secure has no clipboard.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator("[data-action=copy]").click()
    dialog = page.get_by_role("dialog", name="The link of this page")
    expect(dialog.get_by_role("textbox")).to_have_value(page.url)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda route: route.abort(), "The server does not answer"),
        (lambda route: route.fulfill(status=500, body=""), "its log says more"),
    ],
)
def test_a_request_that_fails_is_told(browser: Browser, server: Server, answer, says):
    """In a browser of its own: the console is full of it, too."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.url)
        page.wait_for_selector("#form")
        page.route("**/_dash-update-component*", answer)
        page.get_by_role("link", name="Recipes").click()
        expect(page.locator("#banner")).to_contain_text(says)
        page.unroute("**/_dash-update-component*")
        page.get_by_role("link", name="Dashboards").click()
        expect(page.locator("#banner")).to_be_hidden()


@pytest.mark.parametrize("code", [1001, 4401])
def test_a_page_whose_session_has_ended_leads_to_the_login(
    browser: Browser, server: Server, code: int
):
    """Refused, of which browsers tell no reason, or closed while it was open."""
    slow = {"experiment": "toy", "config": {"hidden": [2000, 2000, 2000]}}
    run = httpx2.post(f"{server.url}/api/runs", json=slow).json()["id"]
    with browser.new_context() as context:
        page = context.new_page()
        page.route_web_socket(re.compile("/stream"), lambda socket: socket.close(code=code))
        page.route(f"**/api/runs/{run}", lambda route: route.fulfill(status=401, body=""))
        # A server without passwords would lead from its login straight back.
        page.route("**/login?*", lambda route: route.fulfill(body="the login"))
        page.goto(f"{server.url}/runs/{run}")
        page.wait_for_url(f"{server.url}/login?next=%2Fruns%2F{run}")
        httpx2.post(f"{server.url}/api/runs/{run}/cancel")
