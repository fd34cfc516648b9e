"""The view of a study: bound to what a run says, in order, whatever came first."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from frontend.components.controls import scrubber
from frontend.figures.tables import TableView
from frontend.figures.view import View
from frontend.sheets.staging import figures
from frontend.views.base import view_of
from pruning.context import Context
from pruning.events import Result, fold
from pruning.experiments.base import experiments
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.experiments.toy_study.rank_measures import measures
from pruning.recipes.base import recipes

CONFIG = ToyStudyConfig(
    datasets=["circle", "mult"],
    criteria=["weight", "lrp"],
    reference_samples=[2, 5],
    seeds=3,
    hidden=[70, 70],
    ranks=True,
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What a real, tiny run says."""
    context = Context(Path(tmp_path_factory.mktemp("data")))
    return fold(experiments["toy_study"].run(CONFIG, context))


@pytest.fixture
def result(said: Result) -> Result:
    return said.model_copy(deep=True)


@pytest.fixture
def view() -> View:
    return view_of("toy_study", CONFIG)


def traces(view: View) -> list[dict[str, Any]]:
    return [
        trace
        for section in view.sections
        for panel in section.panels
        for trace in panel.figure["data"]
    ]


def figure(view: View, name: str) -> dict[str, Any]:
    return figures(view)[name]


def table(view: View, name: str) -> TableView:
    return next(p for p in view.parts if isinstance(p, TableView) and p.name == name)


def test_the_page_goes_from_the_whole_to_the_parts(view):
    names = [getattr(part, "name", "slider") for part in view.parts]
    accuracy, pictures, *rest = ["accuracy", "picture", "spread", "agreement"]
    assert names == [accuracy, "slider", pictures, *rest, "accuracy", "rank_agreement"]


def test_there_is_a_figure_for_everything(view):
    counts = {section.name: len(section.panels) for section in view.sections}
    assert counts == {"accuracy": 4, "picture": 8, "spread": 4, "agreement": 6}
    assert len(figures(view)) == 22


def test_without_ranks_there_is_no_agreement():
    view = view_of("toy_study", CONFIG.model_copy(update={"ranks": False}))
    assert "agreement" not in [section.name for section in view.sections]
    assert "rank_agreement" not in [getattr(part, "name", "") for part in view.parts]


def test_every_trace_is_bound_to_what_a_run_says(view, result):
    for trace in traces(view):
        meta = trace["meta"]
        if "series" in meta:
            labels = result.series[meta["series"]].labels
            assert all(value in labels[name] for name, value in meta["labels"].items())
        else:
            assert meta["frame"].format_map(view.choices) in result.frames


@pytest.mark.parametrize("name", ["accuracy", "rank_agreement"])
def test_tables_show_columns_that_a_run_has(view, result, name):
    known = set(result.tables[name].columns)
    shown_ = table(view, name)
    assert {column.name for column in shown_.columns} <= known
    assert {*shown_.places, *shown_.sort, *shown_.chosen} <= known


def test_names_in_tables_have_titles(view, result):
    for name in ("accuracy", "rank_agreement"):
        rows, columns = result.tables[name].rows, result.tables[name].columns
        for column in table(view, name).columns:
            if column.format == "text":
                values = {row[columns.index(column.name)] for row in rows}
                assert values <= set(column.titles)


def test_the_measures_are_those_of_the_run(result):
    rows, columns = result.tables["rank_agreement"].rows, result.tables["rank_agreement"].columns
    said = {row[columns.index("measure")] for row in rows}
    assert said == set(measures(CONFIG.units))


def test_ticks_that_are_close_are_not_all_written():
    config = CONFIG.model_copy(update={"reference_samples": list(range(1, 21))})
    layout = figure(view_of("toy_study", config), "accuracy-circle-train")["layout"]
    texts = [text for text in layout["xaxis"]["ticktext"] if text]
    assert texts[:3] == ["1", "2", "3"]
    assert len(texts) < 12


def test_places_lie_evenly_on_the_slider(view):
    slider = view.scrubber
    assert slider.places == [2.0, 5.0]
    assert slider.positions == [0.0, 1.0]
    assert slider.labels == ["2 samples per class", "5 samples per class"]


def test_a_single_place_is_still_a_slider():
    slider = view_of("toy_study", ToyStudyConfig(reference_samples=[1], seeds=1)).scrubber
    assert slider.labels == ["1 sample per class"]
    assert scrubber(slider)


@pytest.mark.parametrize("name", [recipe.name for recipe in recipes if recipe.published])
def test_a_recipe_has_its_published_figures_beside_its_own(name):
    recipe = recipes[name]
    view = view_of(recipe.experiment, recipe.checked_config())
    drawn = [trace for trace in traces(view) if "published" in trace.get("legendgroup", "").split()]
    main = Counter(row[recipe.published.values[0]] for row in recipe.published.rows)
    # Other columns, and methods that are not in the run, may be drawn besides.
    assert main <= Counter(y for trace in drawn for y in trace["y"])
    assert "points" in [column.format for column in table(view, "published").columns]
    groups = {toggle.group for section in view.sections for toggle in section.toggles}
    assert "published" in groups


def test_other_runs_have_none(view):
    assert "published" not in json.dumps(figures(view))
    assert "published" not in [getattr(part, "name", "") for part in view.parts]
