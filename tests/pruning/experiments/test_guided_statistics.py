"""What arms are worth at a sparsity and which is ahead, against calculation by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest
import torch

from pruning.events import Result, fold
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import Entrant
from pruning.experiments.guided_sparsity.main_result import main_result
from pruning.experiments.guided_sparsity.measuring import Measured
from pruning.experiments.guided_sparsity.moments import Moment
from pruning.experiments.guided_sparsity.statistics import (
    Outcome,
    comparison,
    level_of,
    summary,
)
from tests.pruning.experiments.guided import rows

NONE, LITTLE, MUCH = Entrant("none"), Entrant("l1", l1=0.1), Entrant("l1", l1=0.5)
LASSO = Entrant("group_lasso", lasso=0.1)


def moment(step: int, zeros: int, accuracy: float, held_out: float | None = None) -> Moment:
    """So many of a hundred weights are zero, 20 of them in a layer of their own."""
    first = min(zeros, 80)
    layers = {"a": [80 - first, 80], "b": [20 - (zeros - first), 20]}
    unit = {"a": torch.zeros(1), "b": torch.zeros(1)}
    dead = {name: each.bool() for name, each in unit.items()}
    left = 100 - zeros
    return Moment(step, accuracy, 1.0, held_out, layers, left, left // 10, left, {}, unit, dead)


def outcome(entrant: Entrant, *moments: Moment, speedup: float | None = 2.0) -> Outcome:
    quartiles = speedup and (0.9 * speedup, speedup, 1.1 * speedup)
    return Outcome(entrant, moments, Measured(1.0, quartiles or None, ()), 200)


def compared(outcomes: Sequence[Outcome], *levels: float, seeds: int) -> Result:
    return fold(comparison(outcomes, levels, seeds))


def told(result: Result, table: str) -> list[dict[str, Any]]:
    return rows(result, table) if table in result.tables else []


def test_shares_of_zeros_are_counted_in_both_ways():
    half = moment(0, 90, 0.5)
    assert half.of_all_weights == pytest.approx(0.9)
    assert half.mean_of_layers == pytest.approx((1 + 0.5) / 2)
    assert half.zeros == {"a": 1, "b": 0.5}


def test_a_level_is_read_where_held_out_images_are_best():
    """Not where the test images are."""
    run = outcome(
        LASSO,
        moment(0, 10, 0.99, 0.99),
        moment(1, 50, 0.7, 0.6),
        moment(2, 60, 0.6, 0.8),
        moment(3, 70, 0.9, 0.7),
    )
    level = level_of([run], 0.5, 1)
    assert level
    assert (level.accuracies, level.score, [m.step for m in level.moments]) == ([0.6], 0.8, [2])
    later = level_of([run], 0.65, 1)
    assert later
    assert [m.step for m in later.moments] == [3]


def test_without_held_out_images_the_test_images_decide():
    run = outcome(LASSO, moment(1, 50, 0.7), moment(2, 60, 0.6))
    level = level_of([run], 0.5, 1)
    assert level
    assert (level.accuracies, level.score, [m.step for m in level.moments]) == ([0.7], 0.7, [1])


def test_of_moments_that_are_equally_good_it_is_the_last():
    run = outcome(LASSO, *(moment(step, 50, 0.5 + step / 100, 0.8) for step in range(4)))
    level = level_of([run], 0.5, 1)
    assert level
    assert ([m.step for m in level.moments], level.accuracies) == ([3], [0.53])


def test_exactly_so_many_zeros_are_enough():
    run = outcome(LASSO, moment(1, 50, 0.7))
    assert level_of([run], 0.5, 1)
    assert level_of([run], 0.51, 1) is None


def test_an_arm_that_not_all_seeds_bring_so_far_is_left_out():
    far, near = outcome(LASSO, moment(1, 70, 0.7)), outcome(LASSO, moment(1, 50, 0.8))
    others = [outcome(NONE, moment(1, 90, 0.6)) for _ in range(2)]
    found = compared([far, near, *others], 0.5, 0.6, seeds=2)
    assert [(row["sparsity"], row["arm"]) for row in told(found, "levels")] == [
        (0.5, "group_lasso"),
        (0.5, "none"),
        (0.6, "none"),
    ]
    # One arm is no comparison.
    assert [row["sparsity"] for row in told(found, "ahead")] == [0.5]


def test_an_arm_of_which_a_seed_diverged_is_left_out():
    alone = outcome(LASSO, moment(1, 70, 0.7))
    assert level_of([alone], 0.5, 2) is None
    assert level_of([alone], 0.5, 1)


def test_the_coefficients_are_those_that_are_best_in_the_mean_of_held_out_images():
    runs = [
        outcome(LITTLE, moment(1, 60, 0.5, 0.9)),
        outcome(LITTLE, moment(2, 60, 0.6, 0.7)),
        outcome(MUCH, moment(3, 60, 0.9, 0.75)),
        outcome(MUCH, moment(4, 60, 0.9, 0.8)),
    ]
    [row] = told(compared(runs, 0.5, seeds=2), "levels")
    assert (row["l1"], row["step"], row["seeds"]) == (0.1, 1.5, 2)
    left = ("alive_units", "parameters_slim", "speedup_measured")
    assert [row[name] for name in left] == [4, 40, 2.0]
    assert row["accuracy"] == pytest.approx(0.55)
    assert row["sd"] == pytest.approx(sqrt(2) * 0.05)


def test_where_the_best_coefficients_come_less_far_others_stand_in():
    runs = [outcome(LITTLE, moment(1, 60, 0.9, 0.9)), outcome(MUCH, moment(1, 80, 0.6, 0.6))]
    found = told(compared(runs, 0.5, 0.7, seeds=1), "levels")
    assert [(row["sparsity"], row["l1"]) for row in found] == [(0.5, 0.1), (0.7, 0.5)]


@pytest.mark.parametrize("seed", range(6))
def test_who_is_ahead_is_as_by_hand(seed: int):
    draws = np.random.default_rng(seed)
    arms = {"none": NONE, "l1": LITTLE, "group_lasso": LASSO}
    accuracies = {arm: draws.normal(0.6 + 0.05 * i, 0.03, 4) for i, arm in enumerate(arms)}
    runs = [
        outcome(arms[arm], moment(1, 60, float(accuracies[arm][n])))
        for arm, n in product(arms, range(4))
    ]
    [row] = told(compared(runs, 0.5, seeds=4), "ahead")
    mean = {arm: sum(values) / 4 for arm, values in accuracies.items()}
    first, second, _ = sorted(arms, key=lambda arm: mean[arm], reverse=True)
    variance = {
        arm: sum((value - mean[arm]) ** 2 for value in values) / 3
        for arm, values in accuracies.items()
    }
    spread = sqrt(variance[first] + variance[second])
    assert (row["first"], row["second"]) == (first, second)
    assert row["first_accuracy"] == pytest.approx(mean[first])
    assert row["second_sd"] == pytest.approx(sqrt(variance[second]))
    assert row["difference"] == pytest.approx(mean[first] - mean[second])
    assert row["spread"] == pytest.approx(spread)
    assert row["verdict"] == (first if mean[first] - mean[second] > spread else "nobody")


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        ([0.8, 0.8], [0.7, 0.7], "none"),
        # A tie has nobody ahead, nor has a difference that is just the spread.
        ([0.8, 0.8], [0.8, 0.8], "nobody"),
        ([0.5, 1.0], [0.25, 0.25], "none"),
        ([0.5, 1.0], [0.5, 0.5], "nobody"),
    ],
)
def test_a_difference_counts_above_the_spread(ours: list[float], theirs: list[float], verdict: str):
    runs = [outcome(NONE, moment(1, 60, each)) for each in ours]
    runs += [outcome(LASSO, moment(1, 60, each)) for each in theirs]
    result = compared(runs, 0.5, seeds=2)
    [row] = told(result, "ahead")
    assert (row["first"], row["verdict"]) == ("none", verdict)
    line = main_result(GuidedSparsityConfig(), result)
    assert line
    assert ("no arm ahead at 50" in line.text) == (verdict == "nobody")


def test_of_a_single_seed_there_is_no_verdict():
    runs = [outcome(NONE, moment(1, 60, 0.9)), outcome(LASSO, moment(1, 60, 0.1))]
    [row] = told(compared(runs, 0.5, seeds=1), "ahead")
    assert (row["first"], row["second"], row["verdict"]) == ("none", "group_lasso", "nobody")
    assert row["difference"] == pytest.approx(0.8)
    assert [row[name] for name in ("first_sd", "second_sd", "spread")] == [None] * 3
    assert {row["sd"] for row in told(compared(runs, 0.5, seeds=1), "levels")} == {None}


def test_the_line_of_a_run_is_about_the_highest_sparsity_compared():
    runs = [
        outcome(arm, moment(1, zeros, accuracy))
        for arm, accuracy in ((NONE, 0.5), (LASSO, 0.9))
        for zeros in (70, 80)
    ]
    found = main_result(GuidedSparsityConfig(), compared(runs, 0.3, 0.7, 0.75, seeds=2))
    assert found
    assert found.text.startswith("Group lasso ahead at 70")
    assert main_result(GuidedSparsityConfig(), Result()) is None


def test_rows_are_means_over_the_seeds_that_came_to_their_end():
    runs = [
        outcome(NONE, moment(0, 0, 0.1), moment(1, 20, 0.6), speedup=None),
        outcome(NONE, moment(0, 0, 0.1), moment(1, 40, 0.8), speedup=3.0),
        outcome(LASSO, moment(1, 90, 0.7), speedup=None),
    ]
    result = fold(summary(runs))
    none, lasso = told(result, "summary")
    assert (none["seeds"], lasso["seeds"]) == (2, 1)
    assert none["accuracy"] == pytest.approx(0.7)
    assert none["sd"] == pytest.approx(sqrt(0.02))
    assert lasso["sd"] is None
    assert none["sparsity_of_all_weights"] == pytest.approx(0.3)
    assert none["sparsity_mean_of_layers"] == pytest.approx((0.125 + 0.25) / 2)
    assert none["parameters_slim"] == 70
    # Of the networks that are smaller.
    assert none["speedup_measured"] == pytest.approx(3)
    assert lasso["speedup_measured"] is None
    curve = result.series["accuracy/none/parameters"]
    means = [
        (x, y)
        for x, y, statistic in zip(curve.x, curve.y, curve.labels["statistic"], strict=True)
        if statistic == "mean"
    ]
    assert means == [(pytest.approx(1 - 70 / 200), pytest.approx(0.7))]
