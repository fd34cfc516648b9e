"""The page of an input selection: everything is bound to what one says."""

from __future__ import annotations

import pytest

from frontend.figures.view import Section, TableView, View
from frontend.sheets.base import Stage
from frontend.sheets.staging import stage_page
from frontend.views.base import comparable_of, face_of, view_of
from pruning.context import Context
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.recipes.base import recipes

CONFIG = InputSelectionConfig(
    kinds=["static", "dynamic"],
    epochs=3,
    warmup_epochs=1,
    seeds=[0, 1],
    training_images=300,
    test_images=60,
    head_learning_rate=0.05,
)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("selection")
    return fold(execute(experiments["input_selection"], CONFIG, Context(folder)))


@pytest.fixture(scope="module")
def view() -> View:
    return view_of("input_selection", CONFIG)


def section(view: View, name: str) -> Section:
    return next(section for section in view.sections if section.name == name)


def test_every_trace_is_bound_to_what_a_run_says(view: View, result: Result):
    choices = stage_page(Stage("run", "", view, result, []))["choices"]
    for part in view.sections:
        for panel in part.panels:
            assert panel.waiting
            for each in panel.figure["data"]:
                meta = {k: v for k, v in each["meta"].items() if isinstance(v, str)}
                bound = {kind: name.format_map(choices) for kind, name in meta.items()}
                assert bound.get("series", next(iter(result.series))) in result.series
                assert bound.get("frame", next(iter(result.frames))) in result.frames
                assert bound.get("table", "best") in result.tables


def test_tables_show_columns_that_a_run_has(view: View, result: Result):
    for shown in (part for part in view.parts if isinstance(part, TableView)):
        assert {column.name for column in shown.columns} <= set(result.tables[shown.name].columns)


def test_the_slider_has_a_place_for_every_picture(view: View, result: Result):
    assert view.scrubber
    assert [frame.at for frame in result.frames["mask/static"]] == view.scrubber.places
    assert list(view.scrubber.choosers[0].options) == ["static", "dynamic"]


def test_without_a_dynamic_mask_nothing_waits_for_one():
    names = {part.name for part in view_of("input_selection", _static()).sections}
    assert "dynamic" not in names


def _static() -> InputSelectionConfig:
    return InputSelectionConfig(kinds=["static"])


def test_curves_are_comparable_by_the_share_that_is_sent():
    curves = comparable_of("input_selection", CONFIG).curves
    assert {axis.name for curve in curves for axis in curve.axes} == {"q"}
    assert [curve.variant.name for curve in curves] == ["static", "dynamic"]


def test_published_points_stand_beside_those_of_the_recipe():
    recipe = recipes["oehmcke2022-mnist-static"]
    page = view_of("input_selection", recipe.checked_config())
    names = [trace["name"] for trace in section(page, "trade-off").panels[0].figure["data"]]
    assert "Static mask, published" in names
    assert any(isinstance(p, TableView) and p.name == "published" for p in page.parts)


def test_a_paper_can_say_what_was_done():
    methods = face_of("input_selection").methods
    assert methods
    said = " ".join(methods(CONFIG).values())
    assert "static and dynamic" in said
    assert "linear" in said
