"""A view's figures are empty and bound; filling them gives what the result holds."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from frontend.components.figures import part_of
from frontend.figures.binding import MISSING, fill, read, shown
from frontend.figures.texts import with_texts_escaped
from frontend.figures.view import Reading, TableView, View
from frontend.views.base import view_of, view_of_stored
from pruning.events import Result
from pruning.experiments.base import ExperimentConfig, experiments
from pruning.experiments.toy.config import ToyConfig
from tests.frontend.fakes import toy_result

CONFIG = ToyConfig(criteria=["weight", "lrp"], sparsities=[0, 1 / 3, 0.95])


@pytest.fixture
def view() -> View:
    return view_of("toy", CONFIG)


@pytest.fixture
def result() -> Result:
    return toy_result()


def test_one_panel_per_network(view):
    assert [panel.name for panel in view.sections[0].panels] == ["unpruned", "weight", "lrp"]


def test_the_slider_starts_at_a_third(view):
    assert view.scrubber.start == 1 / 3
    assert view.scrubber.labels[1] == "33.3 % removed · 100 of 300 units"


def test_the_slider_starts_in_the_middle_without_a_third():
    assert view_of("toy", ToyConfig(sparsities=[0, 0.2, 0.9])).scrubber.start == 0.2


@pytest.mark.parametrize("hidden", [[7], [100, 100, 100], [33, 10]])
def test_the_slider_counts_units_as_the_masks_do(hidden):
    from pruning.masks.ranking import units_removed

    config = ToyConfig(hidden=hidden)
    labels = view_of("toy", config).scrubber.labels
    counts = [f"· {units_removed(at, sum(hidden))} of" for at in config.sparsities]
    assert all(count in label for count, label in zip(counts, labels, strict=True))


def test_all_figures_are_what_plotly_takes(view, result):
    for figure in [panel.figure for section in view.sections for panel in section.panels]:
        go.Figure(figure)
        go.Figure(fill(figure, result, 1 / 3))


def test_bound_texts_are_escaped_for_plotly_and_not_for_the_page(result):
    bound = {"frame": "points/train", "bind": {"text": {"named": ["class"], "words": ["<b>", "&"]}}}
    filled = fill({"data": [{"type": "scatter", "meta": bound}], "layout": {}}, result, 0)
    assert list(filled["data"][0]["text"]) == ["&lt;b&gt;", "&amp;"] * 2
    assert read(Reading("", bound=bound), result, 0) == "<b>"


def test_a_figures_own_texts_are_escaped_and_its_templates_are_not():
    trace = {"name": "a & b", "x": ["<i>"], "y": [1], "customdata": [["<", 2]]}
    trace |= {"hovertemplate": "%{x}<br>%{y}", "texttemplate": "<b>%{y}</b>"}
    layout = {"xaxis": {"categoryarray": ["<i>"], "title": {"text": "x<sub>1</sub>"}}}
    made = with_texts_escaped({"data": [trace], "layout": layout})
    texts = {"name": "a &amp; b", "x": ["&lt;i&gt;"], "customdata": [["&lt;", 2]]}
    assert made["data"] == [trace | texts]
    assert made["layout"]["xaxis"] == layout["xaxis"] | {"categoryarray": ["&lt;i&gt;"]}
    assert trace["name"] == "a & b"


def test_panels_share_colours_and_axes(view, result):
    filled = [fill(panel.figure, result, 1 / 3) for panel in view.sections[0].panels]
    for key in ("colorscale", "zmin", "zmax"):
        assert len({str(figure["data"][0][key]) for figure in filled}) == 1
    assert len({str(figure["layout"]["xaxis"]["range"]) for figure in filled}) == 1


@pytest.mark.parametrize("at", [0.0, 1 / 3, 0.95])
def test_a_region_is_class_and_confidence_of_the_frame(view, result, at):
    frame = next(f for f in result.frames["boundary/lrp"] if f.at == at)
    classes = frame.arrays["class"].numpy().astype(int)
    confidence = frame.arrays["confidence"].numpy()
    region = fill(view.sections[0].panels[2].figure, result, at)["data"][0]
    assert np.array_equal(region["z"], 101 * classes + confidence)
    assert np.array_equal(region["customdata"], classes)
    assert np.array_equal(region["text"], confidence)
    assert np.array_equal(region["x"], result.frames["grid"][0].arrays["x"].numpy())


def test_between_two_frames_the_earlier_one_is_shown(result):
    assert shown(result, "boundary/lrp", 0.5).at == 1 / 3
    assert shown(result, "boundary/lrp", -0.1) is None
    assert shown(result, "no such frame", 0.5) is None


def test_a_reference_point_says_what_it_is_and_what_it_is_taken_for(view, result):
    points = fill(view.sections[0].panels[1].figure, result, 1 / 3)["data"][1]
    frame = shown(result, "boundary/weight", 1 / 3)
    taken = frame.arrays["reference_class"].numpy()
    sure = frame.arrays["reference_confidence"].numpy()
    assert points["customdata"].tolist() == [[i, taken[i], sure[i]] for i in (0, 1)]
    assert points["marker"]["color"].tolist() == [0, 1]


def test_points_say_what_they_are_before_the_network_has_spoken(view, result):
    del result.frames["boundary/weight"]
    points = fill(view.sections[0].panels[1].figure, result, 1 / 3)["data"][1]
    assert points["customdata"].tolist() == [[0, MISSING, MISSING], [1, MISSING, MISSING]]
    assert "z" not in fill(view.sections[0].panels[1].figure, result, 1 / 3)["data"][0]


def test_many_points_are_thinned_evenly(view, result):
    figure = view.sections[0].panels[0].figure
    figure["data"][1]["meta"]["most"] = 2
    points = fill(figure, result, 0.0)["data"][1]
    assert points["x"].tolist() == [0.0, 2.0]
    assert len(points["customdata"]) == 2


def test_lines_hold_the_points_of_their_scenario(view, result):
    figure = fill(view.sections[1].panels[0].figure, result, 1 / 3)
    line = next(t for t in figure["data"] if t["name"] == "Weight magnitude, test set")
    assert line["x"] == [0.0, 1 / 3, 0.95]
    assert line["y"] == [0.5 * (1 - at / 2) for at in line["x"]]


def test_the_unpruned_network_is_a_level_line(view, result):
    figure = fill(view.sections[1].panels[0].figure, result, 1 / 3)
    level = next(t for t in figure["data"] if t["name"] == "Unpruned, training set")
    assert (level["x"], level["y"]) == ([0.0, 0.95], [0.9, 0.9])


def test_the_chart_marks_the_place(view, result):
    mark = fill(view.sections[1].panels[0].figure, result, 0.95)["layout"]["shapes"][0]
    assert (mark["x0"], mark["x1"]) == (0.95, 0.95)


def test_filling_leaves_the_figure_as_it_was(view, result):
    before = str(view.sections[0].panels[1].figure)
    fill(view.sections[0].panels[1].figure, result, 0.0)
    assert str(view.sections[0].panels[1].figure) == before


def test_readings_tell_the_accuracy_at_the_place(view, result):
    train, test = view.sections[0].panels[1].readings
    assert read(train, result, 0.5) == "83.3 %"
    assert read(test, result, 0.0) == "50.0 %"
    assert read(train, Result(), 0.0) == MISSING


def test_an_experiment_without_a_view_has_an_empty_one():
    class Plain(ExperimentConfig):
        """Nothing to set."""

    assert view_of("no such experiment", Plain()) == View()


def test_a_run_of_another_version_has_an_empty_view():
    assert view_of_stored("toy", {"no": "longer"}) == View()
    assert view_of_stored("no such experiment", {}) == View()


OURS = [study for study in experiments if study.config.__module__.startswith("pruning.")]


@pytest.mark.parametrize("study", OURS, ids=lambda study: study.name)
def test_every_experiment_has_a_view(study):
    assert view_of(study.name, study.config()).summary


@pytest.mark.parametrize(("last", "room"), [("0.5", 12), ("0.55", 13), ("0.95", 16.5)])
def test_a_table_has_room_for_its_rows_before_they_come(last, room):
    config = ToyConfig(criteria=["weight"], sparsities=f"0:{last}:0.05, 1/3")
    (section,) = (part for part in view_of("toy", config).parts if isinstance(part, TableView))
    (scroll,) = (p for p in part_of(section)._traverse() if getattr(p, "className", "") == "scroll")
    assert scroll.style == {"--rows": room}
