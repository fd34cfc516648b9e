"""Every purpose has random numbers of its own."""

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import pruning
from pruning.criteria.base import criteria
from pruning.criteria.evidence.network import score_layers
from pruning.models.base import models
from pruning.randomness import numpy_generator, torch_generator, torch_seed
from pruning.structure.units import layers_of
from pruning.toy.networks import ToyNetworkSpec
from pruning.toy.samples import ReferenceSamples
from tests.pruning.checks_models import smallest

SEEDS = range(4)
MAKERS = ("numpy_generator", "torch_generator", "torch_seed", "generator", "rng")
# Toy points are drawn as their study was published; torch's own generators are lent.
BARE = {"randomness.py", "data/toy.py", "models/base.py", "training/default_generators.py"}


def sources() -> Iterator[tuple[str, ast.AST]]:
    folder = Path(pruning.__file__).parent
    for path in folder.rglob("*.py"):
        yield path.relative_to(folder).as_posix(), ast.parse(path.read_text())


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """File, name of what is called, and call."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield path, name, node


def purposes() -> list[str]:
    """What the package draws random numbers for."""
    return [
        node.args[0].value
        for _, name, node in calls()
        if name in MAKERS and node.args and isinstance(node.args[0], ast.Constant)
    ]


def correlation(a: Tensor, b: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]).double())[0, 1])


def test_no_module_makes_a_generator_from_a_bare_seed():
    bare = {path for path, name, _ in calls() if name in ("manual_seed", "default_rng")}
    assert bare == BARE


def test_a_purpose_is_named_once_in_the_networks_for_images_and_once_in_the_toy_ones():
    found = purposes()
    assert len(found) > 10
    assert {p for p in found if found.count(p) > 1} == {"initial weights", "scores by chance"}
    assert all(found.count(purpose) <= 2 for purpose in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_purposes_share_a_stream(seed):
    draws = {p: torch.rand(2000, generator=torch_generator(p, seed)) for p in set(purposes())}
    draws |= {
        f"{p}, numpy": torch.tensor(numpy_generator(p, seed).random(2000)).float()
        for p in set(purposes())
    }
    for (one, a), (other, b) in combinations(draws.items(), 2):
        assert abs(correlation(a, b)) < 0.12, (one, other)
        # Two independent draws of 24 bits agree now and then.
        assert len(set(a.tolist()) & set(b.tolist())) < 10, (one, other)


def test_equal_seeds_and_purposes_give_equal_numbers_and_others_do_not():
    seeds = [("x", 1), ("y", 1), ("x", 2), ("x", 1, 0), ("x", 0, 1), ("x",)]
    assert len({torch_seed(*seed) for seed in seeds}) == len(seeds)
    assert torch_seed("x", 1) == torch_seed("x", 1)
    one, other = (numpy_generator("x", 3).random(5) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", models.names())
def test_scores_by_chance_know_nothing_of_the_initial_weights(name):
    """Drawn from the stream of the weights, they were these in order: correlation 1."""
    shape = smallest(name)
    for seed in range(2):
        network = models[name].untrained(shape, 10, seed)
        layers = layers_of(network)
        x, y = torch.zeros(2, *shape), torch.zeros(2, dtype=torch.int64)
        random = criteria["random"]
        scores = score_layers(network, list(layers), random, "weight", x, y, seed)
        for layer, score in scores.items():
            weight = layers[layer].weight.detach()
            if score.numel() >= 100:
                bound = 6 / score.numel() ** 0.5
                assert abs(correlation(score, weight)) < bound, layer
                assert abs(correlation(score, weight.abs())) < bound, layer


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_by_chance_know_nothing_of_the_weights_of_a_toy_network(seed):
    network = ToyNetworkSpec("circle", 0.1, (200, 200, 200), seed).untrained()
    x, y = torch.zeros(1, 1, 2), torch.zeros(1, 1, dtype=torch.int64)
    scores = criteria["random"].units(ReferenceSamples(network, x, y, [seed]))
    for score, layer in zip(scores, network.hidden_layers, strict=True):
        for weights in (layer.weight.detach()[:, 0], layer.bias.detach()):
            assert abs(correlation(score[0], weights)) < 0.42
