"""The page of a sweep: everything is bound to what a sweep says, and shows it."""

from __future__ import annotations

from typing import Any

import pytest

from frontend.figures.panels import Section
from frontend.figures.tables import TableView
from frontend.figures.view import Downloads, View
from frontend.sheets.base import Stage
from frontend.sheets.staging import figures, stage_page
from frontend.views.base import view_of
from frontend.views.sweep.arms import arms, toggles
from frontend.views.sweep.comparable import sweep as sweep_comparable
from pruning.events import Result
from pruning.experiments.sweep.config import SweepConfig
from pruning.recipes.base import recipes
from tests.frontend.sweep_events import sweep_result
from tests.frontend.test_colours import criterion_colour

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
RATIOS = {"compression", "speedup_theoretical", "speedup_measured"}
ARMS = ["weight/unit", "weight_shuffled/unit", "taylor/unit", "taylor_shuffled/unit"]


@pytest.fixture(scope="module")
def result() -> Result:
    return sweep_result(CONFIG)


@pytest.fixture(scope="module")
def view() -> View:
    return view_of("sweep", CONFIG)


@pytest.fixture(scope="module")
def choices(view: View, result: Result) -> dict[str, str]:
    return stage_page(Stage("run", "", view, result, []))["choices"]


def figure(view: View, name: str) -> dict[str, Any]:
    return figures(view)[name]


def section(view: View, name: str) -> Section:
    return next(section for section in view.sections if section.name == name)


def test_the_page_goes_from_the_training_to_what_can_be_taken_away(view):
    names = [getattr(part, "name", type(part).__name__) for part in view.parts]
    assert names[:3] == ["training", "curves", "Scrubber"]
    assert names[-4:] == ["summary", "accuracy", "sensitivity", "Downloads"]
    assert isinstance(view.parts[-1], Downloads)


def test_what_was_not_asked_for_is_not_there():
    view = view_of("sweep", SweepConfig())
    names = {getattr(part, "name", "") for part in view.parts}
    assert not names & {"sensitivity", "retraining", "published"}


def test_every_trace_is_bound_to_what_a_sweep_says(view, result, choices):
    for part in view.sections:
        for panel in part.panels:
            for each in panel.figure["data"]:
                meta = {k: v for k, v in each["meta"].items() if isinstance(v, str)}
                bound = {kind: name.format_map(choices) for kind, name in meta.items()}
                assert bound.get("series", next(iter(result.series))) in result.series
                assert bound.get("frame", next(iter(result.frames))) in result.frames
                assert bound.get("table", "summary") in result.tables


def test_every_panel_says_what_will_be_in_it(view):
    for part in view.sections:
        assert all(panel.waiting for panel in part.panels), part.name


@pytest.mark.parametrize("name", ["summary", "accuracy", "sensitivity"])
def test_tables_show_columns_that_a_sweep_has(view, result, name):
    known = set(result.tables[name].columns)
    shown = next(p for p in view.parts if isinstance(p, TableView) and p.name == name)
    assert {column.name for column in shown.columns} <= known
    assert {*shown.places, *shown.sort} <= known


def test_an_arm_has_the_colour_of_its_criterion_and_the_line_of_its_granularity():
    by_key = {arm.key: arm for arm in arms(CONFIG)}
    unit, weight = by_key["weight/unit"], by_key["weight/weight"]
    control = by_key["weight_shuffled/unit"]
    assert unit.colour == weight.colour == criterion_colour("weight")
    assert unit.dash != weight.dash
    assert unit.symbol != weight.symbol
    assert control.dash not in (unit.dash, weight.dash)
    assert control.colour.startswith("rgba")
    assert control.title == "Weight magnitude, layer-shuffled, units"


def test_with_a_budget_curves_stand_against_what_it_is_of():
    config = SweepConfig(criteria=["weight"], budget="multiply_adds", sparsities=[0.5])
    view = view_of("sweep", config)
    chooser = next(c for c in section(view, "curves").choosers if c.name == "axis")
    assert next(iter(chooser.options)) == "multiply_adds"
    assert chooser.options["multiply_adds"] == "Share of multiply-adds removed"
    assert view.scrubber.labels[1] == "50 % of multiply-adds removed"
    [axis] = {
        axis.name for curve in sweep_comparable(config).curves for axis in curve.axes
    } - RATIOS
    assert axis == "multiply_adds"


def test_toggles_take_criteria_granularities_and_controls_away():
    groups = [toggle.group for toggle in toggles(CONFIG)]
    assert groups == [
        "weight",
        "taylor",
        "granularity-unit",
        "granularity-weight",
        "layer-shuffled",
        "dense",
    ]
    known = {name for arm in arms(CONFIG) for name in arm.groups.split()}
    assert known == set(groups) - {"dense"}


def test_arms_to_look_into_are_those_that_are_no_controls(view):
    [chooser] = view.scrubber.choosers
    assert list(chooser.options) == ["weight/unit", "taylor/unit", "weight/weight"]


def test_the_slider_begins_with_the_dense_network(view):
    assert view.scrubber.places == [0.0, 0.5, 0.8, 0.95]
    assert view.scrubber.labels == ["Dense", "50 % removed", "80 % removed", "95 % removed"]
    assert view.scrubber.start == 0.8


@pytest.mark.parametrize(
    ("name", "said"),
    [("magnitude-digits", "Reproduced by others"), ("yeom2021-toy", "Published")],
)
def test_figures_are_called_what_they_are(name, said):
    """Not all that stands beside a recipe's own was published by its paper."""
    recipe = recipes[name]
    view = view_of(recipe.experiment, recipe.checked_config())
    table = next(p for p in view.parts if isinstance(p, TableView) and p.name == "published")
    titles = [table.title, *(column.title for column in table.columns)]
    buttons = [t.title for each in view.sections for t in each.toggles if t.group == "published"]
    legend = [
        t["name"]
        for each in figures(view).values()
        for t in each["data"]
        if "published" in t.get("legendgroup", "")
    ]
    assert said in titles
    assert set(buttons) == {said}
    assert {title.rpartition(", ")[2] for title in legend} == {said.lower()}
    assert f"as {said.lower()}." in view.sections[0].description + view.sections[1].description
    is_papers = said == "Published"
    assert ("ublished" in " ".join([*titles, *buttons, *legend])) == is_papers


def test_layers_to_choose_come_from_the_result(view, result, choices):
    assert view.choices["layer"] == ""
    assert choices["layer"] == "hidden_1"


def test_a_single_seed_has_one_curve():
    view = view_of("sweep", CONFIG.model_copy(update={"seeds": [3]}))
    assert len(figure(view, "training-loss")["data"]) == 2


def test_what_is_pruned_before_training_is_trained_as_long_as_the_dense_network():
    config = SweepConfig(prune_at="initialisation", epochs=12)
    [low, high] = figure(view_of("sweep", config), "retraining-accuracy")["layout"]["meta"][
        "extent"
    ]["x"]
    assert low < 1 < 12 < high


def test_without_validation_the_test_set_tells_how_it_goes():
    view = view_of("sweep", CONFIG.model_copy(update={"validation": 0}))
    for name, sets in (("training-accuracy", {"train", "test"}), ("training-loss", {"train"})):
        drawn = figure(view, name)["data"]
        assert {line["meta"]["labels"]["set"] for line in drawn} == sets
    [told] = {t["meta"]["labels"]["set"] for t in figure(view, "retraining-accuracy")["data"]}
    assert told == "test"
