"""What fills the figures of a study: the browser binds what the result holds."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from frontend.figures.view import View
from frontend.views.base import view_of
from pruning.events import Array, Frame, Point, Result, fold
from tests.frontend.test_toy_study import CONFIG, figure, said

__all__ = ["said"]
MISSING = "–"


@pytest.fixture
def result(said: Result) -> Result:
    return said.model_copy(deep=True)


@pytest.fixture
def view() -> View:
    return view_of("toy_study", CONFIG)


@pytest.mark.parametrize("at", CONFIG.reference_samples)
@pytest.mark.parametrize("pairs", ["all_seeds", "equal_seeds"])
def test_every_figure_is_filled_and_taken_by_plotly(fill, view, result, at, pairs):
    for section in view.sections:
        for panel in section.panels:
            filled = fill(panel.figure, result, at, {"measure": "kendall", "pairs": pairs})
            go.Figure(filled)
            for trace in filled["data"]:
                assert len(trace["z" if trace["type"] == "heatmap" else "y"]) > 0


def test_lines_run_through_the_means_whatever_came_first(fill, view):
    labels = {"scenario": "train", "statistic": "mean"}
    events = [
        Point(series="accuracy/circle/lrp", x=x, y=y, labels=labels)
        for x, y in [(5, 0.9), (2, 0.7)]
    ]
    filled = fill(figure(view, "accuracy-circle-train"), fold(events), 2)
    [line] = [t for t in filled["data"] if t["name"] == "Layer-wise relevance"]
    assert (line["x"], line["y"]) == ([2, 5], [0.7, 0.9])


def test_the_axes_of_all_charts_grow_together_for_what_lies_below(fill, view):
    labels = {"scenario": "train", "statistic": "lower"}
    result = fold([Point(series="accuracy/circle/lrp", x=5, y=0.27, labels=labels)])
    spans = [
        fill(figure(view, f"accuracy-{name}"), result, 2)["layout"]["yaxis"]["range"]
        for name in ("circle-train", "mult-test")
    ]
    assert spans == [[0.2, 1.02]] * 2
    nothing = fill(figure(view, "accuracy-mult-test"), Result(), 2)["layout"]["yaxis"]["range"]
    assert nothing == [0.4, 1.02]


def test_the_axes_of_boxes_hold_every_seed(fill, view):
    arrays = {"lrp/test": Array.of([0.99, 0.05], "f4")}
    result = fold([Frame(name="mult/accuracies", at=5, arrays=arrays)])
    layout = fill(figure(view, "spread-circle-train"), result, 2)["layout"]
    assert layout["yaxis"]["range"] == [0, 1.02]


def test_counts_stand_at_their_ticks(fill, view):
    axis = fill(figure(view, "accuracy-circle-train"), Result(), 5)["layout"]["xaxis"]
    assert axis["tickvals"] == [2, 5]
    assert axis["range"][0] < np.log10(2)
    assert axis["range"][1] > np.log10(5)


def test_a_picture_shows_its_own_place_or_nothing(fill, view, result):
    picture = figure(view, "picture-mult-lrp")
    del result.frames["mult/boundary/lrp"][1:]
    assert "z" in fill(picture, result, 2)["data"][0]
    region, points = fill(picture, result, 5)["data"]
    assert "z" not in region
    assert len(points["x"]) == 20
    assert {row[1] for row in points["customdata"]} == {MISSING}


def test_the_unpruned_boundary_is_there_from_the_beginning(fill, view, result):
    early = Result(frames={k: [f for f in v if f.at == 0] for k, v in result.frames.items()})
    region, points = fill(figure(view, "picture-circle-train"), early, 5)["data"]
    assert np.array_equal(region["x"], early.frames["circle/grid"][0].arrays["x"].numpy())
    assert len(region["z"]) > 0
    assert 0 < len(points["x"]) <= 150


def test_a_reading_is_of_the_place_itself(read, view, result):
    [picture] = [p for p in view.sections[1].panels if p.name == "circle-lrp"]
    [reading] = picture.readings
    assert read(reading, result, 5).endswith(" %")
    assert read(reading, result, 4) == MISSING


def test_a_matrix_follows_what_is_chosen(fill, view, result):
    matrix = figure(view, "agreement-circle")
    (frame,) = [f for f in result.frames["circle/agreement/all_seeds"] if f.at == 5]
    for measure in ("spearman", "first_125"):
        [trace] = fill(matrix, result, 5, {"measure": measure, "pairs": "all_seeds"})["data"]
        assert np.array_equal(trace["z"], frame.arrays[measure].numpy())
