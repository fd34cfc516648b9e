"""Training in the page, held against torch: equal minibatches give equal weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from pruning.data.base import datasets
from pruning.randomness import torch_generator
from pruning.toy.mlp import MLP
from pruning.toy.settings import ToyTraining
from tests.browser.evaluator import Evaluator

STEPS = 40
TRAIN = """async ({ weights, biases, removed, cuts, x, labels, batches, steps }) => {
  const { networkOf } = await import("#network/evaluator.js");
  const { Training, generator, keptBy } = await import("#network/training.js");
  const floats = (rows) => rows.map((row) => Float32Array.from(row));
  const network = networkOf(floats(weights), floats(biases), x.length);
  const kept = keptBy(network, removed, cuts);
  const options = { steps, random: generator(0), dropout: 0 };
  const training = new Training(network, kept, { x: floats(x), labels }, options);
  for (const rows of batches) training.step(rows);
  const made = training.network();
  return [made.weights, made.biases].map((all) => all.map((values) => Array.from(values)));
}"""


@pytest.mark.parametrize("hidden", [(7,), (6, 5), (8, 7, 6), (5, 5, 4, 4)], ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_the_page_trains_as_torch_does(evaluator: Evaluator, hidden, seed):
    data = datasets["blobs"]
    x, y = data.sample(25, data.noise, seed)
    network = MLP(2, hidden, data.classes, torch_generator("initial weights", seed))
    batches = np.random.default_rng(seed).integers(len(x), size=(STEPS, 16))
    removed = [0] * sum(hidden)
    removed[1] = removed[-1] = 1
    cut = (len(hidden), 0, 1)
    asked = {
        "weights": [layer.weight.detach().flatten().tolist() for layer in layers(network)],
        "biases": [layer.bias.detach().tolist() for layer in layers(network)],
        "removed": removed,
        "cuts": [".".join(map(str, cut))],
        "x": x.T.tolist(),
        "labels": y.tolist(),
        "batches": batches.tolist(),
        "steps": STEPS,
    }
    weights, biases = evaluator.page.evaluate(TRAIN, asked)
    train(network, torch.from_numpy(x), torch.from_numpy(y), batches, kept(network, removed, cut))
    for layer, weight, bias in zip(layers(network), weights, biases, strict=True):
        assert np.allclose(weight, layer.weight.detach().flatten(), rtol=1e-3, atol=1e-5)
        assert np.allclose(bias, layer.bias.detach(), rtol=1e-3, atol=1e-5)


def layers(network: MLP) -> list[Any]:
    return [*network.hidden_layers, network.output]


def kept(network: MLP, removed: list[int], cut: tuple[int, int, int]) -> list[Tensor]:
    """A mask for each parameter: nothing of a unit that is gone, whoever it hears or tells."""
    masks = [torch.ones_like(parameter) for parameter in network.parameters()]
    starts = np.cumsum([0, *network.widths])
    for index, width in enumerate(network.widths):
        gone = [unit for unit in range(width) if removed[starts[index] + unit]]
        masks[2 * index][gone] = 0
        masks[2 * index + 1][gone] = 0
        masks[2 * index + 2][:, gone] = 0
    layer, source, target = cut
    masks[2 * layer][target, source] = 0
    return masks


def train(network: MLP, x: Tensor, y: Tensor, batches: Any, masks: list[Tensor]) -> None:
    recipe, parameters = ToyTraining(), list(network.parameters())
    rate = recipe.learning_rate_of(max(network.widths))
    optimiser = torch.optim.SGD(parameters, rate, recipe.momentum)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    with torch.no_grad():
        for parameter, mask in zip(parameters, masks, strict=True):
            parameter.mul_(mask)
    for rows in batches:
        optimiser.zero_grad()
        cross_entropy(network(x[rows]), y[rows]).backward()
        for parameter, mask in zip(parameters, masks, strict=True):
            assert parameter.grad is not None
            parameter.grad.mul_(mask)
        optimiser.step()
        schedule.step()


def test_random_numbers_follow_from_the_seed_and_are_spread_evenly(evaluator: Evaluator):
    script = """async (seed) => {
      const { generator } = await import("#network/training.js");
      const random = generator(seed);
      return Array.from({ length: 20000 }, random);
    }"""
    one, again, other = (np.array(evaluator.page.evaluate(script, seed)) for seed in (5, 5, 6))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    counts = np.histogram(one, bins=20, range=(0, 1))[0]
    assert counts.sum() == len(one)
    assert np.abs(counts - 1000).max() < 150
