"""One network under unrelated masks says what a forward pass with the masks in it says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pruning.experiments.toy_study.masked import EvaluationSet, MaskedNetwork
from pruning.toy import evaluation
from pruning.toy.evaluation import Block
from pruning.toy.mlp import MLP
from tests.pruning.checks import generator, mlp, samples
from tests.pruning.toy.test_evaluation import SHAPES, masked_forward


def random_masks(network: MLP, kept: float, seed: int) -> list[torch.Tensor]:
    return [torch.rand(w, generator=generator(seed + w)) < kept for w in network.widths]


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hidden", SHAPES, ids=str)
def test_the_logits_are_those_of_a_masked_forward_pass(
    hidden: tuple[int, ...], seed: int, kept: float
):
    network = mlp(*hidden, seed=seed)
    x, _ = samples(30, seed=seed)
    masks = random_masks(network, kept, seed)
    logits = MaskedNetwork(network, masks).logits(Block.of(network, x))
    torch.testing.assert_close(logits.detach().T, masked_forward(network, x, masks))


def test_masks_do_not_disturb_each_other():
    network = mlp(12, 9, 6)
    x, _ = samples(30)
    block = Block.of(network, x)
    for seed in (1, 2, 1):
        masks = random_masks(network, 0.5, seed)
        logits = MaskedNetwork(network, masks).logits(block)
        torch.testing.assert_close(logits.detach().T, masked_forward(network, x, masks))


def test_the_accuracy_is_over_all_blocks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(evaluation, "LEAST_POINTS", 256)
    monkeypatch.setattr(evaluation, "BLOCK_VALUES", 1)
    network = mlp(12, 9, 6).float()
    x, y = samples(600)
    points = EvaluationSet.of(network, x.float().numpy(), y.numpy())
    assert [len(classes) for classes in points.classes] == [256, 256, 88]
    masks = random_masks(network, 0.5, 3)
    expected = masked_forward(network, x.float(), masks).argmax(dim=1).numpy() == y.numpy()
    assert MaskedNetwork(network, masks).accuracy(points) == pytest.approx(np.mean(expected))
