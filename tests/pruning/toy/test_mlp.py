"""The network is the published one."""

from __future__ import annotations

import torch
from torch.nn.functional import relu

from pruning.toy.mlp import MLP
from tests.pruning.checks import generator, mlp, samples


def test_relu_follows_every_hidden_layer_but_the_last():
    network = mlp(5, 4, 3)
    x, _ = samples(6)
    first, second, third = network.hidden_layers
    expected = network.output(third(relu(second(relu(first(x))))))
    torch.testing.assert_close(network(x), expected)


def test_a_single_hidden_layer_keeps_its_relu():
    network = mlp(5)
    x, _ = samples(6)
    torch.testing.assert_close(network(x), network.output(relu(network.hidden_layers[0](x))))


def test_activations_are_those_before_relu():
    network = mlp(5, 4, 3)
    x, _ = samples(6)
    activations, logits = network.activations(x)
    assert [tuple(a.shape) for a in activations] == [(6, 5), (6, 4), (6, 3)]
    torch.testing.assert_close(activations[1], network.hidden_layers[1](relu(activations[0])))
    torch.testing.assert_close(logits, network.output(activations[2]))


def test_dropout_follows_the_first_relu_and_keeps_the_mean():
    network = mlp(30, 4, 3)
    x, _ = samples(1)
    draws = generator()
    plain = network.activations(x)[0]
    dropped = [network.activations(x, draws)[0] for _ in range(2000)]
    assert all(torch.equal(activations[0], plain[0]) for activations in dropped)
    seconds = torch.cat([activations[1] for activations in dropped])
    assert len(seconds.unique(dim=0)) > 1000
    spread = seconds.std(dim=0) / 2000**0.5
    assert ((seconds.mean(dim=0) - plain[1][0]).abs() < 5 * spread).all()


def test_equal_generators_give_equal_weights_and_no_other_randomness_is_used():
    before = torch.get_rng_state()
    one, two, other = (MLP(2, [8, 8], 2, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(one.output.weight, two.output.weight)
    assert not torch.equal(one.output.weight, other.output.weight)


def test_weights_start_within_torchs_own_bounds():
    network = MLP(2, [400, 300], 2, generator())
    for layer in [*network.hidden_layers, network.output]:
        bound = layer.in_features**-0.5
        assert 0.9 * bound < layer.weight.abs().max() <= bound
