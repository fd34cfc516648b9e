"""Every criterion against an independent slow implementation, and lrp against zennit."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from zennit.composites import LayerMapComposite
from zennit.core import BasicHook
from zennit.rules import AlphaBeta, ClampMod, Epsilon, Gamma

from pruning.criteria.base import Rule
from pruning.toy.mlp import MLP
from tests.pruning.checks import mlp, reference, samples, score
from tests.reference import slow

SEEDS = range(6)
SHAPES = [(9,), (8, 7), (9, 8, 7), (8, 9, 8, 7, 6)]


def layers(network: MLP) -> list[slow.Layer]:
    return [
        (layer.weight.tolist(), layer.bias.tolist())
        for layer in [*network.hidden_layers, network.output]
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hidden", SHAPES, ids=str)
@pytest.mark.parametrize(
    "name",
    [
        *("weight", "grad", "taylor", "lrp", "weight_l2", "geometric_median", "activation_mean"),
        *("apoz", "fisher"),
    ],
)
def test_a_criterion_is_what_plain_loops_compute(name: str, hidden: tuple[int, ...], seed: int):
    network = mlp(*hidden, seed=seed)
    x, y = samples(7, seed=seed)
    scores = score(name, network, x, y)
    plain = getattr(slow, f"score_{name}")
    expected = plain(layers(network), x.tolist(), y.tolist())
    torch.testing.assert_close(scores, [torch.tensor(e, dtype=x.dtype) for e in expected])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slow_gradients_are_what_finite_differences_give(seed: int):
    """Moving a unit's bias moves its pre-activation and nothing else of its layer."""
    network = layers(mlp(6, 5, 4, seed=seed))
    (point,), (label,) = (part.tolist() for part in samples(1, seed=seed))

    def loss() -> float:
        logits = torch.tensor(slow.forward(network, point)[-1], dtype=torch.float64)
        return -logits.log_softmax(0)[label].item()

    step = 1e-6
    for (_, bias), found in zip(network, slow.gradients(network, point, label), strict=False):
        for unit, gradient in enumerate(found):
            bias[unit] += step
            above = loss()
            bias[unit] -= 2 * step
            below = loss()
            bias[unit] += step
            assert gradient == pytest.approx((above - below) / (2 * step), abs=1e-7)


# zennit's own machinery for z+, set to W+ without bias, the input as it is and 1e-9.
HOOKS = {
    "z_plus": BasicHook(
        param_modifiers=[ClampMod(min=0.0, zero_params=["bias"])],
        gradient_mapper=lambda relevance, outputs: [relevance / (z + 1e-9) for z in outputs],
    ),
    "epsilon": Epsilon(1e-6),
    "gamma": Gamma(0.25),
    "alpha2_beta1": AlphaBeta(2, 1),
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("hidden", SHAPES, ids=str)
@pytest.mark.parametrize("rule", list(HOOKS))
def test_relevance_is_what_zennit_computes(rule: Rule, hidden: tuple[int, ...], seed: int):
    network = mlp(*hidden, seed=seed)
    x, y = samples(7, seed=seed)
    expected = [layer[0] for layer in reference(network, x, y).relevances(rule)]
    with LayerMapComposite([(nn.Linear, HOOKS[rule])]).context(network):
        activations, logits = network.activations(x.requires_grad_())
        start = logits.detach() * nn.functional.one_hot(y, 3)
        found = torch.autograd.grad(logits, activations, start)
    torch.testing.assert_close(list(found), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_relevance_is_handed_down_without_loss(seed: int):
    """What z+ gives to a layer's inputs adds up to what it took from its outputs."""
    network = mlp(30, 20, 10, seed=seed)
    x, y = samples(7, seed=seed)
    logits = network(x).gather(1, y[:, None]).sum().item()
    totals = [relevance.sum().item() for relevance in reference(network, x, y).relevances("z_plus")]
    assert totals == pytest.approx([logits] * 3, rel=1e-5)
