"""The page of a run of MINT: everything is bound to what one says."""

from __future__ import annotations

from itertools import pairwise

import pytest

from frontend.figures.panels import Section, Toggle
from frontend.figures.tables import TableView
from frontend.figures.used_results import used_by
from frontend.figures.view import Downloads, View
from frontend.sheets.base import Stage
from frontend.sheets.staging import stage_page
from frontend.views.base import comparable_of, face_of, view_of
from pruning.context import Context
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.fields import VARIANTS
from pruning.recipes.base import recipes

CONFIG = MintConfig.model_validate(
    {
        "epochs": 1,
        "retrain_epochs": 0,
        "training_images": 400,
        "test_images": 100,
        "groups": "5",
        "samples_per_class": "12",
        "latency_batch": 8,
        "prune_layers": "fc2",
        "percentages": "60",
        "seeds": "0,1",
    }
)


def view_with(**settings: object) -> View:
    return view_of("mint", MintConfig.model_validate(CONFIG.model_dump() | settings))


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("mint")
    return fold(execute(experiments["mint"], CONFIG, Context(folder, scratch=folder)))


@pytest.fixture(scope="module")
def view() -> View:
    return view_with()


@pytest.fixture(scope="module")
def published() -> View:
    """Of the recipe with a table of published figures."""
    return view_of("mint", recipes["mint2020-mlp"].checked_config())


def section(view: View, name: str) -> Section:
    return next(section for section in view.sections if section.name == name)


def tables(view: View) -> list[TableView]:
    return [part for part in view.parts if isinstance(part, TableView)]


def test_from_what_it_costs_to_every_network(view: View):
    named = [getattr(part, "name", "") or getattr(part, "title", "") for part in view.parts]
    assert named == [
        "trade-off",
        "Cutoff",
        "scores",
        "signal",
        "summary",
        "pairs",
        "accuracy",
        "Take away",
    ]


def test_every_trace_and_reading_is_bound_to_what_a_run_says(view: View, result: Result):
    choices = stage_page(Stage("run", "", view, result, []))["choices"]
    assert choices == {"layer": "fc1"}
    held = {"series": result.series, "frame": result.frames, "table": result.tables}
    for part in view.sections:
        for panel in part.panels:
            assert panel.waiting
            bound = [
                *(trace["meta"] for trace in panel.figure["data"]),
                *(reading.bound for reading in panel.readings),
            ]
            for meta in bound:
                [(kind, name)] = [(kind, meta[kind]) for kind in held if kind in meta]
                assert name.format_map(choices) in held[kind]


def test_tables_show_columns_that_a_run_has(view: View, result: Result):
    for shown in tables(view):
        assert {column.name for column in shown.columns} <= set(result.tables[shown.name].columns)


def test_quartiles_of_the_speed_up_are_left_to_the_csv(view: View, result: Result):
    [shown] = [table for table in tables(view) if table.name == "accuracy"]
    hidden = set(result.tables["accuracy"].columns) - {column.name for column in shown.columns}
    assert hidden == {"speedup_measured_q1", "speedup_measured_q3"}


def test_layers_are_chosen_among_those_that_the_run_has_scored(view: View, result: Result):
    assert view.scrubber
    [chooser] = view.scrubber.choosers
    assert chooser.source
    table, column = chooser.source
    rows = result.tables[table]
    names = dict.fromkeys(row[rows.columns.index(column)] for row in rows.rows)
    assert list(names) == ["fc1", "fc2", "output"]


def test_a_cutoff_is_any_score_and_closer_together_where_scores_lie(view: View):
    assert view.scrubber
    places = view.scrubber.places
    steps = [after - before for before, after in pairwise(places)]
    assert (places[0], places[-1], len(places)) == (0, 1, 801)
    assert steps == pytest.approx([0.00025] * 400 + [0.001] * 200 + [0.0035] * 200)


def test_many_places_have_few_marks(view: View):
    page = stage_page(Stage("run", "", view, Result(), []))
    assert len(page["positions"]) == len(page["labels"]) == 801
    assert page["marks"] == [(0, "0"), (200, "0.05"), (400, "0.1"), (600, "0.3"), (800, "1")]


def test_a_page_starts_at_the_cutoff_that_the_run_has_come_to(view: View, result: Result):
    def start(shown: View, told: Result) -> float:
        page = stage_page(Stage("run", "", shown, told, []))
        return page["places"][page["positions"].index(page["start"])]

    table = result.tables["pairs"]
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    [cutoff] = [row["cutoff"] for row in rows if (row["variant"], row["seed"]) == ("mint", 0)]
    assert 0 <= start(view, result) - cutoff < 0.0035
    assert start(view, used_by(result, view)) == start(view, result)
    # Before it has, and where no variant goes by these scores.
    assert start(view, Result()) == start(view_with(percentages="70"), result) == 0.03


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        ({"groups": "4,6"}, ["by_groups"]),
        ({"samples_per_class": "10,8"}, ["by_samples"]),
        ({"groups": "4,6", "samples_per_class": "10,8"}, ["by_groups", "by_samples"]),
    ],
)
def test_other_groups_and_samples_have_tables_where_they_are_asked_for(
    view: View, settings: dict[str, str], more: list[str]
):
    before = [shown.name for shown in tables(view)]
    after = [shown.name for shown in tables(view_with(**settings))]
    assert after == [*before[:2], *more, *before[2:]]


def test_nothing_waits_for_samples_that_are_not_drawn(view: View):
    def drawn(view: View) -> dict[str, list[str]]:
        panels = section(view, "scores").panels
        return {panel.name: [trace["name"] for trace in panel.figure["data"]] for panel in panels}

    assert drawn(view) == {
        "map": ["", ""],
        "distribution": ["Scores", "Permuted samples"],
        "draws": [""],
    }
    assert "draws" not in drawn(view_with(second_draw=False))
    assert drawn(view_with(permuted=False))["distribution"] == ["Scores"]


@pytest.mark.parametrize("variants", ["mint", "chance,mint", ",".join(VARIANTS)])
def test_each_variant_has_one_toggle_that_all_its_traces_follow(variants: str):
    names = variants.split(",")
    drawn = section(view_with(variants=variants), "trade-off")
    assert [(key.group, key.title) for key in drawn.toggles] == [(n, VARIANTS[n]) for n in names]
    for panel in drawn.panels:
        groups = [trace.get("legendgroup") for trace in panel.figure["data"]]
        assert set(groups) - {None} == set(names)


def test_one_seed_has_no_band():
    def filled(view: View) -> int:
        traces = section(view, "trade-off").panels[0].figure["data"]
        return sum(trace.get("fill") == "tonexty" for trace in traces)

    assert filled(view_with(seeds="0")) == 0
    assert filled(view_with(seeds="0,1")) == len(CONFIG.variants)


@pytest.mark.parametrize(
    ("validation", "words"),
    [
        (0.1, ["on the validation images", "main result", "chosen on the test images"]),
        (0, ["on the test images", "its test accuracy is the best of several"]),
    ],
)
def test_what_is_taken_away_says_on_which_images_it_was_chosen(validation: float, words: list[str]):
    [part] = [p for p in view_with(validation=validation).parts if isinstance(p, Downloads)]
    assert all(each in part.description for each in words)


def marks_of(view: View, panel: str) -> list[tuple[float, float]]:
    """What is published, as one panel of the trade-off shows it."""
    [chart] = [each for each in section(view, "trade-off").panels if each.name == panel]
    return [
        (x, y)
        for trace in chart.figure["data"]
        if "published" in trace.get("legendgroup", "").split()
        for x, y in zip(trace["x"], trace["y"], strict=True)
    ]


@pytest.mark.parametrize(
    ("panel", "column"), [("accuracy", "best_epoch_accuracy"), ("size", "bytes_sparse")]
)
def test_what_was_published_is_marked_and_can_be_hidden(
    view: View, published: View, panel: str, column: str
):
    told = recipes["mint2020-mlp"].published
    assert told
    rows = [row for row in (*told.others, *told.rows) if column in row]
    expected = [(row["pruned_percent"] / 100, row[column]) for row in rows]
    assert expected
    assert sorted(marks_of(published, panel)) == sorted(expected)
    assert section(published, "trade-off").toggles[-1] == Toggle(
        "published", told.origin, "currentColor", "ring"
    )
    assert "published" in [shown.name for shown in tables(published)]
    assert marks_of(view, panel) == []
    assert "published" not in [shown.name for shown in tables(view)]


def test_curves_are_comparable_by_the_share_of_weights_that_is_gone():
    curves = comparable_of("mint", CONFIG).curves
    assert {axis.name for curve in curves for axis in curve.axes} == {"weights"}
    assert [curve.variant.name for curve in curves] == CONFIG.variants


def methods(**settings: object) -> str:
    said = face_of("mint").methods
    assert said
    return " ".join(said(MintConfig.model_validate(CONFIG.model_dump() | settings)).values())


def test_a_paper_can_say_what_was_done():
    said = methods(seeds="3,5,8")
    assert "[@ganesh2020], with 5 groups a layer and 12 training images of each class" in said
    assert "60 % of the weights" in said
    assert "repeated with three seeds (3, 5 and 8)" in said
    assert "One seed (3) was used." in methods(seeds="3")


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("mint", "chosen by the lowest scores."),
        (
            "mint_as_published",
            "chosen by the lowest of the scores that the published code computes.",
        ),
        ("chance", "By chance went as much of each layer as by the lowest scores."),
        ("magnitude", "By magnitude went as much of each layer as by the lowest scores."),
    ],
)
def test_a_paper_tells_the_variants_that_there_were_and_no_others(variant: str, words: str):
    assert words in methods(variants=variant)
    others = {"mint", "chance"} - {variant}
    assert not any(words in methods(variants=other) for other in others)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "No layer lost more than 95 % of its weights."),
        ({"layer_limits": "fc2=0.5"}, "more than 95 % of its weights (50 % for fc2)."),
        ({"percent_of": "scores"}, "was cut at that share of its own distinct scores."),
    ],
)
def test_a_paper_promises_no_more_of_limits_than_holds(settings: dict[str, str], words: str):
    assert words in methods(**settings)
    assert ("No layer lost more" in methods(**settings)) == ("percent_of" not in settings)
