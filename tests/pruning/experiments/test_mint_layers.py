"""Which layers tell each other something, and what is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pruning.context import CannotRunError, Context
from pruning.experiments.mint.layers import INPUT, Layers
from pruning.models.base import models
from tests.pruning.small_images import splits

CONTEXT = Context(Path())


def test_the_pairs_of_the_published_network():
    network = models["mlp-mint"].untrained((1, 28, 28), 10, 0)
    found = [(p.layer, p.reads, p.children, p.parents) for p in Layers(network).pairs]
    assert found == [
        ("fc1", (INPUT,), 500, 784),
        ("fc2", ("fc1",), 300, 500),
        ("output", ("fc2",), 10, 300),
    ]


def test_a_residual_sum_is_one_parent_whoever_writes_to_it():
    network = models["resnet-20"].untrained((3, 16, 16), 10, 0)
    pairs = {pair.layer: pair for pair in Layers(network).pairs}
    several = [pair for pair in pairs.values() if len(pair.reads) > 1]
    assert several
    for pair in several:
        assert pair.parents == dict(network.named_modules())[pair.layer].weight.shape[1]
    first = next(iter(pairs.values()))
    assert first.reads == (INPUT,)


def test_activations_are_means_over_pixels_of_what_is_read_and_handed_on():
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 6, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(96, 10),
    ).eval()
    images = splits().test
    x, _ = images.batch(slice(None))
    with torch.no_grad():
        read = network[:3](x.clone())
        handed = network[:5](x.clone())
        logits = network(x.clone())
    layers = Layers(network)
    above, below = layers.activations("3", images, CONTEXT)
    np.testing.assert_allclose(above, read.mean((2, 3)), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(below, handed.mean((2, 3)), rtol=1e-5, atol=1e-6)
    above, below = layers.activations("6", images, CONTEXT)
    np.testing.assert_allclose(above, handed.flatten(1), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(below, logits, rtol=1e-5, atol=1e-6)


def test_convolutions_in_groups_have_no_blocks():
    network = nn.Sequential(nn.Conv2d(2, 4, 3), nn.Conv2d(4, 4, 3, groups=4), nn.Conv2d(4, 3, 3))
    layers = Layers(network)
    assert [pair.layer for pair in layers.pairs] == ["0", "2"]
    assert layers.pairs[1].reads == ("0",)
    assert layers.in_groups == ["1"]


class TwoWays(nn.Module):
    """Its way depends on the values."""

    def __init__(self) -> None:
        super().__init__()
        self.output = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.output(x) if x.sum() > 0 else x


def test_a_network_that_cannot_be_followed_is_refused():
    with pytest.raises(CannotRunError, match="choose another model"):
        _ = Layers(TwoWays()).pairs
