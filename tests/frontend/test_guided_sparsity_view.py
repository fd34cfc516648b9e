"""The page of a run of guided sparsity: everything is bound to what one says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from frontend.figures.colours import variant_colour
from frontend.figures.panels import Panel, Section
from frontend.figures.tables import TableView
from frontend.figures.view import View
from frontend.sheets.base import Stage
from frontend.sheets.staging import stage_page
from frontend.views.base import comparable_of, face_of, looks_of, view_of
from pruning.context import Context
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import ARMS
from pruning.experiments.guided_sparsity.outputs import AGAINST

CONFIG = GuidedSparsityConfig.model_validate(
    {
        "steps": 4,
        "evaluate_every": 2,
        "training_images": 200,
        "test_images": 60,
        "lasso": "0.01,0.03",
        "levels": "0.001",
        "seeds": "0,1",
        "latency_batch": 8,
    }
)
PLAIN = {"lasso": "0.01"}


def config_with(**settings: object) -> GuidedSparsityConfig:
    return GuidedSparsityConfig.model_validate(CONFIG.model_dump() | settings)


def view_with(**settings: object) -> View:
    return view_of("guided_sparsity", config_with(**settings))


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("guided")
    context = Context(folder, scratch=folder, artifacts=folder / "files")
    return fold(execute(experiments["guided_sparsity"], CONFIG, context))


@pytest.fixture(scope="module")
def view() -> View:
    return view_with()


def section(view: View, name: str) -> Section:
    return next(section for section in view.sections if section.name == name)


def panel(view: View, of: str, name: str) -> Panel:
    return next(panel for panel in section(view, of).panels if panel.name == name)


def tables(view: View) -> list[TableView]:
    return [part for part in view.parts if isinstance(part, TableView)]


def names_in(value: Any, key: str) -> Iterator[str]:
    """What bindings name as series, frames and tables, however deep."""
    if isinstance(value, dict):
        yield from ([value[key]] if isinstance(value.get(key), str) else [])
        for each in value.values():
            yield from names_in(each, key)
    if isinstance(value, list):
        for each in value:
            yield from names_in(each, key)


def test_from_the_race_to_every_network(view: View):
    named = [getattr(part, "name", "") or getattr(part, "title", "") for part in view.parts]
    assert named == [
        "race",
        "trade-off",
        "ahead",
        "levels",
        "summary",
        "arms",
        "Step",
        "units",
        "energies",
        "alive",
        "layers",
        "Take away",
    ]


def test_every_trace_and_reading_is_bound_to_what_a_run_says(view: View, result: Result):
    choices = stage_page(Stage("run", "", view, result, []))["choices"]
    assert choices == {
        "measure": "weights",
        "axis": "weights",
        "of_group_lasso": "group_lasso 0.01",
        "of_group_lasso_variance": "group_lasso_variance 0.01 0.01",
        "layer": "fc1",
    }
    held: dict[str, Any] = {
        "series": result.series,
        "frame": result.frames,
        "table": result.tables,
    }
    for part in view.sections:
        for each in part.panels:
            assert each.waiting
            bound = [
                *(trace["meta"] for trace in each.figure["data"]),
                *({"series": reading.series} for reading in each.readings if reading.series),
            ]
            for meta in bound:
                found = [(kind, name) for kind in held for name in names_in(meta, kind)]
                assert found
                assert all(name.format_map(choices) in held[kind] for kind, name in found)


def test_whatever_is_chosen_names_series_and_frames_that_a_run_has(view: View, result: Result):
    names = {*result.series, *result.frames}
    for chooser in (chooser for chooser in view.choosers if chooser.options):
        asked = {
            name
            for part in view.sections
            for each in part.panels
            for trace in each.figure["data"]
            for kind in ("series", "frame")
            for name in names_in(trace["meta"], kind)
            if f"{{{chooser.name}}}" in name
        }
        options = [option for option in chooser.options if not option.startswith("term/")]
        assert asked
        assert {name.replace(f"{{{chooser.name}}}", o) for name in asked for o in options} <= names


def test_columns_that_are_drawn_or_shown_are_those_of_the_run(view: View, result: Result):
    for shown in tables(view):
        assert {column.name for column in shown.columns} <= set(result.tables[shown.name].columns)
    for part in view.sections:
        for each in part.panels:
            for trace in each.figure["data"]:
                if "table" not in trace["meta"]:
                    continue
                bind = trace["meta"]["bind"].values()
                drawn = {n for s in bind for n in (s if isinstance(s, list) else [s])}
                assert drawn <= set(result.tables[trace["meta"]["table"]].columns)


def test_the_slider_stands_where_networks_are_looked_at_and_begins_at_the_end(view: View):
    assert view.scrubber
    assert view.scrubber.places == CONFIG.moments == [0, 2, 4]
    assert view.scrubber.start == 4
    assert view.scrubber.labels[1] == "Step 2 of 4"


def test_coefficients_are_chosen_where_an_arm_has_several(view: View):
    def offered(view: View) -> list[list[str]]:
        assert view.scrubber
        return [list(chooser.options.values()) for chooser in view.scrubber.choosers]

    assert offered(view) == [
        ["0.01", "0.03"],
        ["0.01 + 0.01", "0.03 + 0.01"],
    ]
    assert offered(view_with(**PLAIN)) == []


@pytest.mark.parametrize("arms", ["none", "l1,none", "group_lasso_variance,l1", ",".join(ARMS)])
def test_each_arm_has_one_toggle_that_all_its_traces_follow(arms: str):
    names = arms.split(",")
    view = view_with(arms=arms)
    for drawn in (section(view, name) for name in ("race", "trade-off", "alive")):
        assert [(key.group, key.title) for key in drawn.toggles] == [(n, ARMS[n]) for n in names]
        for each in drawn.panels:
            assert {trace["legendgroup"] for trace in each.figure["data"]} == set(names)


@pytest.mark.parametrize("of", ["units", "energies"])
def test_arms_stand_beside_each_other_in_their_colours(view: View, of: str):
    variants = experiments["guided_sparsity"].facts(CONFIG).variants
    expected = [(each.name, variant_colour(each)) for each in variants]
    panels = section(view, of).panels
    assert [(p.name, p.colour) for p in panels] == expected
    assert len({colour for _, colour in expected}) == len(ARMS)
    # Where coefficients can be chosen, that tells them.
    titles = ["No penalty", "L1 0.0001", "Group lasso", "Group lasso + variance"]
    assert [p.title for p in panels] == titles


def test_entrants_of_an_arm_differ_in_strength_and_dashes(view: View):
    drawn = panel(view, "race", "accuracy").figure["data"]
    strong = {t["name"]: t["line"]["color"] for t in drawn if t["meta"].get("mean")}
    assert list(strong) == [each.title for each in CONFIG.entrants]
    weak, full = strong["Group lasso 0.01"], strong["Group lasso 0.03"]
    assert weak.rpartition(",")[0] == full.rpartition(",")[0]
    assert weak != full
    dashes = {t["name"]: t["line"]["dash"] for t in drawn if t["meta"].get("mean")}
    assert dashes["Group lasso 0.01"] == "dash"
    assert dashes["Group lasso 0.03"] == dashes["L1 0.0001"] == "solid"


@pytest.mark.parametrize(("seeds", "thin"), [("0", 0), ("0,1", 12), (range(50), 0)])
def test_seeds_are_drawn_as_thin_lines_while_they_can_be_told_apart(seeds: Any, thin: int):
    view = view_with(seeds=seeds if isinstance(seeds, str) else [*seeds])
    drawn = panel(view, "race", "accuracy").figure["data"]
    assert sum("seed" in trace["meta"]["labels"] for trace in drawn) == thin
    assert ("each seed" in section(view, "race").description) == bool(thin)


@pytest.mark.parametrize(
    ("settings", "terms"),
    [
        ({"arms": "none"}, []),
        ({"arms": "none,l1"}, ["term/l1"]),
        ({"arms": "group_lasso_variance"}, ["term/group_lasso", "term/group_variance"]),
        ({"arms": "group_lasso", "lasso_step": "proximal"}, ["term/group_lasso_proximal"]),
    ],
)
def test_penalties_that_the_loss_has_can_be_followed(settings: dict[str, str], terms: list[str]):
    view = view_with(**settings)
    [chooser] = section(view, "race").choosers
    assert [name for name in chooser.options if name.startswith("term/")] == terms
    drawn = panel(view, "race", "measure").figure["data"]
    only = {t["meta"]["only"]["measure"] for t in drawn if "only" in t["meta"]}
    assert only == set(terms)


def test_axes_are_known_whatever_is_chosen(view: View):
    [measures] = section(view, "race").choosers
    layout = panel(view, "race", "measure").figure["layout"]["meta"]
    assert set(layout["extent"]["y"]["of"]) == set(layout["by"]["measure"]) == set(measures.options)
    [axes] = section(view, "trade-off").choosers
    assert set(panel(view, "trade-off", "accuracy").figure["layout"]["meta"]["by"]["axis"]) == set(
        axes.options
    )


def test_what_sparsity_costs_is_drawn_against_what_was_declared(view: View):
    by = panel(view, "trade-off", "accuracy").figure["layout"]["meta"]["by"]["axis"]
    titles = {name: dress["xaxis.title.text"] for name, dress in by.items()}
    assert titles == {quantity.name: quantity.title for quantity in AGAINST}


def test_one_seed_has_no_band():
    def filled(view: View) -> int:
        traces = panel(view, "trade-off", "accuracy").figure["data"]
        return sum(trace.get("fill") == "tonexty" for trace in traces)

    assert filled(view_with(seeds="0")) == 0
    assert filled(view_with()) == len(ARMS)


def test_what_was_published_is_told_where_its_method_takes_part(view: View):
    said = section(view, "trade-off").description
    assert "Published, for CIFAR-10 and another network: group lasso + variance" in said
    assert "2.6 times less accuracy at the same sparsity (Torfi et al., Attention" in said
    assert "Torfi" not in section(view_with(arms="none,l1"), "trade-off").description


def test_nobody_ahead_is_told_in_words_of_people(view: View):
    [ahead] = [shown for shown in tables(view) if shown.name == "ahead"]
    verdict = next(column for column in ahead.columns if column.name == "verdict")
    assert verdict.titles == {**ARMS, "nobody": "none"}


def test_coefficients_are_told_in_one_column_behind_their_arm(view: View):
    shown = {table.name: [column.name for column in table.columns] for table in tables(view)}
    for name in ("arms", "summary", "levels"):
        assert shown[name][shown[name].index("arm") + 1] == "coefficients"
        assert not {"l1", "lasso", "variance"} & {*shown[name]}
    assert shown["ahead"][:4] == ["sparsity", "verdict", "first", "first_coefficients"]


def test_layers_are_those_at_the_sliders_step(view: View):
    [layers] = [shown for shown in tables(view) if shown.name == "layers"]
    assert (layers.places, layers.only_here) == (["step"], True)
    assert layers.latest_of == "entrant"


def test_curves_are_comparable_by_the_share_of_weights_that_is_zero():
    curves = comparable_of("guided_sparsity", CONFIG).curves
    assert {axis.name for curve in curves for axis in curve.axes} == {"weights"}
    assert [curve.variant.name for curve in curves] == CONFIG.arms
    assert all(curve.band for curve in curves)
    looks = looks_of("guided_sparsity", CONFIG, "arm")
    assert [look.colour for look in looks] == [variant_colour(each.variant) for each in curves]


def methods(**settings: object) -> str:
    said = face_of("guided_sparsity").methods
    assert said
    return " ".join(said(config_with(**settings)).values())


def test_a_paper_can_say_what_was_done():
    said = methods(steps=None, epochs=3, seeds="3,5,8", lasso="0.01,0.03")
    for part in (
        "The network was trained for three epochs with Adam",
        "From the same initial weights it was trained without a penalty; with 0.0001 times the "
        "sum of all |w| added to the loss; with 0.01 or 0.03 times the group lasso [@yuan2006; "
        "@wen2016] (the sum over all units of the L2 norm of their weights) added to the loss; "
        "and with 0.01 or 0.03 times the group lasso",
        "and 0.01 times the sum over all layers of 1 / variance of the units' squared norms "
        "[@torfi2018; @torfi2019] added to the loss.",
        "by its subgradient, as published",
        "Weights smaller than 0.001 were set to zero before each evaluation, every two steps",
        "the constants that their biases make were added to the biases",
        "the best accuracy on held-out images",
        "repeated with three seeds (3, 5 and 8)",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": 100}, "The network was trained for 100 steps with Adam"),
        ({"steps": 100, "epochs": 0}, "The network was trained for 100 steps with Adam"),
        ({"lasso_step": "proximal"}, "a proximal step behind each step of the optimizer [@parikh"),
        ({"threshold": 0}, "Weights of exactly zero counted as zeros"),
        ({"validation": 0}, "the best accuracy on test images"),
        ({"spared": "output,fc1"}, "The output layer and the layer fc1 had no penalty."),
        ({"weight_decay": 0.1}, "and with weight decay of 0.1."),
        ({"seeds": "7"}, "One seed (7) was used"),
        ({"arms": "l1"}, "It was trained with 0.0001 times the sum of all |w| added"),
    ],
)
def test_settings_are_told(settings: dict[str, object], words: str):
    assert words in methods(**settings)


def test_a_paper_tells_nothing_of_what_no_arm_has():
    said = methods(arms="none", spared="output")
    assert "lasso" not in said
    assert "had no penalty" not in said
