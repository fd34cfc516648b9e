"""The page of a sweep in a browser: what is drawn, what follows the slider, what can be saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Page, expect

from frontend.app import add_pages
from frontend.sheets.staging import figures
from frontend.views.base import view_of
from pruning.events import Result
from pruning.experiments.sweep.config import SweepConfig
from tests.browser import actions
from tests.browser.conftest import OpenPage
from tests.browser.evaluator import Evaluator
from tests.frontend.fakes import FakeRuns, a_run, services
from tests.frontend.sweep_events import LAYERS, sweep_result, without_quartiles
from tests.servers import free_port

CONFIG = SweepConfig(
    criteria=["weight", "taylor"],
    granularities=["unit", "weight"],
    sparsities=[0.5, 0.8, 0.95],
    seeds=[0, 1],
    epochs=3,
    finetune_epochs=2,
    layer_shuffled=True,
    sensitivity=True,
)
# The page hears an event of its run.
HEAR = """async (event) => {
  const { stages } = await import("#results/stages.js");
  const { repaint } = await import("#figures/draw.js");
  stages.get("run").fold.add(event);
  repaint();
}"""


@pytest.fixture(scope="module")
def result() -> Result:
    return sweep_result(CONFIG)


@pytest.fixture(scope="module")
def server(result: Result) -> Iterator[Any]:
    """The pages alone, with runs that are only remembered: one of them of an earlier version."""
    config = CONFIG.model_dump(mode="json")
    known = [
        a_run("done", experiment="sweep", config=config),
        a_run("old", experiment="sweep", config=config),
        a_run("bare", experiment="sweep", config=config),
        a_run("early", experiment="sweep", config=config, status="cancelled"),
    ]
    results = {"done": result, "old": without_quartiles(result)}
    api, port = FastAPI(), free_port()
    add_pages(api, services(FakeRuns(known, results)))
    uvicorn_server = uvicorn.Server(uvicorn.Config(api, port=port, log_level="warning"))
    thread = threading.Thread(target=uvicorn_server.run)
    thread.start()
    while not uvicorn_server.started:
        time.sleep(0.02)
    yield SimpleNamespace(url=f"http://127.0.0.1:{port}")
    uvicorn_server.should_exit = True
    thread.join()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    page = open_page("/runs/done")
    actions.wait_until_drawn(page)
    return page


def drawn(page: Page, name: str) -> dict[str, Any]:
    """A figure's traces and layout as Plotly has them, typed arrays as lists."""
    actions.figure(page, name)
    return page.evaluate(
        """name => {
          const plot = document.querySelector(`[data-figure="${name}"]`);
          const plain = (_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
          const names = ["meta", "x", "y", "z", "text", "hovertext", "customdata", "source"];
          const bound = (trace) => Object.fromEntries(
            [...names, "visible", "error_x"].map((name) => [name, trace[name]]));
          const { xaxis, yaxis } = plot.layout;
          return JSON.parse(JSON.stringify({ data: plot.data.map(bound), xaxis, yaxis }, plain));
        }""",
        name,
    )


def test_a_page_that_gets_another_width_keeps_what_its_axes_span(page: Page):
    """As where a phone is turned: some of the layout is another then, and no range is."""
    span = "document.querySelector('[data-figure=curves-test]')._fullLayout.xaxis.range.join()"
    actions.figure(page, "curves-test")
    before = page.evaluate(span)
    ticks = "document.querySelector('[data-figure=curves-test]')._fullLayout.width"
    for width in (390, 844, 390):
        was = page.evaluate(ticks)
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(f"was => {ticks} !== was", arg=was)
        actions.wait_until_drawn(page)
        assert page.evaluate(span) == before


def put(page: Page, at: float) -> None:
    """Move the slider to a place."""
    place = CONFIG.sparsities.index(at)
    slider = page.locator("[data-track] input")
    slider.press("Home")
    for _ in range(place):
        slider.press("ArrowRight")
    label = view_of("sweep", CONFIG).scrubber.labels[place]
    expect(page.locator("[data-live=place]")).to_have_text(label)
    actions.wait_until_drawn(page)


def choose(page: Page, **choices: str) -> None:
    for name, value in choices.items():
        page.locator(f"[data-chooser={name}]").select_option(value)
    actions.wait_until_drawn(page)


@pytest.mark.parametrize(
    ("at", "chosen"),
    [
        (0.8, {}),
        (0.0, {"arm": "taylor/unit", "axis": "compression", "layer": "output"}),
        (0.95, {"arm": "weight/weight", "axis": "speedup_measured", "measure": "loss"}),
    ],
)
def test_the_page_draws_what_exports_draw(
    page: Page, evaluator: Evaluator, result: Result, at: float, chosen: dict[str, str]
):
    view = view_of("sweep", CONFIG)
    # Some figures exist before the change, others are made after it: both have to be right.
    drawn(page, "curves-test")
    drawn(page, "histogram-weights")
    choose(page, **chosen)
    put(page, at)
    choices = {**view.choices, "layer": "hidden_1", **chosen}
    for name, figure in figures(view).items():
        if name.startswith("flips") and at == 0:
            continue
        there, here = drawn(page, name), evaluator.fill(figure, result, at, choices)
        for one, other in zip(there["data"], here["data"], strict=True):
            for target in ("x", "y", "z", "text", "hovertext", "customdata", "source"):
                if target in other:
                    assert (one.get(target) or []) == other[target], (name, target, other["name"])
            for side in ("array", "arrayminus"):
                assert one.get("error_x", {}).get(side) == other.get("error_x", {}).get(side)
            assert one.get("visible", True) == other.get("visible", True)
        for axis in ("xaxis", "yaxis"):
            asked = here["layout"][axis]
            if "range" in asked:
                assert np.allclose(there[axis]["range"], asked["range"]), (name, axis)
            assert there[axis].get("type") == asked.get("type") or "type" not in asked
            assert there[axis]["title"]["text"] == asked["title"]["text"] if "title" in asked else 1


def test_a_speed_up_that_cannot_be_told_from_1_is_shown_so(page: Page):
    choose(page, axis="speedup_measured")
    plot = page.locator("[data-figure=curves-test]")
    rings = [t for t in drawn(page, "curves-test")["data"] if t["meta"].get("untold")]
    assert [t["meta"]["series"] for t in rings if t["x"]] == ["{measure}/weight/weight/{axis}"]
    # Three whiskers of each curve that is no control, none of the dense network.
    expect(plot.locator(".errorbar .xerror")).to_have_count(9)
    for name in ("summary", "accuracy"):
        body = page.get_by_test_id(f"table-{name}").locator("tbody")
        told = [row.split("\t") for row in body.inner_text().split("\n")]
        of_weights = [row for row in told if row[1] == "Weights" and "1.10×" in row]
        assert of_weights
        assert all("1.00× ≈ 1" in row for row in of_weights)
        assert not any("≈" in cell for row in told if row not in of_weights for cell in row)


def test_results_from_before_there_were_quartiles_are_shown_without(open_page: OpenPage):
    page = open_page("/runs/old")
    actions.wait_until_drawn(page)
    choose(page, axis="speedup_measured")
    drawn(page, "curves-test")
    expect(page.locator("[data-figure=curves-test] .xerror")).to_have_count(0)
    table = page.get_by_test_id("table-summary")
    row = table.locator("tbody tr").nth(1).locator("td").all_inner_texts()
    heads = table.locator("th").all_inner_texts()
    cells = dict(zip(heads, row, strict=True))
    assert cells["measured"] == "1.32×"
    assert cells["1st quartile"] == cells["3rd quartile"] == "–"


def test_layers_can_be_chosen_once_the_run_has_told_them(page: Page):
    chooser = page.locator("[data-chooser=layer]")
    assert chooser.locator("option").all_inner_texts() == list(LAYERS)
    before = drawn(page, "histogram-units")["data"][1]["y"]
    choose(page, layer="hidden <b>2</b>")
    assert drawn(page, "histogram-units")["data"][1]["y"] != before
    page.wait_for_function("() => location.hash")
    page.reload()
    expect(chooser).to_have_value("hidden <b>2</b>", timeout=actions.PATIENCE)
    assert drawn(page, "histogram-units")["data"][1]["y"] != before


def test_what_a_layer_is_called_is_read_as_it_is_written(page: Page):
    drawn(page, "layers-removed")
    ticks = page.locator("[data-figure=layers-removed] .xtick text")
    assert ticks.all_text_contents() == list(LAYERS)


def test_one_choice_steers_everything_below_the_slider(page: Page):
    names = ["layers-removed", "histogram-weights", "confusion-after", "sensitivity-alone"]
    before = [drawn(page, name)["data"][-1] for name in names]
    choose(page, arm="taylor/unit")
    after = [drawn(page, name)["data"][-1] for name in names]
    assert all(one["meta"] == other["meta"] for one, other in zip(before, after, strict=True))
    assert before[2]["z"] != after[2]["z"]


def test_a_granularity_can_be_taken_away(page: Page):
    page.get_by_test_id("section-curves").get_by_role("button", name="Weights").press("Enter")
    shown = {
        trace["meta"]["series"]
        for trace in drawn(page, "curves-test")["data"]
        if trace.get("visible", True)
    }
    assert "{measure}/weight/unit/{axis}" in shown
    assert "{measure}/weight/weight/{axis}" not in shown


@pytest.mark.parametrize(
    ("section", "panels"), [("histogram", 2), ("filters", 2), ("confusion", 2), ("layers", 1)]
)
def test_an_animation_has_a_picture_for_every_place(page: Page, section: str, panels: int):
    button = page.get_by_test_id(f"section-{section}").locator("[data-action=animate]")
    said = button.locator("[data-says]")
    said.evaluate(
        """node => {
          window.told = [];
          const tell = () => window.told.push(node.textContent);
          new MutationObserver(tell).observe(node, { subtree: true, childList: true });
        }"""
    )
    with page.expect_download() as download:
        button.click()
    expect(said).to_have_text("GIF")
    places = len(CONFIG.sparsities)
    assert page.evaluate("told") == [*(f"{i + 1} of {places}" for i in range(places)), "GIF"]
    assert download.value.suggested_filename.endswith(
        "weight-magnitude-units-hidden-1.gif"
        if section == "histogram"
        else "weight-magnitude-units.gif"
    )
    with Image.open(download.value.path()) as gif:
        assert gif.format == "GIF"
        assert gif.n_frames == len(CONFIG.sparsities)
        # Panels of equal width, side by side.
        width, rest = divmod(gif.width - 24, panels)
        assert (width > 400, rest) == (True, 0)
        frames = []
        for place in range(gif.n_frames):
            gif.seek(place)
            frames.append(np.asarray(gif.convert("L"), dtype=int))
            assert gif.info["duration"] >= 500
    # Something moves, and it is more than the words above it.
    assert np.abs(frames[0] - frames[-1])[64:].max() > 50


def test_saving_an_animation_leaves_the_page_where_it_is(page: Page):
    before = drawn(page, "layers-removed")
    with page.expect_download():
        page.get_by_test_id("section-layers").get_by_role("button", name="GIF").click()
    expect(page.locator("[data-live=place]")).to_have_text("80 % removed")
    assert drawn(page, "layers-removed") == before


def test_files_are_listed_with_their_kinds_and_sizes(page: Page):
    card = page.get_by_test_id("downloads")
    assert card.locator("li").count() == 5
    name = "ONNX of Weight, units, 80 % removed, 10.2 KB"
    link = card.get_by_role("link", name=name, exact=True)
    expect(link).to_have_attribute("href", "/api/runs/done/artifacts/weight-unit/80.onnx")
    expect(card.locator(".no-files")).to_be_hidden()


def test_without_results_there_are_words_in_place_of_empty_axes(open_page: OpenPage):
    page = open_page("/runs/bare")
    actions.wait_until_drawn(page)
    plots = page.locator("[data-figure]")
    assert plots.count() > 10
    for plot in plots.all():
        plot.scroll_into_view_if_needed()
    actions.wait_until_drawn(page)
    assert page.locator("[data-figure].js-plotly-plot").count() == 0
    said = page.evaluate(
        """() => getComputedStyle(document.querySelector("[data-figure]"), "::before").content"""
    )
    assert "nothing to show" in said
    none = page.get_by_test_id("downloads").locator(".no-files")
    expect(none).to_be_visible()
    expect(page.locator("[data-chooser=layer]")).to_be_disabled()


def test_a_run_cancelled_before_it_had_anything_says_so_without_empty_cards(open_page: OpenPage):
    page = open_page("/runs/early")
    expect(page.locator("[data-left]").first).to_have_text("Nothing had been computed until then.")
    expect(page.locator("#drawn > .card:visible")).to_have_count(0)


def test_events_fill_the_page_in_where_it_stands(open_page: OpenPage):
    """Nothing moves while figures come: each has its room from the beginning."""
    page = open_page("/runs/bare")
    actions.wait_until_drawn(page)
    tops = """() => [...document.querySelectorAll("#run .card")].map((card) =>
      [card.dataset.testid, card.offsetTop])"""
    before = page.evaluate(tops)
    point = {"kind": "point", "series": "training/loss", "x": 1, "y": 2}
    for seed in (0, 1):
        labels = {"seed": seed, "set": "train"}
        page.evaluate(HEAR, {**point, "labels": labels})
    rows = [["weight", "unit", 0, "fc", 10, 10, 0], ["weight", "unit", 0.8, "fc", 2, 10, 0.8]]
    columns = ["criterion", "granularity", "sparsity", "layer", "kept", "total", "removed"]
    table = {"kind": "table", "name": "layers", "columns": columns, "key": columns[:4]}
    page.evaluate(HEAR, {**table, "rows": rows})
    actions.wait_until_drawn(page)
    assert drawn(page, "training-loss")["data"][-2]["y"] == [2]
    assert drawn(page, "layers-removed")["data"][0]["y"] == [0.8]
    assert page.locator("[data-chooser=layer]").input_value() == "fc"
    assert page.evaluate(tops) == before


def test_a_sweep_fits_a_phone(open_page: OpenPage):
    page = open_page("/runs/done", **actions.PHONE)
    for plot in page.locator("[data-figure]").all():
        plot.scroll_into_view_if_needed()
    actions.wait_until_drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    widths = page.evaluate(
        """() => [...document.querySelectorAll("[data-figure].js-plotly-plot")]
          .map((plot) => plot.clientWidth - plot.querySelector(".main-svg").clientWidth)"""
    )
    assert set(widths) == {0}
