"""The page of an input selection: everything is bound to what one says."""

from __future__ import annotations

import dataclasses

import pytest

from frontend.figures.panels import Section
from frontend.figures.tables import TableView
from frontend.figures.view import View
from frontend.sheets.base import Stage
from frontend.sheets.staging import stage_page
from frontend.views.base import comparable_of, face_of, view_of
from pruning.context import Context
from pruning.data.image_base import image_datasets
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


def test_versions_have_figures_only_where_a_mask_chooses_among_them():
    chooses = {"thumbnails": [4, 2], "jpeg_qualities": [50]}
    drawn = section(view_of("input_selection", InputSelectionConfig(**chooses)), "versions")
    assert [[trace["name"] for trace in panel.figure["data"]] for panel in drawn.panels] == [
        ["original", "4 × 4", "2 × 2"],
        ["original", "JPEG 50"],
    ]
    assert [key.title for key in drawn.keys] == ["original", "4 × 4", "2 × 2", "JPEG 50"]
    for settings in ({}, {**chooses, "kinds": ["random"]}):
        view = view_of("input_selection", InputSelectionConfig(**settings))
        assert "versions" not in {each.name for each in view.sections}


def test_pictures_have_the_room_that_their_outlines_ask_for(view: View, result: Result):
    for part in (section(view, "mask"), section(view, "dynamic")):
        for panel in part.panels:
            name = panel.figure["data"][0]["meta"]["frame"].format(kind="dynamic")
            height, width, *_ = result.frames[name][0].arrays["image"].numpy().shape
            assert panel.aspect == pytest.approx(width / height)


def test_each_class_is_named_on_its_picture(view: View):
    (captions,) = section(view, "dynamic").panels[1].figure["data"][1:]
    assert captions["meta"]["bind"]["text"]["words"] == list("0123456789")


@pytest.fixture
def hundred(monkeypatch: pytest.MonkeyPatch) -> InputSelectionConfig:
    """Images of a hundred classes, some of long names."""
    names = tuple(f"class number {i}" if i % 2 else f"class {i}" for i in range(100))
    found = dataclasses.replace(image_datasets["cifar10"], classes=names)
    monkeypatch.setitem(image_datasets._entries, "cifar10", found)
    return InputSelectionConfig(dataset="cifar10", kinds=["dynamic"])


def test_many_classes_have_a_row_to_themselves(hundred: InputSelectionConfig):
    drawn = section(view_of("input_selection", hundred), "dynamic")
    assert [len(row.panels) for row in drawn.rows] == [1, 1]
    often = drawn.panels[1]
    assert often.aspect == 1
    bind = often.figure["data"][1]["meta"]["bind"]
    assert bind["text"]["words"][:2] == ["class 0", "class num…"]
    assert bind["hovertext"]["words"][1] == "class number 1"


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
