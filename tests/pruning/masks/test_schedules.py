"""Schedules, as their papers define them."""

from __future__ import annotations

import numpy as np
import pytest

from pruning.masks.schedules import sparsity_at, trajectory

ITERATIVE = ["linear", "exponential", "cubic"]


@pytest.mark.parametrize("schedule", ITERATIVE)
@pytest.mark.parametrize("target", [0.5, 0.9, 0.99])
def test_starts_dense_and_ends_at_the_target(schedule: str, target: float):
    assert sparsity_at(schedule, target, 0) == 0
    assert sparsity_at(schedule, target, 1) == pytest.approx(target)


def steps_of(schedule: str, asked: list[float], steps: int | None) -> list[float]:
    return [step.sparsity for step in trajectory(schedule, asked, steps)]


def test_linear_steps_remove_equal_shares():
    assert np.diff(steps_of("linear", [0.8], 4)) == pytest.approx([0.2] * 3)


def test_exponential_steps_keep_equal_factors():
    kept = 1 - np.array([0, *steps_of("exponential", [0.99], 5)])
    assert kept[1:] / kept[:-1] == pytest.approx([0.01 ** (1 / 5)] * 5)


def test_cubic_is_zhu_and_guptas_formula():
    final, initial, steps = 0.9, 0.0, 8
    formula = [final + (initial - final) * (1 - t / steps) ** 3 for t in range(1, steps + 1)]
    assert steps_of("cubic", [0.9], steps) == pytest.approx(formula)


@pytest.mark.parametrize("schedule", ITERATIVE)
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 10, 30])
@pytest.mark.parametrize("asked", [[0.9], [0, 0.25, 0.5, 0.9], [i / 11 for i in range(11)]])
def test_there_are_exactly_so_many_steps(schedule: str, steps: int, asked: list[float]):
    found = trajectory(schedule, asked, steps)
    assert len(found) == steps
    assert [step.sparsity for step in found] == sorted({step.sparsity for step in found})
    assert found[-1].sparsity == pytest.approx(asked[-1])


@pytest.mark.parametrize("schedule", ITERATIVE)
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 10, 30])
def test_each_sparsity_is_reported_once_at_the_nearest_step(schedule: str, steps: int):
    asked = [0.0, 0.05, 0.1, 0.3, 0.6, 0.61, 0.9]
    found = trajectory(schedule, asked, steps)
    assert sorted(at for step in found for at in step.reported) == asked[1:]
    for step in found:
        for at in step.reported:
            assert abs(step.sparsity - at) == min(abs(other.sparsity - at) for other in found)


@pytest.mark.parametrize("schedule", ITERATIVE)
def test_without_a_number_the_sparsities_are_the_steps(schedule: str):
    found = trajectory(schedule, [0.0, 0.25, 0.5, 0.9], None)
    assert [(step.sparsity, step.reported) for step in found] == [
        (at, (at,)) for at in (0.25, 0.5, 0.9)
    ]


def test_one_shot_has_no_steps_of_its_own():
    assert steps_of("one_shot", [0.0, 0.5, 0.9], 10) == [0.5, 0.9]


def test_the_dense_network_alone_needs_no_step():
    assert trajectory("cubic", [0.0], 5) == []
