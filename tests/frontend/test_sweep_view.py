"""The page of a sweep: everything is bound to what a sweep says, and shows it."""

from __future__ import annotations

import base64
import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from frontend.figures.binding import choices_in, fill
from frontend.figures.colours import criterion_colour
from frontend.figures.texts import escaped
from frontend.figures.view import Downloads, Section, TableView, View
from frontend.sheets.staging import figures
from frontend.views.base import view_of
from frontend.views.sweep.arms import arms, toggles
from frontend.views.sweep.curves import curves
from frontend.views.sweep.errors import confusion, flips
from pruning.events import Array, Frame, Result, Table, fold
from pruning.experiments.sweep.config import SweepConfig
from pruning.recipes.base import Published, recipes
from tests.frontend.sweep_events import LAYERS, sweep_result

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
ARMS = ["weight/unit", "weight_shuffled/unit", "taylor/unit", "taylor_shuffled/unit"]


@pytest.fixture(scope="module")
def result() -> Result:
    return sweep_result(CONFIG)


@pytest.fixture(scope="module")
def view() -> View:
    return view_of("sweep", CONFIG)


@pytest.fixture(scope="module")
def choices(view: View, result: Result) -> dict[str, str]:
    return choices_in(view, result)


def figure(view: View, name: str) -> dict[str, Any]:
    return figures(view)[name]


def section(view: View, name: str) -> Section:
    return next(section for section in view.sections if section.name == name)


def trace(filled: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t for t in filled["data"] if t["name"] == name)


def pixels(source: str) -> np.ndarray:
    file = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(file)))


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


@pytest.mark.parametrize("at", [0.0, 0.8])
@pytest.mark.parametrize("axis", ["sparsity", "compression", "speedup_measured"])
@pytest.mark.parametrize("measure", ["accuracy", "loss"])
def test_every_figure_is_filled_and_taken_by_plotly(view, result, choices, at, axis, measure):
    chosen = {**choices, "axis": axis, "measure": measure}
    for part in view.sections:
        for panel in part.panels:
            filled = fill(panel.figure, result, at, chosen)
            go.Figure(filled)
            is_empty = part.name == "flips" and at == 0
            for each in filled["data"]:
                shown = each.get("source", each.get("z", each.get("y")))
                assert is_empty or len(shown) > 0, (part.name, panel.name, each["name"])


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


def test_toggles_take_criteria_granularities_and_controls_away():
    groups = [toggle.group for toggle in toggles(CONFIG)]
    assert groups == [
        "weight",
        "taylor",
        "granularity-unit",
        "granularity-weight",
        "control",
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


def test_curves_follow_measure_and_axis(view, result, choices):
    chosen = {**choices, "measure": "loss", "axis": "compression"}
    filled = fill(figure(view, "curves-test"), result, 0.8, chosen)
    line = trace(filled, "Taylor expansion, units")
    said = result.series["loss/taylor/unit/compression"]
    means = [i for i, name in enumerate(said.labels["statistic"]) if name == "mean"]
    assert line["x"] == [said.x[i] for i in means]
    assert line["y"] == [said.y[i] for i in means]
    assert filled["layout"]["xaxis"]["type"] == "log"
    assert filled["layout"]["yaxis"]["title"]["text"] == "test loss"
    assert filled["layout"]["shapes"][0]["visible"] is False


def test_a_logarithmic_axis_holds_every_ratio(view, result, choices):
    chosen = {**choices, "axis": "speedup_theoretical"}
    low, high = fill(figure(view, "curves-test"), result, 0.8, chosen)["layout"]["xaxis"]["range"]
    place = result.tables["summary"].columns.index("speedup_theoretical")
    largest = max(row[place] for row in result.tables["summary"].rows)
    assert low < 0
    assert high > np.log10(largest)


def test_the_dense_level_reaches_over_every_axis(view, result, choices):
    for axis in ("sparsity", "compression"):
        filled = fill(figure(view, "curves-test"), result, 0.8, {**choices, "axis": axis})
        dense = trace(filled, "Dense")
        assert dense["x"][0] == 0
        assert dense["x"][-1] > 1000
        assert set(dense["y"]) == {0.975}


def test_published_points_stand_where_they_belong_and_only_there(result, choices):
    rows = [
        {"granularity": name, "sparsity": 0.5, "test_accuracy": accuracy}
        for name, accuracy in (("unit", 0.72), ("weight", 0.98))
    ]
    published = Published(table="summary", source="s", what="w", key=["granularity"], rows=rows)
    drawn = curves(CONFIG, published)
    chart = drawn.panels[0].figure
    names = [t for t in chart["data"] if "published" in t.get("legendgroup", "").split()]
    assert [(t["x"], t["y"]) for t in names] == [([0.5], [0.72]), ([0.5], [0.98])]
    assert "published" in [toggle.group for toggle in drawn.toggles]
    assert chart["layout"]["meta"]["extent"]["y"]["of"]["accuracy"]["least"][0] == 0.7
    for axis, visible in (("sparsity", True), ("compression", False)):
        filled = fill(chart, result, 0.8, {**choices, "axis": axis})
        marks = [t for t in filled["data"] if "published" in t.get("legendgroup", "")]
        assert [t.get("visible", True) for t in marks] == [visible, visible]


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


def test_what_classes_are_called_is_no_markup(result, choices, monkeypatch):
    """In a share or a file, a class called like this would be a link."""
    names = ('<a href="https:evil.example">cat', *"123456789")
    said = '&lt;a href="https:evil.example"&gt;cat'
    known = {CONFIG.dataset: SimpleNamespace(classes=names)}
    monkeypatch.setattr("frontend.views.sweep.errors.image_datasets", known)
    made = View(parts=[confusion(CONFIG), flips(CONFIG)])
    for name in ("confusion-before", "confusion-after"):
        (matrix,) = fill(figure(made, name), result, 0.8, choices)["data"]
        assert matrix["x"] == matrix["y"] == [said, *"123456789"]
    captions = fill(figure(made, "flips-images"), result, 0.8, choices)["data"][1]
    for texts in (captions["text"], captions["hovertext"]):
        assert "<" not in "".join(texts)
        assert any(said in text for text in texts)


def test_nothing_dominates_a_network_on_the_front(view, result, choices):
    filled = fill(figure(view, "pareto-latency"), result, 0.8, choices)
    front = trace(filled, "Pareto front")
    assert list(front["x"]) == sorted(front["x"])
    assert list(front["y"]) == sorted(front["y"])
    table = result.tables["summary"]
    cost, gain = (table.columns.index(name) for name in ("latency_ms", "test_accuracy"))
    points = [(row[cost], row[gain]) for row in table.rows]
    free = [
        (x, y)
        for x, y in points
        if not any((a <= x and b >= y) and (a, b) != (x, y) for a, b in points)
    ]
    assert sorted(set(free)) == list(zip(front["x"], front["y"], strict=True))


def test_what_layers_lost_is_that_of_the_arm_at_the_place(view, result, choices):
    chosen = {**choices, "arm": "taylor/unit"}
    [bars] = fill(figure(view, "layers-removed"), result, 0.9, chosen)["data"]
    # Between two places the one before holds, as with frames.
    rows = [
        dict(zip(result.tables["layers"].columns, row, strict=True))
        for row in result.tables["layers"].rows
    ]
    here = [r for r in rows if (r["criterion"], r["granularity"]) == ("taylor", "unit")]
    wanted = {escaped(r["layer"]): r["removed"] for r in here if r["sparsity"] == 0.8}
    assert dict(zip(bars["x"], bars["y"], strict=True)) == wanted
    assert list(bars["x"]) == ["hidden_1", "hidden &lt;b&gt;2&lt;/b&gt;", "output"]


def test_layers_to_choose_come_from_the_result(view, result, choices):
    assert view.choices["layer"] == ""
    assert choices["layer"] == "hidden_1"


@pytest.mark.parametrize("layer", list(LAYERS))
def test_the_axes_of_histograms_stay_while_the_slider_moves(view, result, choices, layer):
    chosen = {**choices, "layer": layer}
    ranges = set()
    for at in view.scrubber.places:
        layout = fill(figure(view, "histogram-weights"), result, at, chosen)["layout"]
        ranges.add(str([layout[axis]["range"] for axis in ("xaxis", "yaxis")]))
    assert len(ranges) == 1


def test_behind_a_histogram_stands_that_of_the_dense_network(view, result, choices):
    dense, here = fill(figure(view, "histogram-units"), result, 0.8, choices)["data"]
    frames = {frame.at: frame for frame in result.frames["units/weight/unit/hidden_1"]}
    assert np.array_equal(dense["y"], frames[0].arrays["y"].numpy())
    assert np.array_equal(here["y"], frames[0.8].arrays["y"].numpy())


def test_filters_are_drawn_pixel_by_pixel(view, result, choices):
    for name, at in (("dense", 0), ("pruned", 0.8)):
        filled = fill(figure(view, f"filters-{name}"), result, 0.8, choices)
        [frame] = [f for f in result.frames["filters/weight/unit"] if f.at == at]
        image = frame.arrays["image"].numpy()
        drawn = pixels(filled["data"][0]["source"])
        assert np.array_equal(drawn[..., :3], image)
        assert (drawn[..., 3] == 255).all()
        height, width = image.shape[:2]
        assert filled["layout"]["xaxis"]["range"] == [-0.5, width - 0.5]
        assert filled["layout"]["yaxis"]["range"] == [height - 0.5, -0.5]


def test_confusion_is_coloured_by_shares_and_says_counts(view, result, choices):
    before, after = (
        fill(figure(view, f"confusion-{name}"), result, 0.8, choices)["data"][0]
        for name in ("before", "after")
    )
    for drawn, at in ((before, 0), (after, 0.8)):
        [frame] = [f for f in result.frames["confusion/weight/unit"] if f.at == at]
        counts = frame.arrays["counts"].numpy()
        assert np.allclose(drawn["z"].sum(axis=1), 1)
        assert np.array_equal(drawn["customdata"], counts)
        assert (drawn["text"] == "").sum() == (counts == 0).sum()


def test_an_image_that_flips_says_what_it_is_taken_for(view, result, choices):
    picture, captions = fill(figure(view, "flips-images"), result, 0.8, choices)["data"]
    drawn = pixels(picture["source"])
    [frame] = [f for f in result.frames["flips/weight/unit"] if f.at == 0.8]
    true, after = (frame.arrays[name].numpy() for name in ("true", "after"))
    assert len(true) == 21
    assert list(captions["text"]) == [f"{t} → {a}" for t, a in zip(true, after, strict=True)]
    assert captions["hovertext"][0] == f"{true[0]} → {after[0]}"
    side = drawn.shape[1] / 6
    assert np.allclose(captions["x"][:7], [(i % 6 + 0.5) * side - 0.5 for i in range(7)])
    assert captions["y"][-1] == drawn.shape[0] - 0.5
    # Three of the last row's six tiles are taken.
    assert drawn[-1, : int(2.9 * side), 3].min() == 255
    assert drawn[-1, int(3.1 * side) :, 3].max() == 0


def test_where_nothing_flips_nothing_is_drawn(view, choices):
    arrays = {name: Array.of([], "i2") for name in ("true", "before", "after")}
    arrays["image"] = Array.of(np.zeros((0, 0, 3)), "u1")
    result = fold([Frame(name="flips/weight/unit", at=0, arrays=arrays)])
    filled = fill(figure(view, "flips-images"), result, 0, choices)
    assert "source" not in filled["data"][0]
    assert "range" not in filled["layout"]["xaxis"]


def test_thin_curves_are_of_the_seeds_and_the_strong_one_of_their_mean(view, result, choices):
    drawn = fill(figure(view, "training-loss"), result, 0, choices)["data"]
    of_training = [t for t in drawn if t["meta"]["labels"]["set"] == "train"]
    *thin, mean = of_training
    assert [t["meta"]["labels"]["seed"] for t in thin] == [0, 1]
    assert np.allclose(mean["y"], np.mean([t["y"] for t in thin], axis=0))


def test_a_single_seed_has_one_curve():
    view = view_of("sweep", CONFIG.model_copy(update={"seeds": [3]}))
    assert len(figure(view, "training-loss")["data"]) == 2


def test_recovery_is_drawn_for_every_sparsity_that_removes_something(view, result, choices):
    lines = fill(figure(view, "retraining-accuracy"), result, 0, choices)["data"]
    assert [line["name"] for line in lines] == [f"{n} % removed" for n in (50, 80, 95)]
    assert len({line["line"]["color"] for line in lines}) == 3
    assert all(line["x"] == [1, 2] for line in lines)


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


def test_what_is_missing_in_a_table_leaves_a_gap():
    columns = ["criterion", "granularity", "sparsity", "latency_ms", "test_accuracy"]
    rows = [["weight", "unit", 0.0, None, 0.9], ["weight", "unit", 0.5, 1.5, 0.8]]
    result = fold([Table(name="summary", columns=columns, key=columns[:3], rows=rows)])
    view = view_of("sweep", CONFIG)
    filled = fill(figure(view, "pareto-latency"), result, 0, view.choices)
    points = trace(filled, "Weight magnitude, units")
    assert np.isnan(points["x"][0])
    assert list(trace(filled, "Pareto front")["x"]) == [1.5]
