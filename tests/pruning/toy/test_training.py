"""Training: quick, repeatable, and as accurate as published."""

from __future__ import annotations

import pytest
import torch

from pruning.context import Context
from pruning.data.base import datasets
from pruning.threads import one_thread
from pruning.toy.evaluation import accuracy
from pruning.toy.mlp import MLP
from pruning.toy.networks import ToyNetworkSpec, fit
from pruning.toy.settings import ToyTraining
from pruning.toy.training import train
from tests.pruning.checks import generator

# Percent, of the default network.
REACHED = {"moon": 99.5, "circle": 99.5, "mult": 93, "xor": 94, "blobs": 96, "spiral": 98}


@pytest.mark.parametrize("name", REACHED)
def test_the_default_network_learns_every_dataset(name: str, tmp_path):
    spec = ToyNetworkSpec(name, datasets[name].noise, (100, 100, 100), 0)
    with one_thread():
        *_, (network, _) = fit(spec, Context(tmp_path))
    x, y = map(torch.from_numpy, spec.training_set())
    assert accuracy(network(x), y) >= REACHED[name] / 100


def trained(seed: int, steps: int = 50) -> tuple[MLP, list[int], list[float]]:
    draws = generator(seed)
    network = MLP(2, [16, 16], 2, draws)
    x, y = map(torch.from_numpy, datasets["blobs"].sample(50, 0.2, 0))
    reports = list(train(network, x, y % 2, draws, ToyTraining(steps=steps)))
    return network, [r.steps for r in reports], [r.accuracy for r in reports]


def test_it_says_every_twenty_steps_and_at_the_end_how_far_it_is():
    _, steps, accuracies = trained(0)
    assert steps == [20, 40, 50]
    assert all(0 <= value <= 1 for value in accuracies)
    assert accuracies[-1] > accuracies[0]


def test_equal_seeds_give_equal_networks_whatever_else_draws_numbers():
    first = trained(0)
    torch.rand(3)
    second, other = trained(0), trained(1)
    assert first[1:] == second[1:]
    assert torch.equal(first[0].output.weight, second[0].output.weight)
    assert not torch.equal(first[0].output.weight, other[0].output.weight)
