"""The page of a comparison in a browser: what is drawn of several runs, and choosing them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from backend.api import frames
from frontend.app import add_pages
from frontend.sheets.base import ComparisonSource, Stage
from frontend.sheets.comparison import comparison_sheet
from frontend.sheets.staging import figures
from pruning.events import Result
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.browser.evaluator import Evaluator
from tests.frontend.fakes import FakeRuns, services
from tests.frontend.test_comparing import (
    THIRD,
    FakeList,
    result_of,
    selection_voice,
    sweep_voice,
    voice,
)
from tests.servers import free_port


class LightRuns(FakeRuns):
    """Runs whose frames have to be asked for."""

    def light_result(self, run_id: str) -> tuple[Result, str]:
        result, last_event_id = self.result(run_id)
        return result.model_copy(update={"frames": {}}), last_event_id


@pytest.fixture(scope="module")
def known() -> Any:
    voices = [
        voice("one", title="First"),
        voice("two", title="Second", reference_samples=5),
        voice("three", title="<b>Third</b>", dataset="moon"),
        sweep_voice("four", "unit", title="Sweep"),
        sweep_voice("five", "unit", "weight", title="Other"),
        selection_voice("six", title="Masks", epochs=3),
        selection_voice("seven", title="More masks", epochs=2, kinds=["static", "given"]),
    ]
    runs = [each.run for each in voices]
    results = {each.run.id: result_of(each) for each in voices}
    found = services(LightRuns(runs, results))
    found.run_list = FakeList(runs)
    return found


@pytest.fixture(scope="module")
def server(known: Any) -> Iterator[Any]:
    """The pages, and the frames of runs that are only remembered."""
    api, port = FastAPI(), free_port()
    api.state.services = known
    api.include_router(frames.router, prefix="/api")
    add_pages(api, known)
    server = uvicorn.Server(uvicorn.Config(api, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield SimpleNamespace(url=f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()


def stage_of(known: Any, *runs: str, by: Any = None) -> Stage:
    sheet = comparison_sheet(known, ComparisonSource(runs=list(runs), by=by), whole=True)
    return sheet.stages["comparison"]


def assert_drawn(page: Page, evaluator: Evaluator, stage: Stage, at: float, **choices: str) -> None:
    """Every figure of the page shows what exports draw."""
    for name, empty in figures(stage.view).items():
        actions.figure(page, name)
        there = page.evaluate(
            """name => {
              const plot = document.querySelector(`[data-figure="${name}"]`);
              const plain = (_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
              const bound = ({ x, y, z, text, visible }) => ({ x, y, z, text, visible });
              return JSON.parse(JSON.stringify(plot.data.map(bound), plain));
            }""",
            name,
        )
        chosen = {**stage.view.choices, **choices}
        here = evaluator.fill(empty, stage.result, at, chosen)["data"]
        for one, other in zip(there, here, strict=True):
            assert one.get("visible", True) == other.get("visible", True)
            for key in ("x", "y", "z", "text"):
                assert (one.get(key) or []) == (other.get(key) or []), (name, key)


def test_boundaries_of_two_runs_follow_one_slider_and_so_does_their_difference(
    open_page: OpenPage, known: Any, evaluator: Evaluator
):
    page, stage = open_page("/compare?runs=one,two"), stage_of(known, "one", "two")
    actions.wait_until_drawn(page)
    assert_drawn(page, evaluator, stage, THIRD)
    choices = {"left1": "a/boundary/lrp", "right1": "b/boundary/unpruned", "measure": "training"}
    for name, option in choices.items():
        page.locator(f"[data-chooser={name}]").select_option(option)
    track = page.locator("[data-track] input")
    track.focus()
    track.press("End")
    expect(page.locator("[data-live=place]")).to_have_text("95.0 % removed")
    actions.wait_until_drawn(page)
    assert_drawn(page, evaluator, stage, 0.95, **choices)
    heads = page.get_by_test_id("section-difference1").locator("figcaption")
    expect(heads).to_contain_text(
        [
            *("Layer-wise relevance · First", "Unpruned · Second"),
            re.compile(r"\d+\.\d % of the area differs"),
        ]
    )
    plots = page.get_by_test_id("section-difference1").locator(".plot")
    boxes = [plots.nth(place).bounding_box() for place in range(3)]
    for side in ("y", "width", "height"):
        sizes = [box[side] for box in boxes if box]
        assert max(sizes) - min(sizes) < 1, f"nobody sees a part of a pixel: {side}"


def test_masks_of_two_runs_and_their_difference_follow_one_slider(
    open_page: OpenPage, known: Any, evaluator: Evaluator
):
    page, stage = open_page("/compare?runs=six,seven"), stage_of(known, "six", "seven")
    actions.wait_until_drawn(page)
    assert_drawn(page, evaluator, stage, 3)
    choices = {"one_1_1": "a/mask/random", "other_1_1": "b/mask/given"}
    for name, option in choices.items():
        page.locator(f"[data-chooser={name}]").select_option(option)
    page.locator("[data-track] input").press("Home")
    expect(page.locator("[data-live=place]")).to_have_text("Epoch 1")
    actions.wait_until_drawn(page)
    assert_drawn(page, evaluator, stage, 1, **choices)
    keys = page.get_by_test_id("section-picture-difference1-1").locator(".keys li")
    expect(keys).to_have_text(
        [
            re.compile(r"more sent by Random mask · Masks \d+\.\d % of the picture"),
            re.compile(r"more sent by Given mask · More masks \d+\.\d % of the picture"),
        ]
    )
    plots = page.get_by_test_id("section-pictures1").locator(".plot")
    boxes = [plots.nth(place).bounding_box() for place in range(4)]
    widths = [box["width"] for box in boxes if box]
    assert max(widths) - min(widths) < 1, "all masks have the same scale"


def test_sweeps_are_drawn_over_each_other_in_axes_to_choose(
    open_page: OpenPage, known: Any, evaluator: Evaluator
):
    page = open_page("/compare?runs=four,five&by=run")
    actions.wait_until_drawn(page)
    stage = stage_of(known, "four", "five", by="run")
    for axis, measure in (("units", "accuracy"), ("compression", "loss")):
        page.locator("[data-chooser=axis]").select_option(axis)
        page.locator("[data-chooser=measure]").select_option(measure)
        actions.wait_until_drawn(page)
        assert_drawn(page, evaluator, stage, 0, axis=axis, measure=measure)
    page.get_by_test_id("section-curves").get_by_role("button", name="Sweep").click()
    actions.wait_until_drawn(page)
    shown = actions.figure(page, "curves-shared")["data"]
    assert {trace.get("visible", True) for trace in shown} == {True, False}


def test_runs_are_added_and_taken_out_and_colours_told_otherwise(open_page: OpenPage):
    page = open_page("/compare?runs=one")
    expect(page.get_by_test_id("compare-empty")).to_be_visible()
    chips = page.locator(".compare-chips li")
    for word, title in (("Second", "Second"), ("Third", "<b>Third</b>")):
        page.get_by_role("textbox", name="Add a run").fill(word)
        page.get_by_role("option", name=title).click()
        expect(chips.filter(has_text=title)).to_be_visible(timeout=actions.PATIENCE)
    # What people wrote stays text.
    assert page.locator("main b").count() == 0
    page.get_by_role("link", name="Dataset", exact=True).click()
    expect(page).to_have_url(
        re.compile(r"\?runs=one,two,three&by=dataset$"), timeout=actions.PATIENCE
    )
    toggles = page.get_by_test_id("section-curves").locator("[data-action=toggle]")
    expect(toggles).to_have_text(["Circles", "Moons"], timeout=actions.PATIENCE)
    page.get_by_role("link", name="Take Second out").click()
    expect(chips).to_have_count(2, timeout=actions.PATIENCE)
    actions.wait_until_drawn(page)
    page.get_by_role("link", name="First").first.click()
    expect(page).to_have_url(re.compile("/runs/one$"), timeout=actions.PATIENCE)


def test_a_comparison_fits_a_phone(open_page: OpenPage):
    page = open_page("/compare?runs=one,two,three", viewport={"width": 390, "height": 844})
    actions.wait_until_drawn(page)
    widths = "[...document.querySelectorAll('main *')].map(n => n.getBoundingClientRect().right)"
    cards = widths.replace("main *", "main .card, main .scrubber")
    assert page.evaluate(f"Math.max(...{cards})") <= 390
