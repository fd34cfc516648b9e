"""Costs are counted as independent counters count them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torch_pruning.utils import count_ops_and_params

from pruning.masks.applying import masked
from pruning.models.base import Shape, models
from pruning.structure.cost import Cost, channel_ratio, cost_of
from pruning.structure.groups import Structure, slim
from pruning.structure.units import layers_of
from pruning.threads import one_thread
from tests.pruning.checks_models import images, random_units, smallest, warmed

MNIST = (1, 28, 28)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """On one thread: the operations are small, and the cores may be shared."""
    with one_thread():
        yield


@pytest.mark.parametrize("name", models.names())
def test_multiply_adds_are_half_of_the_flops_that_torch_counts(name: str):
    shape = smallest(name, 3)
    network = models[name].untrained(shape, 10, 0).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(images(shape, 1))
    assert 2 * cost_of(network, shape).multiply_adds == counter.get_total_flops()


def test_multiply_adds_are_those_of_torch_pruning_where_there_is_nothing_else():
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, bias=False),
        nn.Conv2d(8, 8, 3, groups=4, bias=False),
        nn.Flatten(),
        nn.Linear(8 * 13 * 13, 10, bias=False),
    )
    multiply_adds, parameters = count_ops_and_params(network, images((3, 32, 32), 1))
    cost = cost_of(network, (3, 32, 32))
    assert (cost.multiply_adds, cost.parameters) == (multiply_adds, parameters)


@pytest.mark.parametrize("name", ["lenet5", "vgg11-bn", "resnet-20"])
def test_parameters_are_those_of_torch_pruning(name: str):
    network = warmed(name, (3, 32, 32))
    _, parameters = count_ops_and_params(network, images((3, 32, 32), 1))
    assert cost_of(network, (3, 32, 32)).parameters == parameters


def test_a_dense_network_costs_what_its_layers_do():
    network = models["lenet5"].untrained(MNIST, 10, 0)
    multiply_adds = 500 * 24 * 24 + 25_000 * 8 * 8 + 400_000 + 5_000
    assert cost_of(network, MNIST) == Cost(431_080, 431_080, multiply_adds, 4 * 431_080)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["lenet-gss", "resnet-20", "mlp-wide"])
def test_masked_weights_cost_nothing(name: str, seed: int):
    shape = smallest(name, 3)
    network = warmed(name, shape)
    generator = torch.Generator().manual_seed(seed)
    masks = {
        f"{layer}.weight": torch.rand(module.weight.shape, generator=generator) < 0.3
        for layer, module in layers_of(network).items()
    }
    cost = cost_of(network, shape, masks)
    left = masked(network, masks)
    assert cost.nonzero == slow_nonzero(left)
    assert cost.parameters == sum(map(torch.numel, network.parameters()))
    assert cost.multiply_adds == slow_multiply_adds(left, shape)
    bits = sum(map(torch.numel, masks.values()))
    assert 4 * cost.nonzero + bits / 8 <= cost.bytes < 4 * cost.nonzero + bits / 8 + len(masks)


def slow_nonzero(network: nn.Module) -> int:
    """Biases and batch norms may well be zero; masks only touch the weights of layers."""
    weights = {f"{name}.weight" for name in layers_of(network)}
    return sum(
        int(parameter.count_nonzero()) if name in weights else parameter.numel()
        for name, parameter in network.named_parameters()
    )


def slow_multiply_adds(network: nn.Module, shape: Shape) -> int:
    """Add up row by row: each weight that is there, once per pixel of the output."""
    total = 0

    def add(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal total
        places = output.shape[2] * output.shape[3] if output.ndim == 4 else 1
        for row in layer.weight:
            total += places * int((row != 0).sum())

    for layer in layers_of(network).values():
        layer.register_forward_hook(add)
    network(images(shape, 1))
    return total


def test_whole_rows_need_no_map_of_what_is_left():
    network = models["lenet5"].untrained(MNIST, 10, 0)
    structure = Structure.of(network, MNIST)
    masks = structure.parameter_masks(random_units(structure, 0))
    cost = cost_of(network, MNIST, masks)
    assert cost.bytes == 4 * cost.nonzero
    masks["fc1.weight"] = masks["fc1.weight"].clone()
    masks["fc1.weight"][0, 0] = ~masks["fc1.weight"][0, 0]
    cost = cost_of(network, MNIST, masks)
    assert cost.bytes == 4 * cost.nonzero + 400_000 // 8


def test_counting_leaves_the_network_as_it_was():
    network = warmed("resnet-20", (3, 8, 8)).train()
    network.bn1.eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    cost_of(network, (3, 8, 8))
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())
    assert network.training
    assert not network.bn1.training
    assert not any(module._forward_hooks for module in network.modules())


def test_ratios_are_original_over_new():
    dense, pruned = Cost(100, 100, 1000, 400), Cost(100, 25, 100, 100)
    assert pruned.compression(dense) == 4
    assert pruned.speedup(dense) == 10
    assert pruned.parameter_ratio(dense) == 0.25
    assert dense.compression(dense) == dense.speedup(dense) == 1
    assert Cost(100, 0, 0, 0).compression(dense) == math.inf


def test_half_of_the_channels_are_about_a_quarter_of_the_parameters():
    shape = (3, 32, 32)
    network = models["resnet-20"].untrained(shape, 10, 0)
    structure = Structure.of(network, shape)
    units = {name: torch.arange(count) % 2 == 0 for name, count in structure.unit_counts.items()}
    small = cost_of(slim(network, shape, units), shape)
    assert channel_ratio(structure, units) == 0.5
    assert small.parameter_ratio(cost_of(network, shape)) == pytest.approx(0.25, abs=0.01)


def test_channels_are_those_of_all_layers_of_a_group():
    structure = Structure.of(models["resnet-20"].untrained((3, 8, 8), 10, 0), (3, 8, 8))
    # 19 convolutions of three stages and two projections: 7 × 16, 7 × 32, 7 × 64.
    kept = 1 - 4 * 8 / (7 * (16 + 32 + 64))
    assert channel_ratio(structure, {"conv1": torch.arange(16) < 8}) == pytest.approx(kept)
    assert channel_ratio(structure, {}) == 1
