"""Masks: exact shares, nested, ranked over all layers together."""

from __future__ import annotations

import pytest
import torch

from pruning.masks.counts import units_removed
from pruning.masks.ranking import normalise, rank_units, unit_masks, usable
from tests.pruning.checks import generator

WIDTHS = [7, 12, 5]


def random_scores(seed: int) -> list[torch.Tensor]:
    return [torch.rand(width, generator=generator(seed)) for width in WIDTHS]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("sparsity", [0, 0.05, 1 / 3, 0.5, 0.95, 0.99])
def test_exactly_the_asked_share_goes(seed: int, sparsity: float):
    removed = units_removed(sparsity, sum(WIDTHS))
    masks = unit_masks(rank_units(random_scores(seed)), removed)
    assert sum(int((~mask).sum()) for mask in masks) == removed == round(sparsity * 24)


@pytest.mark.parametrize("seed", range(5))
def test_masks_only_shrink_as_sparsity_grows(seed: int):
    ranks = rank_units(random_scores(seed))
    larger = unit_masks(ranks, 0)
    for removed in range(1, 25):
        smaller = unit_masks(ranks, removed)
        assert all(not (now & ~before).any() for now, before in zip(smaller, larger, strict=True))
        larger = smaller


@pytest.mark.parametrize("seed", range(5))
def test_what_goes_scores_no_higher_than_what_stays_in_any_layer(seed: int):
    scores = random_scores(seed)
    masks = unit_masks(rank_units(scores), 10)
    every, kept = torch.cat(scores), torch.cat(masks)
    assert every[~kept].max() <= every[kept].min()


def test_among_equal_scores_the_first_unit_goes_first():
    ranks = rank_units([torch.ones(3), torch.zeros(2), torch.ones(2)])
    assert [rank.tolist() for rank in ranks] == [[2, 3, 4], [0, 1], [5, 6]]


def test_normalising_makes_layers_comparable():
    scores = [torch.tensor([3.0, 4.0]), torch.tensor([30.0, 40.0])]
    for how, expected in [("sum", [3 / 7, 4 / 7]), ("l2", [0.6, 0.8])]:
        for layer in normalise(scores, how):
            torch.testing.assert_close(layer, torch.tensor(expected))
    assert normalise(scores, "none") == scores


@pytest.mark.parametrize("how", ["sum", "l2", "none"])
def test_scores_that_are_zero_or_not_numbers_rank_nothing(how: str):
    assert usable(normalise([torch.tensor([0.0, 1.0])], how))
    assert not usable(normalise([torch.zeros(3), torch.zeros(2)], how))
    assert not usable(normalise([torch.tensor([1.0, torch.nan])], how))
    assert not usable(normalise([torch.tensor([1.0, torch.inf])], how))
