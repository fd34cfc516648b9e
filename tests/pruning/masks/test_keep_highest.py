"""Removing the lowest scores: exact shares, nested masks, nothing emptied that is spared."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pruning.masks.ranking import (
    below_quantile,
    keep_highest,
    places_within_outputs,
    share_removed,
)
from tests.pruning.checks import generator

SEEDS = list(range(8))
SPARSITIES = [0.0, 0.1, 1 / 3, 0.5, 0.9, 0.95, 0.99, 0.999]


def scores(seed: int) -> dict[str, torch.Tensor]:
    draws = generator(seed)
    shapes = {"conv": (7, 3, 3, 3), "fc": (13, 40), "narrow": (4,)}
    return {name: torch.randn(shape, generator=draws) for name, shape in shapes.items()}


def whole(scores: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: torch.ones_like(score, dtype=torch.bool) for name, score in scores.items()}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sparsity", SPARSITIES)
def test_per_layer_keeps_what_is_not_below_the_layers_quantile(seed: int, sparsity: float):
    drawn = scores(seed)
    kept = keep_highest(drawn, whole(drawn), sparsity, together=False, spare=False)
    for name, score in drawn.items():
        quantile = np.quantile(score.numpy().astype(float), sparsity)
        assert np.array_equal(kept[name].numpy(), score.numpy() >= quantile - 1e-12)
        assert abs(int((~kept[name]).sum()) - sparsity * score.numel()) <= 1
        assert kept[name].any()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sparsity", SPARSITIES)
def test_global_keeps_what_is_not_below_the_quantile_of_all(seed: int, sparsity: float):
    drawn = scores(seed)
    kept = keep_highest(drawn, whole(drawn), sparsity, together=True, spare=False)
    quantile = np.quantile(np.concatenate([s.flatten().double() for s in drawn.values()]), sparsity)
    for name, score in drawn.items():
        assert np.array_equal(kept[name].numpy(), score.numpy() >= quantile - 1e-12)
    total = sum(score.numel() for score in drawn.values())
    assert abs(share_removed(kept) * total - sparsity * total) <= 1


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("spare", [True, False])
def test_masks_only_shrink_even_under_new_scores(together: bool, spare: bool):
    kept = whole(scores(0))
    for seed, sparsity in enumerate(SPARSITIES):
        smaller = keep_highest(scores(seed), kept, sparsity, together=together, spare=spare)
        assert all(not (smaller[name] & ~kept[name]).any() for name in kept)
        kept = smaller


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_spared_is_the_best_of_its_layer(seed: int):
    drawn = {"low": torch.rand(5, generator=generator(seed)) - 10, "high": torch.rand(95)}
    kept = keep_highest(drawn, whole(drawn), 0.9, together=True, spare=True)
    assert kept["low"].nonzero().tolist() == [[int(drawn["low"].argmax())]]
    assert sum(int(mask.sum()) for mask in kept.values()) == 100 - below_quantile(0.9, 100)


def test_a_spared_layer_that_has_lost_units_keeps_one_of_its_own():
    drawn = {"a": torch.tensor([9.0, 1.0, 2.0]), "b": torch.arange(20.0)}
    kept = {"a": torch.tensor([False, True, True]), "b": torch.ones(20, dtype=torch.bool)}
    left = keep_highest(drawn, kept, 0.9, together=True, spare=True)
    assert left["a"].tolist() == [False, False, True]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sparsity", SPARSITIES)
def test_ranked_within_outputs_every_output_loses_the_same(seed: int, sparsity: float):
    drawn = scores(seed)["fc"]
    places = {"fc": places_within_outputs(drawn)}
    kept = keep_highest(places, whole(places), sparsity)["fc"]
    lost = (~kept).sum(dim=1)
    assert lost.max() - lost.min() <= 1
    assert abs(int(lost.sum()) - sparsity * kept.numel()) <= 1
    for row, mask in zip(drawn, kept, strict=True):
        if mask.any() and not mask.all():
            assert row[mask].min() > row[~mask].max()
