"""What fills the figures of guided sparsity: rows of units by layers, at a step, of an entrant."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from frontend.figures.panels import Panel
from frontend.figures.view import View
from frontend.views.base import view_of
from pruning.events import Array, Event, Frame, Result, fold
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.outputs import ALONG, LAYERS

CONFIG = GuidedSparsityConfig.model_validate(
    {"steps": 100, "evaluate_every": 50, "seeds": "3", "arms": "none,group_lasso"}
)
WIDTHS = {"stem": 5, "output": 3}
LIVELY = {"stem": {0: 5, 50: 3, 100: 2}, "output": {0: 3, 50: 3, 100: 1}}
EARLY = [(0, 0.1), (1, 0.95)]
STRONG = CONFIG.entrants[-1]


def energies(step: int) -> np.ndarray:
    found = np.full((2, 5), np.nan, np.float32)
    for row, width in zip(found, WIDTHS.values(), strict=True):
        row[:width] = -step / 50 - np.arange(width)
    return found


def dead(step: int) -> np.ndarray:
    found = np.full((2, 5), np.nan, np.float32)
    for row, (name, width) in zip(found, WIDTHS.items(), strict=True):
        row[LIVELY[name][step] : width] = 1
    return found


def moment(entrant: str, step: int) -> list[Event]:
    counts = {f"counts of {name}": np.array([width, 0]) for name, width in WIDTHS.items()}
    arrays = {
        **{"energy": energies(step), "dead": dead(step), "edges": np.array([-8.0, 0.0])},
        **(counts if step == 0 else {name: each[::-1] for name, each in counts.items()}),
    }
    held = {n: Array.of(a, "i4" if "counts" in n else "f4") for n, a in arrays.items()}
    rows = (
        {
            "entrant": entrant,
            "step": step,
            "layer": name,
            "units": width,
            "alive": LIVELY[name][step],
            "share": LIVELY[name][step] / width,
            "zeros": 0.5,
        }
        for name, width in WIDTHS.items()
    )
    accuracy = 0.1 if step == 0 else 0.93 + step / 10_000
    return [
        Frame(name=f"units/{entrant}", at=step, arrays=held),
        LAYERS.rows(rows),
        ALONG["accuracy"].point(step, accuracy, {"entrant": entrant}, seed=3),
        ALONG["weights"].point(step, step / 200, {"entrant": entrant}, seed=3),
    ]


@pytest.fixture(scope="module")
def result() -> Result:
    steps = {entrant.name: CONFIG.moments for entrant in CONFIG.entrants}
    # The last is not as far as the others.
    steps[STRONG.name] = [0, 50]
    return fold(e for name, at in steps.items() for step in at for e in moment(name, step))


@pytest.fixture(scope="module")
def view() -> View:
    return view_of("guided_sparsity", CONFIG)


@pytest.fixture(scope="module")
def choices(view: View) -> dict[str, str]:
    return {**view.choices, "layer": "output"}


def panel(view: View, of: str, name: str) -> Panel:
    found = next(part for part in view.sections if part.name == of)
    return next(panel for panel in found.panels if panel.name == name)


def numbers(values: Any) -> np.ndarray:
    return np.array(values, dtype=float)


@pytest.mark.parametrize("at", CONFIG.moments)
def test_every_unit_is_either_alive_with_its_energy_or_dead(fill, view, result, choices, at):
    filled = fill(panel(view, "units", "none").figure, result, at, choices)
    go.Figure(filled)
    alive, gone, _ = filled["data"]
    expected = np.where(np.isnan(dead(at)), energies(at), np.nan)
    np.testing.assert_array_equal(numbers(alive["z"]), expected)
    np.testing.assert_array_equal(numbers(gone["z"]), dead(at))


@pytest.mark.parametrize("at", CONFIG.moments)
def test_rows_of_units_are_named_and_say_how_many_are_alive(fill, view, result, choices, at):
    alive, gone, said = fill(panel(view, "units", "none").figure, result, at, choices)["data"]
    assert alive["y"] == gone["y"] == said["y"] == list(WIDTHS)
    assert said["x"] == list(WIDTHS.values())
    assert said["customdata"] == [[LIVELY[name][at], width] for name, width in WIDTHS.items()]


def test_what_has_not_come_so_far_shows_its_last(fill, read, view, result, choices):
    chosen = {**choices, "of_group_lasso": STRONG.name}
    here = panel(view, "units", "group_lasso")
    _, gone, said = fill(here.figure, result, 100, chosen)["data"]
    np.testing.assert_array_equal(numbers(gone["z"]), dead(50))
    assert [alive for alive, _ in said["customdata"]] == [3, 3]
    assert [read(reading, result, 100, chosen) for reading in here.readings] == [
        STRONG.coefficients,
        "50",
        "93.5 %",
        "25.0 %",
    ]
    [_, histogram] = panel(view, "energies", "group_lasso").readings
    assert read(histogram, result, 100, chosen) == "50"


def test_readings_follow_the_coefficients_that_are_chosen(read, view, result, choices):
    weights, step, accuracy, zeros = panel(view, "units", "group_lasso").readings
    assert read(weights, result, 100, choices) == CONFIG.entrants[1].coefficients
    assert read(step, result, 100, choices) == "100"
    assert read(accuracy, result, 100, choices) == "94.0 %"
    assert read(zeros, result, 100, choices) == "50.0 %"


def test_behind_a_histogram_stands_that_of_the_start(fill, view, result, choices):
    here, start = fill(panel(view, "energies", "none").figure, result, 100, choices)["data"]
    assert (start["y"], here["y"]) == ([3, 0], [0, 3])
    assert start["x"] == here["x"] == [-8, 0]


def test_no_axis_below_the_slider_moves_with_it(fill, view, result, choices):
    for name in ("units", "energies", "alive"):
        for each in next(part for part in view.sections if part.name == name).panels:
            layouts = [fill(each.figure, result, at, choices)["layout"] for at in CONFIG.moments]
            spans = {
                str([one[axis].get("range") for axis in ("xaxis", "yaxis")]) for one in layouts
            }
            assert len(spans) == 1


def test_the_first_steep_steps_do_not_decide_what_accuracy_spans(fill, view, result, choices):
    assert accuracy_span(fill, view, result, choices) == pytest.approx([0.897, 1.005], abs=1e-3)


def accuracy_span(fill, view, result, choices) -> list[float]:
    layout = fill(panel(view, "race", "accuracy").figure, result, 0, choices)["layout"]
    return layout["yaxis"]["range"]


def test_a_run_that_ends_in_the_first_steps_is_seen_whole(fill, view, choices):
    points = (ALONG["accuracy"].point(x, y, {"entrant": "none"}, seed=3) for x, y in EARLY)
    low, _ = accuracy_span(fill, view, fold(points), choices)
    assert 0 < low < 0.1


@pytest.mark.parametrize(
    ("measure", "kind"), [("weights", "linear"), ("layer_mean", "linear"), ("nonzero", "log")]
)
def test_shares_have_a_plain_axis_and_counts_a_logarithmic_one(
    fill, view, result, choices, measure, kind
):
    figure = panel(view, "race", "measure").figure
    told = fold([ALONG["nonzero"].point(0, 100, {"entrant": "none"}, seed=3)])
    shown = told if measure == "nonzero" else result
    layout = fill(figure, shown, 0, {**choices, "measure": measure})["layout"]
    assert layout["yaxis"]["type"] == kind


def test_values_are_left_out_where_another_array_has_a_number(evaluator):
    nothing = float("nan")
    arrays = {
        "of": {"values": [1, 2, 3, 4], "shape": [2, 2]},
        "but": {"values": [nothing, 0, nothing, 1], "shape": [2, 2]},
    }
    found = evaluator.evaluate({"unless": ["of", "but"]}, arrays)
    np.testing.assert_array_equal(numbers(found), [1, np.nan, 3, np.nan])
