"""What fills the figures of a sweep: the browser binds what the result holds."""

from __future__ import annotations

import base64
import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from frontend.figures.marks import UNTOLD
from frontend.figures.texts import escaped
from frontend.figures.view import View
from frontend.views.base import view_of
from frontend.views.sweep.curves import curves
from frontend.views.sweep.errors import confusion, flips
from pruning.events import Array, Frame, Result, Table, fold
from pruning.recipes.base import Published
from tests.frontend.sweep_events import LAYERS, spread, sweep_result, without_quartiles
from tests.frontend.test_sweep_view import CONFIG, figure


@pytest.fixture(scope="module")
def result() -> Result:
    return sweep_result(CONFIG)


@pytest.fixture(scope="module")
def view() -> View:
    return view_of("sweep", CONFIG)


@pytest.fixture(scope="module")
def choices(view: View) -> dict[str, str]:
    return {**view.choices, "layer": "hidden_1"}


def trace(filled: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t for t in filled["data"] if t["name"] == name)


def pixels(source: str) -> np.ndarray:
    file = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(file)))


@pytest.mark.parametrize("at", [0.0, 0.8])
@pytest.mark.parametrize("axis", ["sparsity", "compression", "speedup_measured"])
@pytest.mark.parametrize("measure", ["accuracy", "loss"])
def test_every_figure_is_filled_and_taken_by_plotly(fill, view, result, choices, at, axis, measure):
    chosen = {**choices, "axis": axis, "measure": measure}
    for part in view.sections:
        for panel in part.panels:
            filled = fill(panel.figure, result, at, chosen)
            go.Figure(filled)
            is_empty = part.name == "flips" and at == 0
            for each in filled["data"]:
                shown = each.get("source", each.get("z", each.get("y")))
                may_be_empty = is_empty or each["name"] == UNTOLD
                assert may_be_empty or len(shown) > 0, (part.name, panel.name, each["name"])


def test_curves_follow_measure_and_axis(fill, view, result, choices):
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


def test_measured_speed_ups_have_the_quartiles_as_whiskers(fill, view, result, choices):
    chosen = {**choices, "axis": "speedup_measured"}
    filled = fill(figure(view, "curves-test"), result, 0.8, chosen)
    line = trace(filled, "Taylor expansion, units")
    bars = line["error_x"]
    # The dense network has none.
    assert line["x"][0] == 1
    assert bars["array"][0] is bars["arrayminus"][0] is None
    assert line["customdata"][0] == ""
    for x, above, below in zip(line["x"], bars["array"], bars["arrayminus"], strict=True):
        if x > 1:
            assert [x - below, x + above] == pytest.approx(spread(x))
    assert line["customdata"][1] == "<br>1.32× (1.25× to 1.45×)"
    low, high = (10**edge for edge in filled["layout"]["xaxis"]["range"])
    assert low < 0.95
    assert high > max(line["x"]) * 1.1


def test_a_speed_up_that_cannot_be_told_from_1_is_ringed(fill, view, result, choices):
    for axis in ("speedup_measured", "speedup_theoretical", "sparsity"):
        filled = fill(figure(view, "curves-test"), result, 0.8, {**choices, "axis": axis})
        go.Figure(filled)
        rings = {t["legendgroup"]: t for t in filled["data"] if t["name"] == UNTOLD}
        # Zeros in place make nothing faster: three sparsities, each 1 (0.95 to 1.1).
        zeros = rings["weight granularity-weight"]
        assert zeros["x"] == ([1, 1, 1] if axis == "speedup_measured" else [])
        assert rings["weight granularity-unit"]["x"] == []
    line = trace(
        fill(figure(view, "curves-test"), result, 0, {**choices, "axis": "speedup_measured"}),
        "Weight magnitude, weights",
    )
    told = "<br>1.00× (0.95× to 1.10×): cannot be told from 1"
    assert sorted(line["customdata"]) == ["", told, told, told]


def test_results_from_before_there_were_quartiles_are_drawn_without(fill, view, result, choices):
    old = without_quartiles(result)
    chosen = {**choices, "axis": "speedup_measured"}
    before, after = (fill(figure(view, "curves-test"), each, 0.8, chosen) for each in (old, result))
    for one, other in zip(before["data"], after["data"], strict=True):
        if one["name"] == UNTOLD:
            assert one["x"] == []
            continue
        assert (one["x"], one["y"]) == (other["x"], other["y"])
        assert not any(one.get("error_x", {}).get("array", []))
        assert not any(one.get("customdata", []))


def test_a_logarithmic_axis_holds_every_ratio(fill, view, result, choices):
    chosen = {**choices, "axis": "speedup_theoretical"}
    low, high = fill(figure(view, "curves-test"), result, 0.8, chosen)["layout"]["xaxis"]["range"]
    place = result.tables["summary"].columns.index("speedup_theoretical")
    largest = max(row[place] for row in result.tables["summary"].rows)
    assert low < 0
    assert high > np.log10(largest)


def test_the_dense_level_reaches_over_every_axis(fill, view, result, choices):
    for axis in ("sparsity", "compression"):
        filled = fill(figure(view, "curves-test"), result, 0.8, {**choices, "axis": axis})
        dense = trace(filled, "Dense")
        assert dense["x"][0] == 0
        assert dense["x"][-1] > 1000
        assert set(dense["y"]) == {0.975}


def test_published_points_stand_where_they_belong_and_only_there(fill, result, choices):
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


def test_what_classes_are_called_is_no_markup(fill, result, choices, monkeypatch):
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


def test_nothing_dominates_a_network_on_the_front(fill, view, result, choices):
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


def test_latencies_have_whiskers_where_they_were_repeated(fill, view, result, choices):
    filled = fill(figure(view, "pareto-latency"), result, 0.8, choices)
    networks = trace(filled, "Taylor expansion, units")
    bars = networks["error_x"]
    # The dense network is what the others are measured by.
    assert bars["array"][0] is bars["arrayminus"][0] is None
    for x, above, below in zip(networks["x"], bars["array"], bars["arrayminus"], strict=True):
        if above is not None:
            slow, fast = (2.4 / ratio for ratio in spread(2.4 / x))
            assert [x - below, x + above] == pytest.approx([fast, slow])


def test_what_layers_lost_is_that_of_the_arm_at_the_place(fill, view, result, choices):
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


@pytest.mark.parametrize("layer", list(LAYERS))
def test_the_axes_of_histograms_stay_while_the_slider_moves(fill, view, result, choices, layer):
    chosen = {**choices, "layer": layer}
    ranges = set()
    for at in view.scrubber.places:
        layout = fill(figure(view, "histogram-weights"), result, at, chosen)["layout"]
        ranges.add(str([layout[axis]["range"] for axis in ("xaxis", "yaxis")]))
    assert len(ranges) == 1


def test_behind_a_histogram_stands_that_of_the_dense_network(fill, view, result, choices):
    dense, here = fill(figure(view, "histogram-units"), result, 0.8, choices)["data"]
    frames = {frame.at: frame for frame in result.frames["units/weight/unit/hidden_1"]}
    assert np.array_equal(dense["y"], frames[0].arrays["y"].numpy())
    assert np.array_equal(here["y"], frames[0.8].arrays["y"].numpy())


def test_filters_are_drawn_pixel_by_pixel(fill, view, result, choices):
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


def test_confusion_is_coloured_by_shares_and_says_counts(fill, view, result, choices):
    before, after = (
        fill(figure(view, f"confusion-{name}"), result, 0.8, choices)["data"][0]
        for name in ("before", "after")
    )
    for drawn, at in ((before, 0), (after, 0.8)):
        [frame] = [f for f in result.frames["confusion/weight/unit"] if f.at == at]
        counts = frame.arrays["counts"].numpy()
        assert np.allclose(np.sum(drawn["z"], axis=1), 1)
        assert np.array_equal(drawn["customdata"], counts)
        assert sum(row.count("") for row in drawn["text"]) == (counts == 0).sum()


def test_an_image_that_flips_says_what_it_is_taken_for(fill, view, result, choices):
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


def test_where_nothing_flips_nothing_is_drawn(fill, view, choices):
    arrays = {name: Array.of([], "i2") for name in ("true", "before", "after")}
    arrays["image"] = Array.of(np.zeros((0, 0, 3)), "u1")
    result = fold([Frame(name="flips/weight/unit", at=0, arrays=arrays)])
    filled = fill(figure(view, "flips-images"), result, 0, choices)
    assert "source" not in filled["data"][0]
    assert "range" not in filled["layout"]["xaxis"]


def test_thin_curves_are_of_the_seeds_and_the_strong_one_of_their_mean(fill, view, result, choices):
    drawn = fill(figure(view, "training-loss"), result, 0, choices)["data"]
    of_training = [t for t in drawn if t["meta"]["labels"]["set"] == "train"]
    *thin, mean = of_training
    assert [t["meta"]["labels"]["seed"] for t in thin] == [0, 1]
    assert np.allclose(mean["y"], np.mean([t["y"] for t in thin], axis=0))


def test_recovery_is_drawn_for_every_sparsity_that_removes_something(fill, view, result, choices):
    lines = fill(figure(view, "retraining-accuracy"), result, 0, choices)["data"]
    assert [line["name"] for line in lines] == [f"{n} % removed" for n in (50, 80, 95)]
    assert len({line["line"]["color"] for line in lines}) == 3
    assert all(line["x"] == [1, 2] for line in lines)


def test_what_is_missing_in_a_table_leaves_a_gap(fill):
    columns = ["criterion", "granularity", "sparsity", "latency_ms", "test_accuracy"]
    rows = [["weight", "unit", 0.0, None, 0.9], ["weight", "unit", 0.5, 1.5, 0.8]]
    result = fold([Table(name="summary", columns=columns, key=columns[:3], rows=rows)])
    view = view_of("sweep", CONFIG)
    filled = fill(figure(view, "pareto-latency"), result, 0, view.choices)
    points = trace(filled, "Weight magnitude, units")
    assert points["x"] == [None, 1.5]
    assert list(trace(filled, "Pareto front")["x"]) == [1.5]
