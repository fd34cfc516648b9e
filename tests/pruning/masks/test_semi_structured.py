"""N:M: of each run of inputs exactly as many weights go, those that score lowest."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from pruning.masks.schedules import trajectory
from pruning.masks.semi_structured import divides, in_runs, keep_in_runs, removed_of_run
from tests.pruning.checks import generator

SEEDS = list(range(8))
SHAPES = [(6, 16), (5, 8, 3, 3), (4, 24, 1, 2)]


def drawn(shape: tuple[int, ...], seed: int) -> Tensor:
    return torch.randn(shape, generator=generator(seed))


def whole(scores: Tensor) -> Tensor:
    return torch.ones_like(scores, dtype=torch.bool)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("n", "m"), [(2, 4), (1, 4), (3, 4), (1, 2), (4, 8)])
def test_of_all_patterns_the_one_of_the_largest_sum_stays(
    seed: int, shape: tuple[int, ...], n: int, m: int
):
    """The definition of [mishra2021]_: tried out, pattern by pattern, run by run."""
    scores = drawn(shape, seed)
    kept = keep_in_runs(scores, whole(scores), 1 - n / m, m)
    places = [range(size) for size in (shape[0], *shape[2:])]
    for unit, *at in itertools.product(*places):
        for start in range(0, shape[1], m):
            run = [float(scores[(unit, start + i, *at)]) for i in range(m)]
            best = max(itertools.combinations(range(m), n), key=lambda p: sum(run[i] for i in p))
            stays = [i for i in range(m) if kept[(unit, start + i, *at)]]
            assert stays == list(best)


@pytest.mark.parametrize("shape", SHAPES)
def test_masks_only_shrink_even_under_new_scores(shape: tuple[int, ...]):
    kept = whole(drawn(shape, 0))
    for seed, sparsity in enumerate([0.0, 0.25, 0.5, 0.75]):
        smaller = keep_in_runs(drawn(shape, seed), kept, sparsity, 4)
        assert not (smaller & ~kept).any()
        assert (in_runs(smaller, 4).sum(dim=-1) == 4 - 4 * sparsity).all()
        kept = smaller


@pytest.mark.parametrize("m", [2, 4, 7, 16])
def test_something_of_a_run_always_stays(m: int):
    gone = [removed_of_run(sparsity / 100, m) for sparsity in range(100)]
    assert gone == sorted(gone)
    assert set(gone) == set(range(m))
    assert all(
        abs(removed / m - s / 100) <= 0.5 / m or removed == m - 1 for s, removed in enumerate(gone)
    )


def test_runs_go_along_the_inputs():
    weights = torch.arange(2 * 4 * 2).view(2, 4, 2)
    assert in_runs(weights, 2)[0, 0].tolist() == [[0, 2], [4, 6]]
    assert divides((8, 12, 3, 3), 4)
    assert not divides((64, 3, 3, 3), 4)


def test_among_equal_scores_the_earlier_goes_first():
    scores = torch.ones(1, 4)
    assert keep_in_runs(scores, whole(scores), 0.5, 4).tolist() == [[False, False, True, True]]


def test_steps_are_those_that_there_are():
    asked = [0.0, 0.1, 0.25, 0.5, 0.55, 0.9]
    found = trajectory("one_shot", asked, None, 4)
    assert [step.sparsity for step in found] == [0.25, 0.5, 0.75]
    assert [step.reported for step in found] == [(0.1, 0.25), (0.5, 0.55), (0.9,)]
    cubic = trajectory("cubic", asked, 20, 4)
    assert [step.sparsity for step in cubic] == [0.25, 0.5, 0.75]
