"""Which blocks go, against plain loops; and what is left of units without blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from pruning.experiments.mint.cuts import ScoredLayer
from pruning.experiments.mint.cutting import (
    Cut,
    block_magnitudes,
    block_weights,
    cut_as_much,
    cut_by_scores,
    cut_by_weights,
)
from pruning.experiments.mint.masks import block_mask
from pruning.experiments.mint.setup import Groups
from pruning.information.groups import equal_runs
from pruning.masks.applying import masked
from pruning.models.base import models
from pruning.structure.dead_units import masks_of
from pruning.structure.groups import Structure
from pruning.structure.surgery import Slimmer
from pruning.structure.units import layers_of

SEEDS = range(6)
SHAPES = [(4, 5), (3, 7)]


def layers(seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Scores, many of them equal, and weights of the blocks of two layers."""
    rng = np.random.default_rng(seed)
    scores = [rng.integers(0, 6, shape) / 6 for shape in SHAPES]
    return scores, [rng.integers(1, 9, shape) for shape in SHAPES]


def groups_of(weight: torch.Tensor, children: int, parents: int) -> Groups:
    own, read = (
        equal_runs("a", weight.shape[0], children),
        equal_runs("b", weight.shape[1], parents),
    )
    return Groups(own[0], read[0], [])


@pytest.mark.parametrize("share", [0.05, 0.4, 0.77, 0.99])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_lowest_scores_go_until_the_share_of_weights_is_reached(seed: int, share: float):
    scores, weights = layers(seed)
    found = cut_by_weights(scores, weights, [1.0, 1.0], share, np.random.default_rng(seed))
    gone = np.concatenate([cut.gone.ravel() for cut in found])
    flat = np.concatenate([each.ravel() for each in scores])
    sizes = np.concatenate([each.ravel() for each in weights])
    assert sizes[gone].sum() <= share * sizes.sum()
    assert sizes[gone].sum() + sizes[~gone].max() > share * sizes.sum()
    assert not gone.any() or flat[gone].max() <= flat[~gone].min()
    assert [cut.limited for cut in found] == [False, False]
    for own, cut in zip(scores, found, strict=True):
        assert cut.cutoff == (own[cut.gone].max() if cut.gone.any() else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_goes_of_others_where_a_layer_has_come_to_its_limit(seed: int):
    scores, weights = layers(seed)
    scores[0] -= 1
    [first, second] = cut_by_weights(scores, weights, [0.25, 1.0], 0.5, np.random.default_rng(seed))
    assert [first.limited, second.limited] == [True, False]
    assert weights[0][first.gone].sum() <= 0.25 * weights[0].sum()
    assert weights[1][second.gone].sum() > 0.5 * weights[1].sum()


def test_chance_decides_among_equal_scores():
    """By place it would always be the first groups of parents."""
    scores, weights = [np.zeros((8, 8))], [np.ones((8, 8), int)]
    drawn = [
        cut_by_weights(scores, weights, [1.0], 0.5, np.random.default_rng(seed))[0].gone
        for seed in range(40)
    ]
    assert np.mean(drawn, axis=0) == pytest.approx(np.full((8, 8), 0.5), abs=0.4)
    assert all(gone.sum() == 32 for gone in drawn)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("limit", [0.3, 0.8, 1.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_share_of_distinct_scores_is_cut_as_published(seed: int, limit: float, share: float):
    scores, weights = layers(seed)
    found = cut_by_scores(scores, weights, [limit, limit], share)
    distinct = sorted({value for each in scores for value in each.ravel()})
    cutoff = distinct[min(round(share * len(distinct)), len(distinct) - 1)]
    for own, counts, cut in zip(scores, weights, found, strict=True):
        lost = sum(
            n for n, score in zip(counts.ravel(), own.ravel(), strict=True) if score <= cutoff
        )
        assert cut.limited == (lost >= limit * counts.sum())
        its = sorted(set(own.ravel()))
        up_to = its[min(round(limit * len(its)), len(its) - 1)] if cut.limited else cutoff
        np.testing.assert_array_equal(cut.gone, own <= up_to)


@pytest.mark.parametrize("seed", SEEDS)
def test_other_scores_take_as_many_weights(seed: int):
    rng = np.random.default_rng(seed)
    gone = rng.random((6, 6)) < 0.4
    weights = np.full((6, 6), 10)
    cut = cut_as_much(rng.random((6, 6)), weights, Cut(gone, 0.3, True), rng)
    assert cut.gone.sum() == gone.sum()
    assert cut.cutoff is None


def test_blocks_are_counted_and_weighed_weight_by_weight():
    weight = torch.randn(7, 5, 3, 3, generator=torch.Generator().manual_seed(0))
    groups = groups_of(weight, 3, 2)
    counts, magnitudes = block_weights(weight, groups), block_magnitudes(weight, groups)
    assert counts.sum() == weight.numel()
    for i, own in enumerate(groups.children):
        for k, read in enumerate(groups.parents):
            block = weight[own, read]
            assert counts[i, k] == block.numel()
            assert magnitudes[i, k] == pytest.approx(float(block.abs().mean()))


MODELS = [("mlp-mint", (1, 8, 8)), ("vgg11-bn", (3, 32, 32)), ("resnet-20", (3, 16, 16))]


@pytest.mark.parametrize(("model", "shape"), MODELS, ids=lambda each: str(each))
@pytest.mark.parametrize("seed", range(2))
def test_networks_slimmed_of_dead_units_compute_what_masked_ones_do(
    model: str, shape: tuple[int, int, int], seed: int
):
    """And every unit that is cut has no input or no reader left."""
    network = models[model].untrained(shape, 10, seed).eval()
    structure = Structure.of(network, shape, ["output"])
    rng = np.random.default_rng(seed)
    left = {}
    for name, layer in layers_of(network).items():
        groups = groups_of(layer.weight, 6, 6)
        counts = block_weights(layer.weight, groups)
        gone = rng.random(counts.shape) < 0.6
        # Whole groups without input, and without reader.
        gone[rng.integers(len(gone))] = True
        gone[:, rng.integers(gone.shape[1])] = True
        scored = ScoredLayer(name, groups, counts * 0.0, counts * 0.0, counts)
        left[name] = block_mask(scored, layer.weight.shape, Cut(gone, None, False))
    masks = masks_of(structure, left)
    assert masks.units_cut
    full = masked(network, masks.parameters)
    lean = Slimmer(full, structure).shrink(masks.units)
    x = torch.randn(5, *shape, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        torch.testing.assert_close(lean(x), full(x), rtol=1e-4, atol=1e-5)
    _hold_all_blocks(masks.parameters, left)
    _live_unless_cut(network, structure, masks)


def _hold_all_blocks(parameters: dict[str, torch.Tensor], left: dict[str, torch.Tensor]) -> None:
    for name, mask in left.items():
        assert not (parameters[f"{name}.weight"] & ~mask).any()


def _live_unless_cut(network: nn.Module, structure: Structure, masks) -> None:
    """Each unit that stays has an input and a reader; one stays in any case."""
    whole = {name: layer.weight for name, layer in layers_of(network).items()}
    weights = {n: masks.parameters.get(f"{n}.weight", torch.ones_like(w)) for n, w in whole.items()}
    for group in structure.groups:
        keep = masks.units.get(group.name, torch.ones(group.units, dtype=torch.bool))
        assert keep.any()
        for unit in keep.nonzero().flatten().tolist() if keep.sum() > 1 else []:
            assert any(weights[layer][unit].any() for layer in group.layers)
            assert any(
                weights[reader.layer][:, [u == unit for u in reader.units]].any()
                for reader in group.readers
            )


def test_nothing_is_cut_where_everything_is_fed_and_read():
    network = models["mlp-mint"].untrained((1, 8, 8), 10, 0)
    structure = Structure.of(network, (1, 8, 8), ["output"])
    left = {"fc2": torch.ones(300, 500, dtype=torch.bool)}
    left["fc2"][:150, :250] = False
    masks = masks_of(structure, left)
    assert masks.units_cut == 0
    assert masks.parameters.keys() == {"fc2.weight"}


def test_units_that_no_layer_reads_are_not_dead():
    """Their sum may be all that the network says."""
    network = models["mlp-mint"].untrained((1, 8, 8), 10, 0)
    structure = Structure.of(network, (1, 8, 8), ["output"])
    unread = replace(structure, groups=[replace(each, readers=()) for each in structure.groups])
    left = torch.ones(300, 500, dtype=torch.bool)
    left[:100] = False
    masks = masks_of(unread, {"fc2": left})
    assert not masks.broken
    assert masks.units_cut == 100
