"""The page on which exports are drawn: what it is asked, and that it shows what pages show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from frontend.documents.document import document
from frontend.documents.snapshots import snapshot_of
from frontend.exports import animation, grids, pictures
from frontend.exports.browser import Shot, page_of
from frontend.exports.figures import figures_of
from frontend.exports.pictures import Look
from frontend.sheets.base import Sheet, run_sheet
from pruning.data.base import datasets
from pruning.experiments.base import ExperimentConfig
from tests.browser import actions
from tests.frontend.fakes import a_run, toy_result
from tests.frontend.sweep_events import sweep_result
from tests.frontend.test_sweep_view import CONFIG as SWEEP
from tests.frontend.test_toy_study import CONFIG as STUDY
from tests.frontend.test_toy_study import said
from tests.frontend.test_views import CONFIG as TOY

__all__ = ["said"]
# Every figure that Plotly is asked to draw, and how large.
CALL = '([name, wish]) => import("#pages/export.js").then((page) => page[name](wish))'
WATCH = """() => {
  const { toImage } = window.Plotly;
  const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  window.asked = [];
  window.Plotly.toImage = (figure, size) => {
    window.asked.push(JSON.stringify({ ...figure, size }, plain));
    return toImage(figure, { ...size, width: 40, height: 30, scale: 1 });
  };
}"""
DRAWN = """name => {
  const { data, layout } = document.querySelector(`[data-figure="${name}"]`);
  const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  return JSON.stringify({ data, layout }, plain);
}"""
SUBJECT = datasets[TOY.dataset].title
BOUND = ("x", "y", "z", "text", "hovertext", "customdata", "source")


@pytest.fixture
def opened(browser: Browser, tmp_path) -> Iterator[Callable[[str], Page]]:
    """Open pages from the disk, with the network off; errors on them fail the test."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    wrong: list[str] = []

    def opened(html: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
        file = tmp_path / f"{len(context.pages)}.html"
        file.write_text(html)
        page.goto(file.as_uri())
        return page

    yield opened
    context.close()
    assert not wrong


@pytest.fixture
def drawn(opened: Callable[[str], Page], monkeypatch: pytest.MonkeyPatch):
    """What Plotly is asked to draw of exports that are made meanwhile."""
    asked: list[dict[str, Any]] = []

    def draw(shots: list[Shot]) -> list[bytes]:
        page = opened(page_of(shots))
        page.evaluate(WATCH)
        for shot in shots:
            wish = {"stage": shot.stage.name, **shot.wish}
            address = page.evaluate(CALL, [shot.function, wish])
            assert address.startswith("data:image/")
        asked.extend(map(json.loads, page.evaluate("() => window.asked")))
        return [b""] * len(shots)

    for module in (pictures, grids, animation):
        monkeypatch.setattr(module, "draw", draw)
    return asked


def sheet(name: str, config: ExperimentConfig, result: Any) -> Sheet:
    run = a_run(experiment=name, config=config.model_dump(mode="json"))
    return run_sheet(run, result, "7-0")


@pytest.fixture
def toy() -> Sheet:
    return sheet("toy", TOY, toy_result())


@pytest.mark.parametrize("experiment", ["toy", "toy_study", "sweep"])
def test_an_export_shows_what_the_page_shows(experiment, drawn, opened, toy, request):
    made = {
        "toy": lambda: toy,
        "toy_study": lambda: sheet("toy_study", STUDY, request.getfixturevalue("said")),
        "sweep": lambda: sheet("sweep", SWEEP, sweep_result(SWEEP)),
    }[experiment]()
    figures = figures_of(made)
    pictures.pictures(figures, Look("svg"))
    page = opened(document(snapshot_of(made)))
    for figure, here in zip(figures, drawn, strict=True):
        name = figure.section.figure_name(figure.panel)
        actions.figure(page, name)
        there = json.loads(page.evaluate(DRAWN, name))
        for one, other in zip(there["data"], here["data"], strict=True):
            for target in BOUND:
                assert one.get(target) == other.get(target), (name, target)
            assert one.get("marker", {}).get("color") == other.get("marker", {}).get("color")
            assert one.get("visible", True) == other.get("visible", True)
        for axis in ("xaxis", "yaxis"):
            if "range" in here["layout"][axis]:
                assert there["layout"][axis]["range"] == here["layout"][axis]["range"], name


def test_figures_are_named_and_wear_their_own_colours(drawn, toy):
    chart = replace(figures_of(toy)[-1], title='"A" & <b> ' + "long " * 40)
    chart.panel.figure["data"][0]["name"] = "<b>x</b>"
    for dark in (False, True):
        pictures.pictures([chart], Look("png", 0.95, dark=dark))
    light, dark = drawn
    assert light["size"] == {"format": "png", "width": 960, "height": 480, "scale": 2}
    assert "&lt;b&gt;x&lt;/b&gt;" in {trace["name"] for trace in light["data"]}
    title, *more = light["layout"]["title"]["text"].split("<br>")
    assert title.startswith(f'{SUBJECT} · "A" &amp; &lt;b&gt; long')
    assert len(more) == 2
    assert (light["layout"]["paper_bgcolor"], dark["layout"]["paper_bgcolor"]) == (
        *("#FFFFFF", "#171B23"),
    )
    assert light["layout"]["showlegend"]
    told = [trace["name"] for trace in light["data"] if trace["showlegend"]]
    assert len(told) == len(set(told)) > 1
    [place] = [shape for shape in light["layout"]["shapes"] if shape["name"] == "place"]
    assert place["x0"] == 0.95


def test_a_picture_says_what_its_head_says_on_the_page(drawn, toy, opened):
    figures = [f for f in figures_of(toy) if f.panel.readings]
    pictures.pictures(figures[:1], Look("png"))
    head = opened(document(snapshot_of(toy))).locator("figcaption").first
    train, test = head.locator("[data-reading]").all_text_contents()
    [picture] = drawn
    said = picture["layout"]["title"]["text"].replace("<br>", " ")
    assert said.endswith(f" · train accuracy {train} · test accuracy {test}")


def test_words_on_pictures_are_ringed(drawn):
    figures = figures_of(sheet("sweep", SWEEP, sweep_result(SWEEP)))
    pictures.pictures([f for f in figures if f.name == "flips-images"], Look("png"))
    [(image, words)] = [figure["data"] for figure in drawn]
    assert image["type"] == "image"
    assert "#000" in words["textfont"]["shadow"]


def test_an_animation_has_its_panels_beside_each_other_at_each_place(drawn, toy):
    assert animation.animation(toy, dark=True)[0] == "panel"
    assert len(drawn) == 3
    for figure, label in zip(drawn, toy.stages["run"].view.scrubber.labels, strict=True):
        layout = figure["layout"]
        assert layout["title"]["text"] == f"Toy decision boundaries: {SUBJECT} · {label}"
        assert layout["paper_bgcolor"] == "#171B23"
        names = [note["text"] for note in layout["annotations"]]
        assert [name.split("<br>")[0] for name in names] == [
            *("<b>Unpruned</b>", "<b>Weight magnitude</b>", "<b>Layer-wise relevance</b>"),
        ]
        assert re.fullmatch(r"<b>Weight magnitude</b><br>train .* % · test .* %", names[1])
        domains = [layout[f"xaxis{i}"]["domain"] for i in (1, 2, 3)]
        assert all(a[1] < b[0] for a, b in pairwise(domains))
        assert {trace["xaxis"] for trace in figure["data"]} == {"x1", "x2", "x3"}
    assert drawn[0]["data"][2]["z"] != drawn[2]["data"][2]["z"]


def test_all_panels_in_one_picture_have_their_names_and_one_legend(drawn, toy):
    grids.grid(toy, "panels", Look("svg", 0.95))
    [picture] = drawn
    layout = picture["layout"]
    label = toy.stages["run"].view.scrubber.labels[-1]
    assert layout["title"]["text"] == f"Toy decision boundaries: {SUBJECT} · {label}"
    assert len(layout["annotations"]) == 3
    told = [trace["name"] for trace in picture["data"] if trace["showlegend"]]
    keys = toy.stages["run"].view.sections[0].keys
    assert told == [key.title for key in keys]
    assert picture["size"]["height"] > picture["size"]["width"] / 4


def test_a_picture_says_of_what_it_is_and_how_much_is_really_removed(drawn, toy):
    weight = [f for f in figures_of(toy) if f.name == "panel-weight"]
    pictures.pictures(weight, Look("png", 0.95))
    [picture] = drawn
    words = picture["layout"]["title"]["text"].replace("<br>", " ").split(" · ")
    label = toy.stages["run"].view.scrubber.labels[-1]
    assert words[:-2] == [SUBJECT, "Weight magnitude", *label.split(" · ")]


def test_a_page_holds_nothing_but_what_is_drawn(toy, monkeypatch):
    pages: list[str] = []
    monkeypatch.setattr(pictures, "draw", lambda shots: pages.append(page_of(shots)) or [b""])
    pictures.pictures(figures_of(toy)[:1], Look("png"))
    data = json.loads(pages[0].split('id="sheet">')[1].split("</script>")[0])
    stage = data["stages"]["run"]
    assert set(stage["figures"]) == {"panel-unpruned"}
    # And the points at which the network would be asked, at places that are not stored.
    frames = {"grid", "points/train", "points/reference", "boundary/unpruned"}
    assert set(stage["result"]["frames"]) == frames
    assert stage["result"]["tables"] == {}
