"""How networks and batches lie in memory: the same numbers, however they do."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from pruning.models.base import models
from pruning.structure.layout import (
    CHANNELS_LAST,
    USUAL,
    laid_out_as,
    layout_for,
    with_channels_last,
)
from tests.pruning.small_images import same, two_convolutions


@pytest.mark.parametrize("name", models.names())
def test_only_networks_with_convolutions_are_laid_out(name: str):
    network = models[name].untrained((3, 32, 32), 10, 0)
    layout = layout_for(network, torch.zeros(2, 3, 32, 32))
    assert (layout == CHANNELS_LAST) == any(p.ndim == 4 for p in network.parameters())


class Flat(nn.Module):
    """Flattens as older networks do, which needs the usual layout."""

    def forward(self, x: Tensor) -> Tensor:
        return x.view(len(x), -1)


class Drawing(nn.Module):
    """Draws at random, also where nothing is learned."""

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.rand(x.shape)


def test_a_network_that_needs_the_usual_layout_gets_it():
    networks = [two_convolutions(0) for _ in range(2)]
    networks[0][6] = Flat()
    layouts = [layout_for(network, torch.zeros(2, 1, 8, 8)) for network in networks]
    assert layouts == [USUAL, CHANNELS_LAST]


def test_trying_it_out_leaves_no_trace():
    """Neither in the network nor in what others draw."""
    network = two_convolutions(0).append(Drawing())
    before, state = copy.deepcopy(network), torch.get_rng_state()
    assert layout_for(network, torch.ones(2, 1, 8, 8)) == CHANNELS_LAST
    assert same(network, before)
    assert network.training
    assert torch.equal(torch.get_rng_state(), state)


def parameters(count: int, seed: int) -> Iterator[nn.Parameter]:
    generator = torch.Generator().manual_seed(seed)
    for _ in range(count):
        yield nn.Parameter(torch.randn(4, 3, 2, 5, generator=generator))


@pytest.mark.parametrize("seed", range(3))
def test_optimisers_may_move_more_than_the_network(seed: int):
    """A parameter that is none of the network's stays as it lies, and so does what it has."""
    ours, theirs = ([*parameters(2, seed)] for _ in range(2))
    conv = nn.Conv2d(3, 4, (2, 5))
    conv.weight = ours[0]
    network = nn.Sequential(conv)
    fused, plain = AdamW(ours, 0.1, fused=True), AdamW(theirs, 0.1, foreach=False)

    def step(optimizer: Optimizer, weights: list[nn.Parameter]) -> None:
        for weight in weights:
            weight.grad = (weight.detach() - 1) * weight.detach().cos()
        optimizer.step()

    step(fused, ours)
    with with_channels_last(network, [fused]):
        assert ours[0].is_contiguous(memory_format=CHANNELS_LAST)
        assert ours[1].is_contiguous()
        step(fused, ours)
    step(plain, theirs)
    step(plain, theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.is_contiguous()
        assert torch.allclose(mine, other, atol=1e-6)


def test_values_lie_as_others_do():
    weights = torch.randn(4, 3, 2, 5).contiguous(memory_format=CHANNELS_LAST)
    mask = torch.rand(4, 3, 2, 5) < 0.5
    laid_out = laid_out_as(mask, weights)
    assert laid_out.stride() == weights.stride()
    assert laid_out.dtype == torch.bool
    assert torch.equal(laid_out, mask)
    assert laid_out_as(laid_out, weights) is laid_out
