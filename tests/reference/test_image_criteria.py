"""Every criterion on image networks against an independent slow implementation, or zennit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from zennit.canonizers import AttributeCanonizer, CompositeCanonizer, SequentialMergeBatchNorm
from zennit.composites import LayerMapComposite
from zennit.layer import Sum
from zennit.rules import Norm, Pass
from zennit.types import Activation, AvgPool, BatchNorm

from pruning.criteria.base import criteria
from pruning.criteria.evidence import network as evidence
from pruning.criteria.evidence.network import Evidence, score_layers
from pruning.threads import one_thread
from pruning.vision import torchvision
from tests.pruning.small_networks import (
    HANDED_ON,
    LAYERS,
    Residual,
    convolutional,
    images,
    residual,
)
from tests.reference import slow_images
from tests.reference.test_criteria import HOOKS

SEEDS = range(8)
NETWORKS = {"convolutional": convolutional, "residual": residual}
UNITS = [
    *("weight", "weight_l2", "geometric_median", "bn_scale", "activation_mean", "apoz"),
    *("grad", "taylor", "taylor_abs", "fisher"),
]
WEIGHTS = {
    "weight": slow_images.magnitude_weights,
    "weight_l2": slow_images.magnitude_weights,
    "snip": slow_images.snip_weights,
    "grasp": slow_images.grasp_weights,
    "synflow": slow_images.synflow_weights,
    "lamp": slow_images.lamp_weights,
    "taylor_weight": slow_images.taylor_weights,
    "obd": slow_images.obd_weights,
    "wanda": slow_images.wanda_weights,
    "movement": slow_images.movement_weights,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", list(NETWORKS))
@pytest.mark.parametrize("name", UNITS)
def test_scores_of_units_are_what_slow_code_computes(name: str, kind: str, seed: int):
    network = NETWORKS[kind](seed)
    x, y = images(5, seed)
    expected = getattr(slow_images, name)(network, x, y, HANDED_ON[kind])
    how = criteria[name].normalisation
    for layer, score in score_layers(network, LAYERS, criteria[name], "unit", x, y, 0).items():
        wanted = expected[layer]
        size = {"sum": wanted.sum(), "l2": (wanted**2).sum() ** 0.5, "none": 1}[how]
        torch.testing.assert_close(score, wanted / size, rtol=1e-5, atol=1e-8, equal_nan=True)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", list(NETWORKS))
@pytest.mark.parametrize("name", list(WEIGHTS))
def test_scores_of_weights_are_what_slow_code_computes(name: str, kind: str, seed: int):
    network = NETWORKS[kind](seed)
    x, y = images(5, seed)
    expected = WEIGHTS[name](network, x, y)
    found = score_layers(network, LAYERS, criteria[name], "weight", x, y, 0)
    for layer, wanted in expected.items():
        looked_at = wanted.isfinite()
        assert looked_at.sum() >= 10
        size = 1e-6 * found[layer].abs().max().item()
        torch.testing.assert_close(found[layer][looked_at], wanted[looked_at], rtol=1e-4, atol=size)


def test_every_criterion_has_a_reference():
    by_zennit = {name for name in criteria.names() if name.startswith("lrp")}
    assert {*UNITS, *WEIGHTS, *by_zennit, "random"} == set(criteria.names())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_weights_of_a_unit_are_squared_together_for_each_minibatch(size: int, seed: int):
    network = residual(seed)
    x, y = images(5, seed)
    entry = criteria["taylor_weight"]
    assert entry.settings
    chosen = entry.set(entry.settings.model_validate({"batch_size": size}))
    found = score_layers(network, LAYERS, chosen, "unit", x, y, 0)
    for name in LAYERS:
        layer = network.get_submodule(name)
        squares = []
        for part in slow_images.minibatches(x, y, size):
            network.zero_grad()
            slow_images_loss(network, *part).backward()
            products = (layer.weight * layer.weight.grad).flatten(1)
            squares.append([sum(row) ** 2 for row in products.tolist()])
        wanted = [sum(unit) / len(squares) for unit in zip(*squares, strict=True)]
        assert found[name].tolist() == pytest.approx(wanted, rel=1e-6)


def slow_images_loss(network: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    logits = network(x)
    return (logits.logsumexp(1) - logits[range(len(y)), y]).mean()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("together", [128, 6, 4])
@pytest.mark.parametrize("name", ["snip", "grasp"])
def test_the_statistics_of_the_samples_can_be_taken(
    name: str, together: int, seed: int, monkeypatch: pytest.MonkeyPatch
):
    """As a network in training mode whose batch norms forget what they see.

    However little fits in memory, the same samples share their statistics, for g and for H alike.
    """
    monkeypatch.setattr(evidence, "NORM_SAMPLES", together)
    monkeypatch.setattr(evidence, "BLOCK_VALUES", 1)
    network = residual(seed)
    x, y = images(7, seed)
    entry = criteria[name]
    assert entry.settings
    chosen = entry.set(entry.settings.model_validate({"batch_norm": "train"}))
    before = {key: value.clone() for key, value in network.state_dict().items()}
    found = score_layers(network, LAYERS, chosen, "weight", x, y, 0)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert not network.training

    training = residual(seed).train()
    for module in training.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum = 0.0
    temperature = 200 if name == "grasp" else 1
    weights = [m.weight for m in training.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    # Equal parts: all 7, or 4 and 3.
    parts = [slice(7)] if together == 128 else [slice(4), slice(4, 7)]
    loss = sum(
        nn.functional.cross_entropy(training(x[part]) / temperature, y[part], reduction="sum") / 7
        for part in parts
    )
    gradients = torch.autograd.grad(loss, weights, create_graph=True)
    if name == "grasp":
        along = sum((g * g.detach()).sum() for g in gradients)
        products = torch.autograd.grad(along, weights)
        by_weight = {id(w): w * p for w, p in zip(weights, products, strict=True)}
    else:
        by_weight = {id(w): (w * g).abs() for w, g in zip(weights, gradients, strict=True)}
    for layer in LAYERS:
        wanted = by_weight[id(training.get_submodule(layer).weight)]
        size = 1e-6 * wanted.abs().max().item()
        torch.testing.assert_close(found[layer], wanted.detach(), rtol=1e-4, atol=size)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["snip", "grasp", "synflow"])
def test_a_unit_has_what_its_weights_have_together(name: str, seed: int):
    network = residual(seed)
    single, units = (
        score_layers(network, LAYERS, criteria[name], granularity, *images(5, seed), 0)
        for granularity in ("weight", "unit")
    )
    for weights, unit in zip(single.values(), units.values(), strict=True):
        expected = [sum(row) for row in weights.flatten(1).tolist()]
        assert unit.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_synaptic_flow_is_conserved_from_layer_to_layer(seed: int):
    """Without biases and batch norm each layer's scores add up to the whole flow."""
    network = nn.Sequential(
        *(nn.Conv2d(2, 4, 3, bias=False), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(16, 9, bias=False), nn.ReLU(), nn.Linear(9, 3, bias=False)),
    )
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(seed))
    found = score_layers(network, ["0", "4", "6"], criteria["synflow"], "weight", *images(2), seed)
    totals = [score.sum().item() for score in found.values()]
    assert totals == pytest.approx(totals[:1] * 3, rel=1e-6)


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """Such small products are slower in two threads than in one."""
    with one_thread():
        yield


def folded_exactly(network: nn.Module) -> None:
    """Make ε small: zennit leaves it in a batch norm that it has folded, and so divides twice."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            module.eps = 1e-12


def summing(name: str, module: nn.Module) -> dict[str, Any] | None:
    """The addition of a residual block as a module, which rules can be attached to."""

    def forward(self: Residual, x: torch.Tensor) -> torch.Tensor:
        x = self.relu1(self.norm1(self.conv1(x)))
        out = self.norm3(self.conv3(self.relu2(self.norm2(self.conv2(x)))))
        out = self.addition(torch.stack([self.norm4(self.shortcut(x)), out], dim=-1))
        out = torch.flatten(self.pool(self.relu3(out)), 1)
        return self.output(self.relu4(self.norm5(self.fc(out))))

    if not isinstance(module, Residual):
        return None
    return {"forward": forward.__get__(module), "addition": Sum()}


def relevances_by_zennit(
    network: nn.Module, canonizer: Any, rule: str, layers: list[str], x: torch.Tensor, y: Any
) -> list[torch.Tensor]:
    """Per sample and unit, summed over positions."""
    composite = LayerMapComposite(
        [
            (Activation, Pass()),
            (BatchNorm, Pass()),
            ((Sum, AvgPool), Norm()),
            ((nn.Conv2d, nn.Linear), HOOKS[rule]),
        ],
        canonizers=[canonizer],
    )
    kept: list[torch.Tensor] = []
    with composite.context(network):
        handles = [
            network.get_submodule(layer).register_forward_hook(
                lambda _, __, output: (kept.append(output), output.clone())[1]
            )
            for layer in layers
        ]
        logits = network(x.requires_grad_())
        start = logits.detach() * nn.functional.one_hot(y, logits.shape[1])
        found = torch.autograd.grad(logits, kept, start)
        for handle in handles:
            handle.remove()
    return [r.flatten(2).sum(2) if r.ndim > 2 else r for r in found]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", list(HOOKS))
@pytest.mark.parametrize("kind", list(NETWORKS))
def test_relevance_is_what_zennit_computes(kind: str, rule: str, seed: int):
    network = NETWORKS[kind](seed)
    x, y = images(5, seed)
    folded_exactly(network)
    found = Evidence(network, LAYERS, x, y, 0).relevances(rule)
    canonizer = CompositeCanonizer([SequentialMergeBatchNorm(), AttributeCanonizer(summing)])
    expected = relevances_by_zennit(network, canonizer, rule, LAYERS, x, y)
    torch.testing.assert_close([layer[0] for layer in found], expected)


@pytest.mark.parametrize("rule", list(HOOKS))
def test_relevance_in_torchvisions_resnet_is_what_zennits_own_canonizer_gives(rule: str):
    from zennit.torchvision import ResNetCanonizer

    torch.manual_seed(0)
    block = torchvision.models.resnet.BasicBlock
    network = torchvision.models.ResNet(block, [1, 1, 1, 1], num_classes=3).double().eval()
    folded_exactly(network)
    layers = [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d) and "downsample" not in name
    ]
    x = torch.randn(2, 3, 32, 32, dtype=torch.float64)
    y = torch.tensor([0, 2])
    found = Evidence(network, layers, x, y, 0).relevances(rule)
    expected = relevances_by_zennit(network, ResNetCanonizer(), rule, layers, x, y)
    torch.testing.assert_close([layer[0] for layer in found], expected)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["lrp", "lrp_epsilon", "lrp_gamma", "lrp_alpha2_beta1"])
def test_lrp_scores_are_relevances_summed_and_all_but_the_published_take_their_size(
    name: str, seed: int
):
    network = residual(seed)
    x, y = images(5, seed)
    rule = "z_plus" if name == "lrp" else name.removeprefix("lrp_")
    relevances = Evidence(network, LAYERS, x, y, 0).relevances(rule)
    for score, relevance in zip(
        score_layers(network, LAYERS, criteria[name], "unit", x, y, 0).values(),
        relevances,
        strict=True,
    ):
        sums = [sum(unit) for unit in zip(*relevance[0].tolist(), strict=True)]
        sums = sums if name == "lrp" else [abs(value) for value in sums]
        expected = [value / abs(sum(sums)) for value in sums]
        assert score.tolist() == pytest.approx(expected)
