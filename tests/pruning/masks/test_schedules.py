"""Schedules, as their papers define them."""

from __future__ import annotations

import numpy as np
import pytest

from pruning.masks.schedules import path, sparsity_at

ITERATIVE = ["linear", "exponential", "cubic"]


@pytest.mark.parametrize("schedule", ITERATIVE)
@pytest.mark.parametrize("target", [0.5, 0.9, 0.99])
def test_starts_dense_and_ends_at_the_target(schedule: str, target: float):
    assert sparsity_at(schedule, target, 0) == 0
    assert sparsity_at(schedule, target, 1) == pytest.approx(target)


def test_linear_steps_remove_equal_shares():
    assert np.diff(path("linear", [0.8], 4)) == pytest.approx([0.2] * 3)


def test_exponential_steps_keep_equal_factors():
    kept = 1 - np.array([0, *path("exponential", [0.99], 5)])
    assert kept[1:] / kept[:-1] == pytest.approx([0.01 ** (1 / 5)] * 5)


def test_cubic_is_zhu_and_guptas_formula():
    final, initial, steps = 0.9, 0.0, 8
    formula = [final + (initial - final) * (1 - t / steps) ** 3 for t in range(1, steps + 1)]
    assert path("cubic", [0.9], steps) == pytest.approx(formula)


@pytest.mark.parametrize("schedule", ITERATIVE)
def test_passes_what_was_asked_for(schedule: str):
    asked = [0.0, 0.25, 0.5, 0.9]
    passed = path(schedule, asked, 6)
    assert set(asked) <= set(passed)
    assert passed == sorted(passed)
    assert passed[-1] == 0.9


def test_one_shot_passes_nothing_else():
    assert path("one_shot", [0.0, 0.5, 0.9], 10) == [0.0, 0.5, 0.9]
