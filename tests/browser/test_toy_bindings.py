"""What fills the figures of a toy run: the browser binds what the result holds."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from frontend.figures.boundaries import region, train_points
from frontend.figures.panels import Figure, Reading
from frontend.figures.view import View
from frontend.views.base import view_of
from pruning.events import Frame, Result
from tests.frontend.fakes import toy_result
from tests.frontend.test_views import CONFIG

MISSING = "–"


@pytest.fixture
def view() -> View:
    return view_of("toy", CONFIG)


@pytest.fixture
def result() -> Result:
    return toy_result()


def chart(view: View) -> Figure:
    (section,) = (section for section in view.sections if section.name == "chart")
    return section.panels[0].figure


def at_place(result: Result, name: str, at: float) -> Frame:
    """The frame of a place."""
    return next(frame for frame in result.frames[name] if frame.at == at)


def test_all_figures_are_what_plotly_takes(fill, view, result):
    for figure in [panel.figure for section in view.sections for panel in section.panels]:
        go.Figure(figure)
        go.Figure(fill(figure, result, 1 / 3))


def test_bound_texts_are_escaped_for_plotly_and_not_for_the_page(fill, read, result):
    bound = {"frame": "points/train", "bind": {"text": {"named": ["class"], "words": ["<b>", "&"]}}}
    filled = fill({"data": [{"type": "scatter", "meta": bound}], "layout": {}}, result, 0)
    assert list(filled["data"][0]["text"]) == ["&lt;b&gt;", "&amp;"] * 2
    assert read(Reading("", bound=bound), result, 0) == "<b>"


def test_classes_that_have_names_are_called_by_them_under_the_pointer(fill, result):
    named = region("lrp", ["red", "blue"]), train_points(["red", "blue"], size=4)
    numbered = region("lrp", ["0", "1"]), train_points(["0", "1"], size=4)
    words, numbers = (
        [each["customdata"] for each in fill({"data": [*each], "layout": {}}, result, 0)["data"]]
        for each in (named, numbered)
    )
    called = {0: "red", 1: "blue"}
    assert words[0] == [[called[label] for label in row] for row in numbers[0]]
    assert words[1] == [[called[t], called[p], sure] for t, p, sure in numbers[1]]


def test_panels_share_colours_and_axes(fill, view, result):
    filled = [fill(panel.figure, result, 1 / 3) for panel in view.sections[0].panels]
    for key in ("colorscale", "zmin", "zmax"):
        assert len({str(figure["data"][0][key]) for figure in filled}) == 1
    assert len({str(figure["layout"]["xaxis"]["range"]) for figure in filled}) == 1


@pytest.mark.parametrize("at", [0.0, 1 / 3, 0.95])
def test_a_region_is_class_and_confidence_of_the_frame(fill, view, result, at):
    frame = next(f for f in result.frames["boundary/lrp"] if f.at == at)
    classes = frame.arrays["class"].numpy().astype(int)
    confidence = frame.arrays["confidence"].numpy()
    region = fill(view.sections[0].panels[2].figure, result, at)["data"][0]
    assert np.array_equal(region["z"], 101 * classes + confidence)
    assert np.array_equal(region["customdata"], classes)
    assert np.array_equal(region["text"], confidence)
    assert np.array_equal(region["x"], result.frames["grid"][0].arrays["x"].numpy())


def test_between_two_frames_the_earlier_one_is_shown(fill, view, result):
    panel = view.sections[0].panels[2].figure
    between, there = (fill(panel, result, at)["data"][0]["z"] for at in (0.5, 1 / 3))
    assert between == there != fill(panel, result, 0.95)["data"][0]["z"]
    assert "z" not in fill(panel, result, -0.1)["data"][0]


def test_a_reference_point_says_what_it_is_and_what_it_is_taken_for(fill, view, result):
    points = fill(view.sections[0].panels[1].figure, result, 1 / 3)["data"][1]
    frame = at_place(result, "boundary/weight", 1 / 3)
    taken = frame.arrays["reference_class"].numpy()
    sure = frame.arrays["reference_confidence"].numpy()
    assert points["customdata"] == [[i, taken[i], sure[i]] for i in (0, 1)]
    assert points["marker"]["color"] == [0, 1]


def test_points_say_what_they_are_before_the_network_has_spoken(fill, view, result):
    del result.frames["boundary/weight"]
    points = fill(view.sections[0].panels[1].figure, result, 1 / 3)["data"][1]
    assert points["customdata"] == [[0, MISSING, MISSING], [1, MISSING, MISSING]]
    assert "z" not in fill(view.sections[0].panels[1].figure, result, 1 / 3)["data"][0]


def test_many_points_are_thinned_evenly(fill, view, result):
    figure = view.sections[0].panels[0].figure
    figure["data"][1]["meta"]["most"] = 2
    points = fill(figure, result, 0.0)["data"][1]
    assert points["x"] == [0.0, 2.0]
    assert len(points["customdata"]) == 2


def test_lines_hold_the_points_of_their_scenario(fill, view, result):
    figure = fill(chart(view), result, 1 / 3)
    line = next(t for t in figure["data"] if t["name"] == "Weight magnitude, test set")
    assert line["x"] == [0.0, 1 / 3, 0.95]
    assert line["y"] == [0.5 * (1 - at / 2) for at in line["x"]]


def test_the_unpruned_network_is_a_level_line(fill, view, result):
    figure = fill(chart(view), result, 1 / 3)
    level = next(t for t in figure["data"] if t["name"] == "Unpruned, training set")
    assert (level["x"], level["y"]) == ([0.0, 0.95], [0.9, 0.9])


def test_the_chart_marks_the_place(fill, view, result):
    mark = fill(chart(view), result, 0.95)["layout"]["shapes"][0]
    assert (mark["x0"], mark["x1"]) == (0.95, 0.95)


def test_filling_leaves_the_figure_as_it_was(fill, view, result):
    before = str(view.sections[0].panels[1].figure)
    fill(view.sections[0].panels[1].figure, result, 0.0)
    assert str(view.sections[0].panels[1].figure) == before


def test_readings_tell_the_accuracy_at_the_place(read, view, result):
    train, test = view.sections[0].panels[1].readings
    assert read(train, result, 0.5) == "83.3 %"
    assert read(test, result, 0.0) == "50.0 %"
    assert read(train, Result(), 0.0) == MISSING
