"""Agreement of rankings: what must hold whatever the scores."""

from __future__ import annotations

import json

import pytest
import torch

from pruning.experiments.toy_study.agreement import ROWS, across_criteria, across_samples, overlap
from pruning.experiments.toy_study.outputs import AGREEMENT_TABLE
from pruning.experiments.toy_study.rank_correlation import kendall, spearman
from pruning.experiments.toy_study.rank_measures import CASES, measures
from pruning.masks.ranking import rank_units
from tests.pruning.checks import generator

CORRELATIONS = [spearman, kendall]


def scores(rows: int, units: int = 130, seed: int = 0) -> torch.Tensor:
    """Distinct in all but the units that are tied at 0, as dead ones are."""
    return torch.randn(rows, units, generator=generator(seed)).relu()


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_a_ranking_agrees_with_itself_exactly_and_with_its_reverse_not_at_all(correlation):
    a = scores(7)
    found = correlation(a, a)
    assert found.dtype == torch.float64
    assert torch.equal(found, found.T)
    assert (found.diag() == 1).all()
    assert (found.abs() <= 1).all()
    assert torch.equal(correlation(a, -a), -found)


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_only_the_order_of_scores_counts(correlation):
    a, b = scores(4).double(), scores(5, seed=1).double()
    assert torch.equal(correlation(a, b), correlation(1e-30 * a**3, b.exp()))


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_a_row_that_ranks_nothing_gives_nan_and_spoils_no_other(correlation, value: float):
    a, b = scores(4), scores(3, seed=1)
    a[1, 5] = value
    a[2] = 0.25
    found = correlation(a, b)
    assert found[1:3].isnan().all()
    assert torch.equal(found[[0, 3]], correlation(a[[0, 3]], b))


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_scores_of_different_units_do_not_compare(correlation):
    with pytest.raises(RuntimeError):
        correlation(scores(2, 12), scores(2, 13))


def test_kendalls_counts_stay_exact_beyond_what_float32_holds():
    """Of the pairs of 6,001 units, more than 2**24, all but one are in order."""
    units = 6001
    ascending = torch.arange(units)[None]
    swapped = ascending.clone()
    swapped[0, [3000, 3001]] = ascending[0, [3001, 3000]]
    pairs = units * (units - 1) // 2
    assert kendall(ascending, swapped).item() == (pairs - 2) / pairs


def test_overlap_counts_common_units_at_either_end():
    a, b = torch.arange(6)[None], torch.tensor([[0, 2, 1, 5, 4, 3], [5, 4, 3, 2, 1, 0]])
    assert overlap(a, b, 2).tolist() == [[0.5, 0]]
    assert overlap(a, b, 2, "last").tolist() == [[0.5, 0]]
    assert overlap(a, b, 4).tolist() == [[0.75, 0.5]]


def test_overlap_is_of_the_units_that_pruning_removes():
    (tied,) = rank_units([torch.tensor([[0.0, 0, 0, 1], [0, 0, 0, 0]])])
    assert overlap(tied, tied, 2).tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("end", ["first", "last"])
def test_all_units_are_common_and_no_more_can_be_asked_for(end):
    (ranks,) = rank_units([scores(3)])
    assert (overlap(ranks, ranks, 130, end) == 1).all()
    for k in (0, 131):
        with pytest.raises(ValueError, match="130 units"):
            overlap(ranks, ranks, k, end)


def test_rows_are_fit_for_a_table():
    cells = [
        *across_criteria("moon", 5, {"grad": scores(3), "lrp": scores(3, seed=1)}, 3),
        *across_samples("moon", "lrp", {5: scores(3), 1: scores(3, seed=1)}, 3),
    ]
    rows = AGREEMENT_TABLE.rows(cells).rows
    keys = {tuple(cell[name] for name in AGREEMENT_TABLE.key) for cell in cells}
    assert len(keys) == len(cells)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert {cell["case"] for cell in cells} == set(CASES)
    found = {cell["measure"] for cell in cells}
    assert found == {"spearman", "kendall", "first_125", "last_125"} == set(measures(130))
    assert all(cell["samples_a"] <= cell["samples_b"] for cell in cells)
    pairs = {cell["case"]: cell["pairs"] for cell in cells}
    assert pairs == {
        "seeds": 3,
        "criteria": 9,
        "criteria_equal_seeds": 3,
        "samples": 9,
        "samples_equal_seeds": 3,
    }


def test_one_ranking_stands_for_equal_ones_under_every_seed():
    once, seeds = scores(1), 4
    every, lrp = once.expand(seeds, -1), scores(seeds, seed=1)
    one, many = (list(across_samples("moon", "w", {1: w, 2: w}, seeds)) for w in (once, every))
    assert one == many
    one, many = (
        list(across_criteria("moon", 1, {"w": w, "lrp": lrp}, seeds)) for w in (once, every)
    )
    assert one == many


def test_groups_that_are_compared_in_several_parts_agree_as_they_do_alone():
    """With so many seeds only one group at a time is compared with the others."""
    seeds = ROWS - 10
    groups = {n: scores(seeds, 20, seed=n) for n in (1, 2, 5)}
    alone = [
        row
        for pair in ((1, 2), (1, 5), (2, 5))
        for row in across_samples("moon", "lrp", {n: groups[n] for n in pair}, seeds)
    ]
    assert list(across_samples("moon", "lrp", groups, seeds)) == alone


def test_unusable_seeds_are_left_out_and_too_few_pairs_have_no_mean_or_sd():
    grad, lrp = scores(3), scores(3, seed=1)
    grad[0], grad[1], lrp[2] = 0, torch.nan, torch.inf
    found = {
        (row["case"], row["criterion_a"], row["criterion_b"]): [
            row["mean"],
            row["sd"],
            row["pairs"],
        ]
        for row in across_criteria("moon", 1, {"grad": grad, "lrp": lrp}, 3)
        if row["measure"] == "first_125"
    }
    assert found["seeds", "grad", "grad"] == [None, None, 0]
    assert found["criteria_equal_seeds", "grad", "lrp"] == [None, None, 0]
    assert found["seeds", "lrp", "lrp"][1:] == [None, 1]
    assert found["criteria", "grad", "lrp"][2] == 2


@pytest.mark.parametrize("shape", [(2, 130), (3, 129), (0, 130)], ids=str)
def test_groups_of_another_shape_are_refused(shape: tuple[int, int]):
    with pytest.raises(ValueError, match="scores of shape"):
        list(across_samples("moon", "lrp", {1: scores(3), 2: scores(*shape)}, 3))
