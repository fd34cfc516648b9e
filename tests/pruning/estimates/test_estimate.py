"""The range that is said before a run, over histories that are made up."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from pruning.estimates.estimate import WIDEST, Asked, Past, estimate, machine_factor, remaining
from pruning.estimates.words import about, spoken


def asked(counted: float | None = 60.0, configuration: str = "new", **facts: str) -> Asked:
    return Asked(configuration, facts.get("model", "lenet"), facts.get("dataset", "mnist"), counted)


def past(seconds: float, counted: float | None = 60.0, **facts: str) -> Past:
    return Past(asked(counted, facts.pop("configuration", "old"), **facts), seconds)


def test_without_runs_what_is_counted_is_in_the_middle_of_a_range_of_three():
    found = estimate(asked(60), [])
    assert found
    assert found.high / found.low == pytest.approx(WIDEST)
    assert found.middle == pytest.approx(60)
    assert found.source == "from counted operations"


def test_runs_like_it_tell_how_fast_the_machine_is_and_make_the_range_narrower():
    found = estimate(asked(60), [past(120) for _ in range(4)])
    assert found
    assert found.middle == pytest.approx(120, rel=0.05)
    assert found.high / found.low < 2
    assert found.source == "from 4 runs like it on this machine"


def test_a_run_of_much_more_work_or_another_model_is_not_like_it_but_tells_the_rate():
    for other in (past(6000, counted=3000), past(120, model="resnet")):
        found = estimate(asked(60), [other])
        assert found
        assert found.source == "from counted operations, at the rate of a run here"
        assert 60 < found.middle < 120


def test_the_nearest_runs_count_most():
    far = [past(3000, counted=3000) for _ in range(5)]
    found = estimate(asked(60), [past(180), *far])
    assert found
    assert found.middle > 150
    assert found.source == "from a run like it on this machine"


def test_of_what_nobody_counts_runs_of_the_same_configuration_tell():
    assert estimate(asked(None), []) is None
    assert estimate(asked(None), [past(10, None), past(100, None), past(900, None)]) is None
    again = [past(100, None, configuration="new"), past(5, None)]
    found = estimate(asked(None), again)
    assert found
    assert (found.middle, found.source) == (
        pytest.approx(100),
        "from a run like it on this machine",
    )
    alike = estimate(asked(None), [past(10, None), past(11, None), past(12, None)])
    assert alike
    assert alike.source == "from 3 runs of its experiment on this machine"


def test_runs_of_other_experiments_move_what_is_counted_as_far_as_they_are_believed():
    slow = [past(300) for _ in range(20)]
    assert machine_factor([]) == 1
    assert 1 < machine_factor(slow[:1]) < 2 < machine_factor(slow) < 5
    found = estimate(asked(60), [], machine_factor(slow))
    assert found
    assert found.middle > 180


def test_the_range_holds_in_four_of_five_draws_and_is_never_wider_than_three():
    rng = np.random.default_rng(0)
    held = drawn = 0
    for _ in range(200):
        machine, noise = exp(rng.normal(0, 0.7)), rng.uniform(0.05, 0.35)
        model_error = {model: exp(rng.normal(0, 0.25)) for model in ("lenet", "resnet")}

        def true(counted: float, model: str, machine=machine, noise=noise, of=model_error) -> float:
            return counted * machine * of[model] * exp(rng.normal(0, noise))

        history = []
        for _ in range(rng.integers(2, 15)):
            counted, model = exp(rng.uniform(log(3), log(3000))), rng.choice(["lenet", "resnet"])
            history.append(past(true(counted, model), counted, model=str(model)))
        counted = exp(rng.uniform(log(3), log(3000)))
        found = estimate(asked(counted), history)
        assert found
        assert found.high / found.low <= WIDEST * (1 + 1e-9)
        held += found.low <= true(counted, "lenet") <= found.high
        drawn += 1
    assert held >= 0.8 * drawn


def test_the_time_left_follows_the_estimate_at_first_and_progress_later():
    whole = estimate(asked(60), [])
    assert whole
    assert remaining(whole, 0, 0) == pytest.approx(60)
    assert remaining(whole, 10, 0) == pytest.approx(50)
    assert remaining(whole, 60, 0.5) == pytest.approx(60)
    assert remaining(whole, 200, 0.25) == pytest.approx(600), "the estimate was wrong"
    assert remaining(whole, 59, 0.999) > 0


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.6, 1.8, "about 1 to 2 s"),
        (20, 40, "about 20 to 40 s"),
        (30, 90, "about 30 s to 1.5 min"),
        (120, 290, "about 2 to 5 min"),
        (1000, 2900, "about 15 to 50 min"),
        (3000, 9000, "about 50 min to 2 h"),
        (2 * 86400, 6 * 86400, "about 2 to 6 d"),
        (100, 110, "about 1.5 to 2 min"),
        (125, 130, "about 2 min"),
    ],
)
def test_durations_are_said_in_coarse_words(low, high, words):
    assert spoken(low, high) == words


def test_one_duration_is_said_in_the_same_words():
    assert about(300) == "about 5 min"
