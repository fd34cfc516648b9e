"""A view's figures are empty, and bound to what the result holds."""

from __future__ import annotations

import pytest

from frontend.components.figures import part_of
from frontend.components.run_grid import _main_result
from frontend.figures.network_parts import Diagram
from frontend.figures.tables import TableView
from frontend.figures.texts import with_texts_escaped
from frontend.figures.view import View
from frontend.views.base import Face, faces, view_of, view_of_stored
from pruning.events import Result
from pruning.experiments.base import experiments
from pruning.experiments.toy.config import ToyConfig
from pruning.masks.counts import units_removed
from pruning.toy.settings import MOMENTS
from tests.frontend.fakes import toy_result

CONFIG = ToyConfig(criteria=["weight", "lrp"], sparsities=[0, 1 / 3, 0.95])


@pytest.fixture
def view() -> View:
    return view_of("toy", CONFIG)


@pytest.fixture
def result() -> Result:
    return toy_result()


def test_one_panel_per_network(view):
    shown = ["unpruned", "weight", "lrp", "hand"]
    assert [panel.name for panel in view.sections[0].panels] == shown


def test_what_the_page_cannot_evaluate_has_neither_diagram_nor_a_panel_for_it():
    large = view_of("toy", ToyConfig(hidden=[1000, 1000, 1000], criteria=["lrp"]))
    assert large.network is None
    assert not any(isinstance(part, Diagram) for part in large.parts)
    assert [panel.name for panel in large.sections[0].panels] == ["unpruned", "lrp"]
    assert large.scrubber.finer is None


def test_the_slider_starts_at_a_third(view):
    assert view.scrubber.start == 1 / 3
    assert view.scrubber.labels[1] == "33.3 % removed · 100 of 300 units"


def test_the_slider_starts_in_the_middle_without_a_third():
    assert view_of("toy", ToyConfig(sparsities=[0, 0.2, 0.9])).scrubber.start == 0.2


@pytest.mark.parametrize("hidden", [[7], [100, 100, 100], [33, 10]])
def test_the_slider_counts_units_as_the_masks_do(hidden):
    config = ToyConfig(hidden=hidden)
    slider, units = view_of("toy", config).scrubber, sum(hidden)
    removed = sorted({units_removed(sparsity, units) for sparsity in config.sparsities})
    assert slider.places == [count / units for count in removed]
    for place, label, mark in zip(slider.places, slider.labels, slider.marks, strict=True):
        assert f"· {round(place * units)} of {units} units" in label
        assert label.startswith(f"{100 * place:.1f} %")
        assert mark == f"{100 * place:.0f} %"


def test_where_the_page_evaluates_the_network_the_slider_has_a_place_for_every_unit():
    slider = view_of("toy", ToyConfig(hidden=[20, 20], sparsities="0,1/3,0.8")).scrubber
    learning = [step - 1500 for step in MOMENTS]
    assert slider.finer.places == learning + [count / 40 for count in range(33)]
    assert slider.finer.labels[1] == "Training: step 20 of 1,500"
    assert slider.finer.positions == sorted(slider.finer.positions)
    assert {*slider.places} <= {*slider.finer.places}
    assert slider.finer.start == slider.start == 13 / 40


def test_a_figures_own_texts_are_escaped_and_its_templates_are_not():
    trace = {"name": "a & b", "x": ["<i>"], "y": [1], "customdata": [["<", 2]]}
    trace |= {"hovertemplate": "%{x}<br>%{y}", "texttemplate": "<b>%{y}</b>"}
    layout = {"xaxis": {"categoryarray": ["<i>"], "title": {"text": "x<sub>1</sub>"}}}
    made = with_texts_escaped({"data": [trace], "layout": layout})
    texts = {"name": "a &amp; b", "x": ["&lt;i&gt;"], "customdata": [["&lt;", 2]]}
    assert made["data"] == [trace | texts]
    assert made["layout"]["xaxis"] == layout["xaxis"] | {"categoryarray": ["&lt;i&gt;"]}
    assert trace["name"] == "a & b"


def test_a_run_of_another_version_has_an_empty_view():
    assert view_of_stored("toy", {"no": "longer"}) == View()
    assert view_of_stored("no such experiment", {}) == View()


OURS = [study for study in experiments if study.config.__module__.startswith("pruning.")]


@pytest.mark.parametrize("study", OURS, ids=lambda study: study.name)
def test_every_experiment_has_a_view(study):
    assert view_of(study.name, study.config()).summary


def test_plug_ins_have_an_entry_point_for_their_faces():
    assert faces._package == "frontend.views"
    assert {"toy", "toy_study", "sweep"} <= set(faces.names())
    with pytest.raises(ValueError, match="two view entries named 'toy'"):
        faces.add(Face("toy"))


def test_main_results_are_read_as_their_faces_say():
    assert _main_result() == (
        "Of a toy run or a sweep: the highest sparsity at which some criterion loses at most 1 "
        "point of test accuracy to the unpruned network. Of a study: which criterion keeps most "
        "accuracy. Of an input selection: the best accuracy, mean over the repeats, with at most "
        "10 % of the input sent. Of a run of guided sparsity: which arm is ahead by more than the "
        "spread over the seeds, at the highest sparsity that at least two arms reach, and its test "
        "accuracy there. Of a run of MINT: the largest share of the compared layers' "
        "weights that can go while the network loses at most 1 point of accuracy on the test "
        "images, mean over the seeds (the network to take away is chosen on the validation images, "
        "where some are held out). Of an applied mask: the share of the bytes of all images that "
        "is sent. Of an operating point: what was removed, and the test accuracy of the "
        "network that is given away. What is highest or best is so of several on the test set: to "
        "find a run by, no estimate for a new network."
    )


@pytest.mark.parametrize(("last", "room"), [("0.5", 12), ("0.55", 13), ("0.95", 16.5)])
def test_a_table_has_room_for_its_rows_before_they_come(last, room):
    config = ToyConfig(criteria=["weight"], sparsities=f"0:{last}:0.05, 1/3")
    (section,) = (part for part in view_of("toy", config).parts if isinstance(part, TableView))
    (scroll,) = (
        part
        for part in part_of(section)._traverse()
        if "scroll" in (getattr(part, "className", None) or "").split()
    )
    assert scroll.style == {"--rows": room}
