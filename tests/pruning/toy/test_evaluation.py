"""The fast evaluation says what a forward pass with masks in it says."""

from __future__ import annotations

import pytest
import torch

from pruning.masks.ranking import rank_units, unit_masks
from pruning.toy import evaluation
from pruning.toy.evaluation import Evaluator, accuracy
from pruning.toy.mlp import MLP
from tests.pruning.checks import generator, mlp, samples

SHAPES = [(9,), (8, 7), (12, 9, 6), (6, 8, 7, 5), (5, 6, 4, 3, 7), (1, 1, 1), (20, 1, 20)]


def masked_forward(network: MLP, x: torch.Tensor, masks: list[torch.Tensor]) -> torch.Tensor:
    """A forward pass that sets the removed units' pre-activations to zero."""
    for index, layer in enumerate(network.hidden_layers):
        x = (x @ layer.weight.T + layer.bias) * masks[index]
        x = x.clamp(min=0) if network.rectified(index) else x
    return (x @ network.output.weight.T + network.output.bias).detach()


def random_ranks(network: MLP, seed: int) -> list[torch.Tensor]:
    return rank_units([torch.rand(w, generator=generator(seed)) for w in network.widths])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("hidden", SHAPES, ids=str)
def test_every_number_of_removed_units_gives_the_naive_outputs(
    hidden: tuple[int, ...], seed: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(evaluation, "LEAST_POINTS", 256)
    monkeypatch.setattr(evaluation, "BLOCK_VALUES", 1)
    network = mlp(*hidden, seed=seed)
    x, _ = samples(600, seed=seed)
    ranks = random_ranks(network, seed)
    nested = Evaluator(network, x).under(ranks)
    for removed in range(sum(hidden) + 1):
        expected = masked_forward(network, x, unit_masks(ranks, removed))
        torch.testing.assert_close(nested.logits(removed), expected)


@pytest.mark.parametrize("hidden", SHAPES, ids=str)
def test_steps_may_be_skipped_and_repeated(hidden: tuple[int, ...]):
    network = mlp(*hidden)
    x, _ = samples(30)
    ranks = random_ranks(network, 1)
    nested = Evaluator(network, x).under(ranks)
    units = sum(hidden)
    for removed in (units // 4, units // 4, units // 2, units):
        expected = masked_forward(network, x, unit_masks(ranks, removed))
        torch.testing.assert_close(nested.logits(removed), expected)


def test_rankings_share_one_evaluator_without_disturbing_each_other():
    network = mlp(12, 9, 6)
    x, _ = samples(30)
    evaluator = Evaluator(network, x)
    rankings = [random_ranks(network, seed) for seed in range(3)]
    masks = [evaluator.under(ranks) for ranks in rankings]
    for removed in (3, 9, 20):
        for ranks, nested in zip(rankings, masks, strict=True):
            expected = masked_forward(network, x, unit_masks(ranks, removed))
            torch.testing.assert_close(nested.logits(removed), expected)


@pytest.mark.parametrize("hidden", SHAPES, ids=str)
def test_a_whole_network_is_asked_in_blocks(
    hidden: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(evaluation, "LEAST_POINTS", 256)
    monkeypatch.setattr(evaluation, "BLOCK_VALUES", 1)
    network = mlp(*hidden)
    x, _ = samples(600)
    torch.testing.assert_close(Evaluator(network, x).logits(), network(x).detach())


def test_a_unit_that_left_does_not_come_back():
    network = mlp(6, 5, 4)
    nested = Evaluator(network, samples(5)[0]).under(random_ranks(network, 0))
    nested.logits(8)
    with pytest.raises(ValueError, match="do not come back"):
        nested.logits(7)


def test_downdating_in_single_precision_stays_close_over_many_steps():
    network = MLP(2, [200, 200, 200], 4, generator())
    x = torch.randn(500, 2, generator=generator(1))
    ranks = random_ranks(network, 2)
    nested = Evaluator(network, x).under(ranks)
    for removed in range(0, 600, 12):
        logits = nested.logits(removed)
        expected = masked_forward(network, x, unit_masks(ranks, removed))
        torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)


def test_accuracy_is_the_share_of_points_of_the_right_class():
    logits = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0], [0.0, 3.0]])
    assert accuracy(logits, torch.tensor([0, 1, 1, 1])) == 0.75
