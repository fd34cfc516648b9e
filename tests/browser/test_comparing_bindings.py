"""What fills the figures of a comparison: the browser binds what the results hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from frontend.figures.marks import UNTOLD, WHISKERS
from frontend.figures.view import View
from pruning.events import Result
from pruning.experiments.input_selection.config import InputSelectionConfig
from tests.frontend.selection_events import mask_of
from tests.frontend.test_comparing import (
    THIRD,
    compared,
    section,
    selection_voice,
    sweep_voice,
    voice,
)


def curves(fill: Any, view: View, result: Result, **choices: str) -> list[dict[str, Any]]:
    """The curves that are to be seen, without bands, rings and those that hold nothing."""
    drawn = shown(fill, view, result, **choices)
    return [t for t in drawn if t["name"] and t["name"] != UNTOLD]


def shown(fill: Any, view: View, result: Result, **choices: str) -> list[dict[str, Any]]:
    """All traces that are to be seen and hold something."""
    (panel,) = section(view, "curves").panels
    filled = fill(panel.figure, result, THIRD, {**view.choices, **choices})
    go.Figure(filled)
    return [t for t in filled["data"] if t.get("visible", True) and t["x"]]


def test_two_toy_runs_share_axes_on_both_sets(fill):
    view, result = compared(voice("a"), voice("b", reference_samples=5))
    assert [c.name for c in section(view, "curves").choosers] == ["measure"]
    for measure, factor in (("accuracy", 0.5), ("training", 1.0)):
        drawn = curves(fill, view, result, measure=measure)
        assert len(drawn) == 4
        assert all(t["y"] == [factor * (1 - x / 2) for x in t["x"]] for t in drawn)


@pytest.mark.parametrize("axis", ["units", "compression", "speedup_measured"])
@pytest.mark.parametrize("measure", ["accuracy", "loss"])
def test_a_choice_of_axes_shows_the_curves_that_reach_them(fill, axis, measure):
    view, result = compared(sweep_voice("a", "unit"), sweep_voice("b", "unit", "weight"))
    drawn = curves(fill, view, result, axis=axis, measure=measure)
    # Single weights are no share of units, but they have a compression.
    assert len(drawn) == (4 if axis == "units" else 6)
    series = result.series[f"b/{measure}/random/unit/{'sparsity' if axis == 'units' else axis}"]
    means = [
        y for y, kind in zip(series.y, series.labels["statistic"], strict=True) if kind == "mean"
    ]
    assert sorted(means) in [sorted(t["y"]) for t in drawn]


def test_measured_speed_ups_of_several_runs_have_whiskers_and_rings(fill):
    view, result = compared(sweep_voice("a", "unit"), sweep_voice("b", "unit", "weight"))
    assert WHISKERS in section(view, "curves").description
    drawn = shown(fill, view, result, axis="speedup_measured")
    by_series = {t["meta"]["series"]: t for t in drawn if "whiskers" in t["meta"]}
    line = by_series["a/{measure}/weight/unit/{axis}"]
    assert np.allclose(line["error_x"]["array"][1:], 0.1 * np.array(line["x"][1:]))
    rings = {t["meta"]["series"]: t for t in drawn if t["name"] == UNTOLD}
    # Zeros in place make nothing faster.
    assert set(rings) == {f"b/{{measure}}/{name}/weight/{{axis}}" for name in ("weight", "random")}
    view, _ = compared(voice("a"), sweep_voice("b", "unit"))
    assert WHISKERS not in section(view, "curves").description


def test_a_toy_run_and_a_sweep_share_accuracy_against_the_share_of_units(fill):
    view, result = compared(voice("a"), sweep_voice("b", "unit", "weight"))
    (chart,) = section(view, "curves").panels
    assert chart.title == "Accuracy on the test set against share of units removed"
    assert not section(view, "curves").choosers
    assert {t["meta"]["series"] for t in curves(fill, view, result)} == {
        *("a/accuracy/weight", "a/accuracy/lrp"),
        *("b/accuracy/weight/unit/sparsity", "b/accuracy/random/unit/sparsity"),
    }


@pytest.mark.parametrize(
    ("by", "colours", "lines"), [("variant", 2, 2), ("run", 2, 2), ("dataset", 2, 2)]
)
def test_colour_stands_for_one_thing_and_dashes_for_the_rest(fill, by, colours, lines):
    view, result = compared(voice("a", dataset="moon"), voice("b", dataset="circle"), by=by)
    drawn = curves(fill, view, result)
    assert len({t["line"]["color"] for t in drawn}) == colours
    assert len({t["line"]["dash"] for t in drawn}) == lines
    styles = {(t["line"]["color"], t["line"]["dash"]) for t in drawn}
    assert len(styles) == len({t["name"] for t in drawn}) == 4
    toggles = section(view, "curves").toggles
    assert {t["legendgroup"] for t in drawn} == {toggle.group for toggle in toggles}
    assert len(section(view, "curves").keys) == lines


@pytest.mark.parametrize("by", ["variant", "dataset", "run"])
def test_no_two_of_twenty_runs_look_the_same(fill, by):
    voices = [voice(f"r{i}", reference_seed=i, criteria=["lrp"]) for i in range(20)]
    view, result = compared(*voices, by=by)
    drawn = curves(fill, view, result)
    styles = {(t["line"]["color"], t["line"]["dash"], t["marker"]["symbol"]) for t in drawn}
    assert len(styles) == len(drawn) == 20


def test_boundaries_stand_side_by_side_along_the_union_of_places(fill, read):
    view, result = compared(voice("a"), voice("b", sparsities=[0.2, 0.5], reference_seed=1))
    assert view.scrubber.places == [0, 0.2, THIRD, 0.5, 0.95]
    rows = section(view, "boundary").rows
    assert [len(row.panels) for row in rows] == [2, 2]
    panel = rows[1].panels[1]
    region = fill(panel.figure, result, THIRD, view.choices)["data"][0]
    frame = next(f for f in result.frames["b/boundary/lrp"] if f.at == THIRD)
    assert np.array_equal(region["customdata"], frame.arrays["class"].numpy())
    assert read(panel.readings[0], result, 0) == "50.0 %"


def test_the_difference_map_shows_where_two_boundaries_disagree(fill, read):
    view, result = compared(voice("a"), voice("b", reference_seed=1))
    difference = section(view, "difference1")
    pair = {"left1": "a/boundary/weight", "right1": "b/boundary/unpruned"}
    assert all(pair[c.name] in c.options for c in difference.choosers)
    choices = {**view.choices, **pair}
    (picture,) = fill(difference.panels[-1].figure, result, THIRD, choices)["data"]
    one, other = (
        max((f for f in result.frames[name] if f.at <= THIRD), key=lambda f: f.at)
        .arrays["class"]
        .numpy()
        for name in pair.values()
    )
    assert np.array_equal(picture["z"], one != other)
    assert [read(panel.readings[0], result, THIRD, choices) for panel in difference.panels] == [
        "Weight magnitude · Reference seed 0",
        "Unpruned · Reference seed 1",
        f"{100 * (one != other).mean():.1f} % of the area differs",
    ]


def test_arrays_of_different_shapes_do_not_differ_anywhere(evaluator):
    evaluate, source = evaluator.evaluate, {"differs": ["one", "other"]}
    small, large = {"values": [0] * 4, "shape": [2, 2]}, {"values": [0] * 9, "shape": [3, 3]}
    assert evaluate(source, {"one": small, "other": large}) is None
    assert evaluate(source, {"one": small}) is None
    several = {"values": [*range(8)], "shape": [8]}
    none = {"values": [0] * 8, "shape": [8]}
    assert evaluate({**source, "said": "x"}, {"one": several, "other": none}) == ["87.5 % x"]


def shown_difference(fill: Any, read: Any, *voices: Any) -> tuple[np.ndarray, list[str]]:
    """The map between the first mask of the first run and that of the second, and its legend."""
    view, result = compared(*voices)
    difference = section(view, "picture-difference1-1")
    one, other = difference.choosers
    choices = {**view.choices, one.name: "a/mask/static", other.name: "b/mask/static"}
    filled = fill(difference.panels[-1].figure, result, 2, choices)
    go.Figure(filled)
    told = [read(r, result, 2, choices) for key in difference.keys for r in key.readings]
    named = [t["name"] for t in filled["data"][1:] if t.get("visible", True)]
    assert named == [f"more sent by {told[0]}", f"more sent by {told[2]}"]
    return np.array(filled["data"][0]["z"]), told


def test_the_difference_of_two_masks_is_what_the_first_sends_more(fill, read):
    one = selection_voice("a", title="A", epochs=2)
    other = selection_voice("b", title="B", epochs=3, kinds=["static"])
    drawn, told = shown_difference(fill, read, one, other)
    masks = [
        mask_of(InputSelectionConfig.model_validate(each.run.config), "static", 2) / 255
        for each in (one, other)
    ]
    assert np.array_equal(drawn, masks[0] - masks[1])
    assert told == [
        "Static mask · A",
        f"{100 * (drawn > 0).mean():.1f} % of the picture",
        "Static mask · B",
        f"{100 * (drawn < 0).mean():.1f} % of the picture",
    ]


def test_coloured_masks_differ_by_the_mean_over_their_colours(fill, read):
    one = selection_voice("a", dataset="cifar10", kinds=["static"])
    other = selection_voice("b", dataset="cifar10", kinds=["static"], granularity="pixel")
    drawn, told = shown_difference(fill, read, one, other)
    coloured, grey = (
        mask_of(InputSelectionConfig.model_validate(each.run.config), "static", 2) / 255
        for each in (one, other)
    )
    by = coloured - grey[:, :, None]
    assert np.allclose(drawn, by.mean(2))
    assert told[1] == f"{100 * by.clip(0).mean():.1f} % of the picture"
    assert told[3] == f"{100 * (-by).clip(0).mean():.1f} % of the picture"


def test_pictures_of_different_sizes_have_no_difference(evaluator):
    small, large = {"values": [0] * 4, "shape": [2, 2]}, {"values": [0] * 6, "shape": [2, 3]}
    arrays = {"one": small, "other": large}
    assert evaluator.evaluate({"lighter": ["one", "other"]}, arrays) is None
    assert evaluator.evaluate({"lighter": ["one", "other"], "said": "x"}, arrays) is None
