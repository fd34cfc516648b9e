"""From the click to a live boundary: the workbench with a real server, worker and browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from frontend.views.base import view_of
from frontend.views.toy.view import MOST_POINTS
from pruning.data.base import datasets
from pruning.experiments.toy.config import ToyConfig
from pruning.toy.networks import ToyNetworkSpec
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.browser.evaluator import Evaluator
from tests.conftest import Server

CONFIG = ToyConfig(dataset="circle", criteria=["weight", "lrp"])


def run_circle(page: Page) -> None:
    actions.choose_dataset(page, "Circles")
    actions.choose_criteria(page, "lrp", "weight")
    actions.run(page)


@pytest.fixture
def finished(server: Server, open_page: OpenPage) -> Page:
    """The page of a run of circle under lrp and weight that is done: the same for all tests."""
    config = {"dataset": "circle", "criteria": ["weight", "lrp"]}
    asked = {"experiment": "toy", "config": config, "again": False}
    page = open_page(f"/runs/{actions.asked(server, 'POST', '/runs', asked)['id']}")
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    return page


def test_boundaries_arrive_while_the_run_is_going_on(page: Page):
    actions.use_an_untrained_network(page)
    run_circle(page)
    early = page.wait_for_function(
        """() => {
          const seen = document.documentElement.dataset;
          return seen.runStatus === 'running' && seen.painted > 4 && seen.frames > 4 && seen.frames;
        }"""
    ).json_value()
    actions.wait_for(page, "done")
    # Two criteria at 21 sparsities, the points, the grid and the boundary while it forms.
    assert actions.counted(page, "frames") > max(42, int(early))


def test_the_slider_changes_the_panels_without_asking_the_server(finished: Page):
    page = finished
    before, picture = actions.drawn(page, "lrp"), page.get_by_test_id("panel-lrp").screenshot()
    expect(page.locator("[data-live=place]")).to_contain_text("33.3 % removed · 100 of 300")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    actions.slider(page).focus()
    for _ in range(8):
        page.keyboard.press("PageUp")
    expect(page.locator("[data-live=place]")).to_contain_text("73.3 % removed · 220 of 300")
    actions.wait_until_drawn(page)
    assert actions.drawn(page, "lrp")["z"] != before["z"]
    assert page.get_by_test_id("panel-lrp").screenshot() != picture
    for _ in range(8):
        page.keyboard.press("PageDown")
    # The keys reach the page's scripts by way of the slider, a moment later.
    expect(page.locator("[data-live=place]")).to_contain_text("33.3 % removed · 100 of 300")
    actions.wait_until_drawn(page)
    assert actions.drawn(page, "lrp") == before
    assert requests == []


def test_a_reload_and_another_browser_show_the_same_numbers(finished: Page, open_page: OpenPage):
    def seen(page: Page) -> tuple[object, ...]:
        panels = [actions.drawn(page, name) for name in ("unpruned", "weight", "lrp")]
        return panels, actions.readings(page), actions.table(page)

    page = finished
    actions.slider(page).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.hash === '#at=0.336667'")
    actions.wait_until_drawn(page)
    first = seen(page)
    # The panels' accuracies; nothing was trained again.
    assert "–" not in first[1][:8]
    assert len(first[2]) == 42
    page.reload()
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    assert seen(page) == first
    other = open_page("/runs/" + page.url.rpartition("/")[2])
    actions.wait_for(other, "done")
    actions.wait_until_drawn(other)
    assert seen(other) == first
    expect(actions.field(other, "dataset")).to_have_value("Circles")


_PANELS = """() => [...document.querySelectorAll('[data-figure^=panel-]')]
  .filter(plot => plot.dataset.figure !== 'panel-hand')"""


def mark_panels(page: Page) -> None:
    page.wait_for_selector("html[data-live=yes]")
    page.evaluate(f"() => ({_PANELS})().forEach(plot => plot.isKept = true)")


def are_kept(page: Page) -> list[bool]:
    expect(page.locator(".stale")).to_have_count(0)
    return page.evaluate(f"() => ({_PANELS})().map(plot => plot.isKept === true)")


def test_the_next_run_goes_on_with_panels_over_the_same_points(finished: Page):
    page = finished
    mark_panels(page)
    before = actions.drawn(page, "lrp")
    actions.unfold(page, "Network")
    actions.fill(page, hidden="40, 40, 40")
    actions.run(page)
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    assert are_kept(page) == [True] * 3
    # What they show is nothing of the run before.
    now, result = actions.drawn(page, "lrp"), actions.result_of(page)
    place = page.evaluate(
        "() => import('#results/stages.js').then(({ stages }) => stages.get('run').at)"
    )
    (frame,) = (frame for frame in result.frames["boundary/lrp"] if frame.at == place)
    assert now["class"] == frame.arrays["class"].numpy().tolist()
    assert now["z"] != before["z"]


def test_other_points_have_panels_of_their_own(finished: Page):
    page = finished
    mark_panels(page)
    before = actions.drawn(page, "lrp")
    actions.choose_dataset(page, "Moons")
    actions.run(page)
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    expect(page.locator(".stale")).to_have_count(0)
    assert actions.drawn(page, "lrp")["x"] != before["x"]


def test_a_run_that_shows_nothing_keeps_no_picture_of_the_one_before(finished: Page):
    """The stream of the next run says nothing but that it is over."""
    page = finished
    page.wait_for_selector("html[data-live=yes]")

    def end(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def tell(message: str | bytes) -> None:
            if '"kind":"events"' not in str(message):
                route.send(message)

        server.on_message(tell)

    page.route_web_socket("**/stream?*", end)
    actions.run(page)
    actions.wait_for(page, "done")
    expect(page.locator("[data-figure=panel-lrp]")).to_have_count(1)
    expect(page.locator(".stale, [data-figure=panel-lrp] canvas")).to_have_count(0)


@pytest.mark.parametrize("moves", [0, 7])
def test_the_page_draws_what_exports_draw(finished: Page, evaluator: Evaluator, moves: int):
    bind, read = evaluator.fill, evaluator.read
    page, view, result = finished, view_of("toy", CONFIG), actions.result_of(finished)
    sections = {section.name: section for section in view.sections}
    panels = [panel for panel in sections["panel"].panels if not panel.made_here]
    [accuracy] = sections["chart"].panels
    place = CONFIG.shares.index(view.scrubber.start) + moves
    at = CONFIG.shares[place]
    units = round((at - view.scrubber.start) * CONFIG.units)
    actions.slider(page).focus()
    for _ in range(abs(units)):
        page.keyboard.press("ArrowRight" if units > 0 else "ArrowLeft")
    expect(page.locator("[data-live=place]")).to_have_text(view.scrubber.labels[place])
    actions.wait_until_drawn(page)
    for panel in panels:
        figure, drawn = bind(panel.figure, result, at), actions.drawn(page, panel.name)
        region, points = figure["data"]
        assert drawn["z"] == region["z"]
        assert drawn["class"] == region["customdata"]
        assert drawn["confidence"] == region["text"]
        assert drawn["x"] == points["x"]
        assert drawn["colour"] == points["marker"]["color"]
        assert drawn["points"] == points["customdata"]
        assert drawn["range"] == figure["layout"]["xaxis"]["range"]
    expected = [read(reading, result, at) for panel in panels for reading in panel.readings]
    assert actions.readings(page)[: len(expected)] == expected
    chart = bind(accuracy.figure, result, at)
    actions.show(page, "chart-accuracy")
    lines = page.evaluate(
        "() => document.querySelector('[data-figure=chart-accuracy]').data.map(t => [t.x, t.y])"
    )
    # What is removed by hand has a curve of its own, of which there is nothing yet.
    own = [trace for trace in chart["data"] if trace["legendgroup"] != "hand"]
    assert lines[: len(own)] == [[trace["x"], trace["y"]] for trace in own]
    assert not any(x for x, _ in lines[len(own) :])


def test_an_address_can_leave_the_form_out(finished: Page, open_page: OpenPage):
    path = "/runs/" + finished.url.rpartition("/")[2]
    other = open_page(f"{path}?hide=form&theme=dark")
    actions.wait_for(other, "done")
    expect(other.locator("#form")).to_be_hidden()
    expect(other.get_by_test_id("panel-lrp")).to_be_visible()
    assert other.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    other.get_by_role("link", name="Workbench").click()
    expect(other.locator("#form")).to_be_visible()


def test_playing_goes_through_the_places_to_the_last(finished: Page):
    page = finished
    actions.slider(page).focus()
    page.keyboard.press("End")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.locator("[data-action=play]").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("[data-live=place]")).to_contain_text("95.0 %")
    expect(page.get_by_role("button", name="Play through")).to_be_visible()


def test_the_form_stays_as_it_is_when_a_run_starts(page: Page):
    actions.fill(page, reference_samples=7)
    page.evaluate("() => { document.querySelector('#form').mine = true; scrollTo(0, 40); }")
    at = page.evaluate("scrollY")
    run_circle(page)
    assert page.evaluate("document.querySelector('#form').mine")
    assert page.evaluate("scrollY") == at
    expect(actions.field(page, "reference_samples")).to_have_value("7")


def test_back_and_forward_go_between_the_workbench_and_the_run(page: Page):
    run_circle(page)
    actions.wait_for(page, "done")
    actions.wait_until_drawn(page)
    actions.slider(page).focus()
    page.keyboard.press("End")
    page.wait_for_function("() => location.hash === '#at=0.95'")
    address = page.url
    page.go_back()
    expect(page.get_by_test_id("empty")).to_be_visible()
    page.go_forward()
    actions.wait_for(page, "done")
    assert page.url == address
    actions.wait_until_drawn(page)
    assert len(actions.table(page)) == 42
    expect(page.locator("[data-live=place]")).to_contain_text("95.0 %")
    # The next run begins where runs begin.
    actions.run(page)
    expect(page.locator("[data-live=place]")).to_contain_text("33.3 %")
    assert page.evaluate("location.hash") == ""


def test_curves_can_be_hidden_and_shown(finished: Page):
    page, seen = finished, "() => document.querySelectorAll('.chart .js-line').length"
    toggle = page.get_by_role("button", name="Weight magnitude", exact=True)
    actions.show(page, "chart-accuracy")
    before = page.evaluate(seen)
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    page.wait_for_function(f"before => ({seen})() === before - 2", arg=before)
    toggle.press("Enter")
    page.wait_for_function(f"before => ({seen})() === before", arg=before)


def test_a_table_is_downloaded_as_it_is_shown(finished: Page):
    page = finished
    with page.expect_download() as download:
        page.get_by_test_id("csv-accuracy").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "criterion,sparsity,units_removed,train_accuracy,test_accuracy"
    assert len(lines) == 1 + len(actions.table(page))


def test_a_cancelled_run_says_so_once_its_work_has_stopped(page: Page):
    actions.use_an_untrained_network(page)
    actions.fill(page, hidden="1000, 1000, 1000")
    run_circle(page)
    page.wait_for_function("() => document.documentElement.dataset.frames > 3", timeout=30_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#run[data-cancelling=true]")).to_be_attached()
    actions.wait_for(page, "cancelled")
    expect(page.locator("#cancel")).to_be_hidden()
    page.get_by_role("link", name="Runs").click()
    first = page.locator(".ag-center-cols-container [row-index='0']")
    expect(first).to_contain_text("Cancelled")


def test_a_lost_connection_is_told_and_mended(page: Page):
    connections = 0

    def break_some(socket: WebSocketRoute) -> None:
        nonlocal connections
        connections += 1
        server = socket.connect_to_server()
        if connections <= 3:
            server.on_message(lambda _: socket.close(code=1011, reason="gone"))

    page.route_web_socket("**/stream*", break_some)
    run_circle(page)
    expect(page.locator("#banner")).to_contain_text("connection")
    actions.wait_for(page, "done")
    expect(page.locator("#banner")).to_be_hidden()
    actions.wait_until_drawn(page)
    assert len(actions.table(page)) == 42
    assert connections > 3


def test_a_worker_that_is_gone_is_told(page: Page):
    def complain(socket: WebSocketRoute) -> None:
        socket.send('{"kind": "health", "ok": false, "message": "No worker takes runs"}')

    page.route_web_socket("**/stream*", complain)
    run_circle(page)
    expect(page.locator("#banner")).to_have_text("No worker takes runs")
    page.get_by_role("link", name="Runs").click()
    expect(page.locator("#banner")).to_be_hidden()


def test_a_failed_run_says_why_and_keeps_what_it_had(page: Page, server: Server):
    seed = 987_654
    network = ToyNetworkSpec("circle", datasets["circle"].noise, (100, 100, 100), seed)
    # A folder where the trained network should be: the worker cannot read it.
    network.path(server.home / "data").mkdir(parents=True)
    actions.unfold(page, "Network")
    actions.fill(page, train_seed=seed)
    run_circle(page)
    for _ in range(2):
        actions.wait_for(page, "failed")
        expect(page.get_by_role("alert")).to_contain_text("Error")
        expect(page.locator("[data-live=status]")).to_have_text("Failed")
        actions.wait_until_drawn(page)
        told = {"points/train", "points/reference", "points/test", "grid"}
        assert actions.result_of(page).frames.keys() == told
        drawn = "document.querySelector('[data-figure=panel-unpruned]').data?.[1]?.x?.length"
        page.wait_for_function(f"most => {drawn} === most", arg=MOST_POINTS)
        page.reload()
