"""Relevance through any network that can be traced; what it is, tests/reference says."""

from __future__ import annotations

import gc

import psutil
import pytest
import torch
from torch import nn

from pruning.criteria.base import Rule
from pruning.criteria.evidence.network import Evidence
from pruning.criteria.evidence.relevance import layer_relevances
from pruning.criteria.evidence.relevance_rules import RULES
from pruning.structure.tracing import traced
from pruning.threads import one_thread
from pruning.vision import torchvision
from tests.pruning.checks import mlp, reference, samples
from tests.pruning.criteria.test_evidence import sequential
from tests.pruning.small_networks import LAYERS, convolutional, functional, images, residual

NAMES = list(RULES)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rule", NAMES)
def test_toy_networks_and_others_have_the_same_relevance(rule: Rule, seed: int):
    toy = mlp(9, 8, 7, seed=seed)
    x, y = samples(7, seed=seed)
    found = Evidence(sequential(toy), ["0", "2", "4"], x, y, 0).relevances(rule)
    torch.testing.assert_close(found, reference(toy, x, y).relevances(rule))


@pytest.mark.parametrize("rule", NAMES)
def test_functions_and_methods_are_followed_as_modules_are(rule: Rule):
    x, y = images(5)
    found, expected = (
        Evidence(network(4), LAYERS, x, y, 0).relevances(rule) for network in (functional, residual)
    )
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("seed", range(8))
def test_relevance_is_shared_out_without_loss_at_an_addition(seed: int):
    """Where there is no bias, what both branches of a block have is what the class's logit is."""
    network = residual(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            module.running_mean.zero_()
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)
    x, y = images(4, seed)
    branches = Evidence(network, ["conv3", "shortcut"], x, y, 0).relevances("epsilon")
    logits = network(x).gather(1, y[:, None])[:, 0]
    together = sum(branch[0].sum(1) for branch in branches)
    torch.testing.assert_close(together, logits.detach(), rtol=1e-3, atol=1e-5)


def test_relevance_of_the_output_is_the_logit_of_the_class():
    network = convolutional(0)
    x, y = images(4)
    (found,) = layer_relevances(traced(network), ["output"], "z_plus", x, y)
    expected = torch.zeros(4, 3, dtype=x.dtype)
    expected[range(4), y] = network(x).detach()[range(4), y]
    torch.testing.assert_close(found, expected)


class Product(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 3).double()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(x) * x.sum(1, keepdim=True)


class Keyword(Product):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sub(input=self.fc(x), other=x[:, :1])


@pytest.mark.parametrize("network", [Product, Keyword])
def test_what_no_rule_is_known_for_is_refused(network: type[nn.Module]):
    with pytest.raises(ValueError, match="no rule hands relevance down through"):
        Evidence(network(), ["fc"], *samples(4), 0).relevances("z_plus")


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "vgg11_bn"])
def test_torchvisions_networks_can_be_followed(name: str):
    network = torchvision.models.get_model(name, num_classes=3).eval()
    layers = [n for n, module in network.named_modules() if isinstance(module, nn.Conv2d)]
    x = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with one_thread():
        found = Evidence(network, layers, x, torch.tensor([1]), 0).relevances("z_plus")
    assert all(layer.isfinite().all() and layer.any() for layer in found)


def test_nothing_is_kept_of_what_went_through():
    x, y = torch.randn(256, 2, 6, 6, dtype=torch.float64), torch.arange(256) % 3
    network = residual(0)
    graph = traced(network)

    def memory_after(times: int) -> int:
        for _ in range(times):
            layer_relevances(graph, LAYERS, "gamma", x, y)
        gc.collect()
        return psutil.Process().memory_info().rss

    with one_thread():
        before = memory_after(5)
        # What one pass makes is several MiB.
        assert memory_after(40) - before < 40 << 20
