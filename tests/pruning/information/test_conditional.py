"""Scores of pairs of groups: what they say of known data, and of data that is degenerate."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pruning.context import CancelledError
from pruning.information.conditional import conditional_information
from pruning.information.groups import equal_runs
from pruning.information.working import Check

Rows = NDArray[np.float64]


def draw(samples: int, units: int, seed: int = 0) -> Rows:
    return np.random.default_rng([seed, samples, units]).normal(size=(samples, units))


def scores(
    parents: Rows,
    children: Rows,
    groups: int = 2,
    runs: int = 2,
    seed: int = 0,
    check: Check = lambda: None,
) -> Rows:
    """Groups of children × groups of parents, all between 0 and 1."""
    above, _ = equal_runs("parents", parents.shape[1], groups)
    below, _ = equal_runs("children", children.shape[1], runs)
    found = list(conditional_information(parents, children, above, below, seed, check))
    for each in found:
        assert each.scores.shape == (len(below),)
        assert ((each.scores >= 0) & (each.scores <= 1)).all()
    return np.stack([each.scores for each in found], axis=1)


@pytest.mark.parametrize(
    ("given", "units", "copy"),
    [(1, 1, 0.7), (2, 2, 0.6), (5, 5, 0.5), (20, 5, 0.3), (90, 10, 0.17), (490, 25, 0.12)],
)
def test_a_copy_tells_more_than_an_independent_child_and_less_the_more_is_given(
    given: int, units: int, copy: float
):
    """Groups of ``units`` each, and as many units ``given`` besides."""
    found = []
    groups = [slice(0, units), slice(units, units + given)]
    for seed in range(4):
        parents, independent = draw(900, units + given, seed), draw(900, units, 100 + seed)
        children = np.hstack([independent, parents[:, :units]])
        runs = [slice(0, units), slice(units, 2 * units)]
        found.append(next(conditional_information(parents, children, groups, runs, seed, _never)))
    independent, copied = np.mean([each.scores for each in found], axis=0)
    assert 0.02 <= independent <= 0.13
    assert copied == pytest.approx(copy, abs=0.05)


def test_the_published_code_finds_information_where_there_is_none():
    parents, children, groups = draw(900, 20), draw(900, 5), equal_runs("a", 20, 4)[0]
    real, published = (
        conditional_information(
            parents, children, groups, [slice(0, 5)], 0, _never, as_published=way
        )
        for way in (False, True)
    )
    for one, other in zip(real, published, strict=True):
        assert one.scores[0] < 0.15 < 0.25 < other.scores[0] < 0.45


def test_the_order_of_units_in_a_group_does_not_matter():
    parents, children = draw(120, 6), draw(120, 4)
    turned = parents[:, [2, 0, 1, 5, 4, 3]], children[:, [1, 0, 3, 2]]
    np.testing.assert_array_equal(scores(parents, children), scores(*turned))


@pytest.mark.parametrize("factor", [1e-30, 1e-3, 1e6, 1e60])
def test_the_size_of_all_activations_does_not_matter(factor: float):
    parents, children = draw(90, 6), draw(90, 4)
    np.testing.assert_array_equal(
        scores(parents * factor, children * factor), scores(parents, children)
    )


def test_the_seed_decides_the_order_of_the_samples():
    """Samples sorted by class would otherwise be told apart by their thirds."""
    parents, children = draw(90, 6), draw(90, 4)
    parents += np.linspace(0, 10, 90)[:, None]
    first, again, other = (scores(parents, children, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert first.max() < 0.6


def test_samples_that_are_left_over_are_dropped():
    assert set(scores(draw(92, 4), draw(92, 4)).flat) <= {1 - joining / 30 for joining in range(31)}


@pytest.mark.parametrize("dead", ["parents", "children", "others", "all"])
def test_dead_units_have_defined_scores(dead: str):
    parents, children = draw(90, 6), draw(90, 4)
    if dead in ("parents", "all"):
        parents[:, :3] = 0.1
    if dead in ("others", "all"):
        parents[:, 3:] = 0.1
    if dead in ("children", "all"):
        children[:, :] = 0.1
    found = scores(parents, children)
    np.testing.assert_array_equal(found, scores(parents, children))


def test_equal_samples_are_joined_by_edges_of_length_zero():
    """Prim's tree is a star around the first row, so that all others join it across."""
    same = np.full((90, 4), 0.3)
    np.testing.assert_array_equal(scores(same, same), np.zeros((2, 2)))


def test_a_single_group_of_parents_is_given_nothing():
    parents = draw(300, 2)
    found = scores(parents, np.hstack([draw(300, 1, 7), parents[:, :1]]), groups=1)
    assert found[0, 0] < 0.2 < 0.3 < found[1, 0]


def test_far_samples_cost_time_but_change_nothing():
    """Coarse distances are then at their limits, and each is looked up."""
    parents, children = draw(90, 6), draw(90, 4)
    parents[::2, 0] += 1e6
    children[::3, 0] -= 1e7
    doubled = scores(parents * 2, children * 2)
    np.testing.assert_array_equal(scores(parents, children), doubled)


@pytest.mark.parametrize("samples", [0, 1, 8])
def test_too_few_samples_are_refused(samples: int):
    with pytest.raises(ValueError, match="take more samples per class"):
        scores(np.zeros((samples, 4)), np.zeros((samples, 4)))


def test_nine_samples_are_enough():
    assert scores(draw(9, 4), draw(9, 4)).shape == (2, 2)


def test_parents_and_children_are_of_the_same_samples():
    with pytest.raises(ValueError, match="90 samples of parents, 60 of children"):
        scores(draw(90, 4), draw(60, 4))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_activations_that_are_not_finite_are_refused(value: float):
    parents = draw(90, 4)
    parents[3, 1] = value
    with pytest.raises(ValueError, match="not finite"):
        scores(parents, draw(90, 4))


@pytest.mark.parametrize("after", [0, 3, 10])
def test_it_stops_when_it_is_asked_to(after: int):
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise CancelledError

    with pytest.raises(CancelledError):
        scores(draw(90, 6), draw(90, 4), check=check)
    assert calls == after + 1


def _never() -> None:
    pass
