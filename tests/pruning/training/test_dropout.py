"""Dropout that draws less: the same distribution, and nothing left behind."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pruning.training.dropout import drop, quick_dropout

COUNT = 200_000


@pytest.fixture(autouse=True)
def _seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_that_share_drops_and_the_mean_stays(share: float):
    y = drop(torch.ones(COUNT), share)
    sd = (share * (1 - share) / COUNT) ** 0.5
    assert float((y == 0).double().mean()) == pytest.approx(share, abs=5 * sd)
    assert float(y.double().mean()) == pytest.approx(1, abs=5 * sd / (1 - share))
    assert len(y.unique()) == 2


def test_values_drop_independently():
    # Four decisions share a draw: neighbours up to that distance, and equal places of two calls.
    kept = (drop(torch.ones(COUNT), 0.5) != 0).double()
    again = (drop(torch.ones(COUNT), 0.5) != 0).double()
    for other in (*(kept.roll(distance) for distance in (1, 2, 3, 4)), again):
        assert float(((kept - 0.5) * (other - 0.5)).mean()) == pytest.approx(
            0, abs=1.25 / COUNT**0.5
        )


@pytest.mark.parametrize("shape", [(1,), (3, 5), (2, 3, 4, 5)])
def test_any_shape_will_do(shape: tuple[int, ...]):
    assert drop(torch.ones(shape), 0.5).shape == shape


def test_gradients_pass_where_values_do():
    x = torch.ones(1000, requires_grad=True)
    y = drop(x, 0.3)
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())


def test_layers_are_as_before_afterwards():
    network = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.3), nn.Dropout(1.0), nn.Dropout(0.0))
    with quick_dropout(network):
        assert [network[i].p for i in (1, 2, 3)] == [0.0, 1.0, 0.0]
    assert [network[i].p for i in (1, 2, 3)] == [0.3, 1.0, 0.0]
    assert not network[1]._forward_hooks


def test_in_eval_mode_nothing_drops():
    network = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.9)).eval()
    x = torch.ones(50, 2)
    with quick_dropout(network):
        assert torch.equal(network(x), network[0](x))
        network.train()
        assert (network(x) == 0).any()
