"""What cannot be used is told in one sentence, before anything is trained."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pruning.models.base import models
from pruning.structure.fitness import why_not
from tests.pruning.odd_networks import Does

SHAPE = (3, 6, 6)
INPUTS = 3 * 6 * 6


def linear(outputs: int = 4) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(INPUTS, outputs))


def always_dropped(x: Tensor) -> Tensor:
    return functional.dropout(x.flatten(1), 0.5)


UNFIT = {
    "it gives out 2 values for an image, but the dataset has 4 classes": linear(2),
    "it gives out 10 values for an image": linear(10),
    "it gives out 3×6×6 values for an image": nn.Identity(),
    "it gives out a tuple, not a tensor of logits": Does(
        lambda self, x: (self.out(x.flatten(1)), x), out=nn.Linear(INPUTS, 4)
    ),
    "it gives out a dict, not a tensor of logits": Does(
        lambda self, x: {"logits": self.out(x.flatten(1))}, out=nn.Linear(INPUTS, 4)
    ),
    "it does not take images of 3×6×6: RuntimeError: ": nn.Sequential(
        nn.Flatten(), nn.Linear(INPUTS + 1, 4)
    ),
    "1.weight has no size yet: give its lazy layer one": nn.Sequential(
        nn.Flatten(), nn.LazyLinear(4)
    ),
    "1.weight is of type float64: make it float32": linear().double(),
    "it says something else of the same images each time, in eval mode, too": Does(
        lambda self, x: self.out(always_dropped(x)), out=nn.Linear(INPUTS, 4)
    ),
}


@pytest.mark.parametrize("said", UNFIT)
def test_a_network_that_cannot_be_used_is_told_why(said: str):
    state = torch.random.get_rng_state()
    assert str(why_not(UNFIT[said], SHAPE, 4)).startswith(said)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_batch_norm_that_would_have_a_single_value_is_told():
    network = nn.Sequential(nn.Flatten(), nn.Linear(INPUTS, 4), nn.BatchNorm1d(4))
    assert why_not(network, SHAPE, 4) is None
    said = str(why_not(network, SHAPE, 4, batch_size=1))
    assert said.startswith("it cannot learn from one image at a time (Expected more than 1 value")
    over_pixels = nn.Sequential(nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(INPUTS, 4))
    assert why_not(over_pixels, SHAPE, 4, batch_size=1) is None


@pytest.mark.parametrize("name", ["lenet-300-100", "resnet-20", "vgg16-bn"])
def test_our_networks_can_be_used_and_stay_as_they_were(name: str):
    network = models[name].untrained((3, 32, 32), 10, 0).train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    assert why_not(network, (3, 32, 32), 10) is None
    assert network.training
    assert all(torch.equal(before[name], now) for name, now in network.state_dict().items())
