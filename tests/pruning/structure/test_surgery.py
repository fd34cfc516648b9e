"""A slimmed network computes what the masked one does, and really is smaller."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.testing import assert_close
from torch_pruning import DependencyGraph
from torch_pruning.pruner import function

from pruning.masks.applying import masked
from pruning.models.base import Shape, models
from pruning.structure.groups import Structure, slim
from pruning.structure.surgery import Slimmer
from pruning.structure.units import layers_of
from pruning.threads import one_thread
from tests.pruning.checks_models import check_slimmed, images, random_units, smallest, warmed

CIFAR = (3, 32, 32)
LARGE = {"vgg16-bn", "resnet18", "resnet50"}


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """On one thread: the operations are small, and the cores may be shared."""
    with one_thread():
        yield


# One seed of every model is in the common suite.
@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("name", [name for name in models.names() if name not in LARGE])
def test_slimmed_equals_masked(name: str, seed: int):
    check_slimmed(name, smallest(name, channels=1 + seed % 3), seed)


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_slimmed_equals_masked_for_larger_images(name: str):
    check_slimmed(name, (3, 64, 64), seed=1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["lenet5", "lenet-gss", "vgg11-bn", "resnet-20"])
def test_the_slimmed_network_is_the_one_that_torch_pruning_makes(name: str, seed: int):
    network = warmed(name, CIFAR, seed)
    structure = Structure.of(network, CIFAR)
    units = random_units(structure, seed)
    small = slim(network, CIFAR, units)
    theirs = by_torch_pruning(network, structure, units)
    assert small.state_dict().keys() == theirs.state_dict().keys()
    for tensor, other in zip(
        small.state_dict().values(), theirs.state_dict().values(), strict=True
    ):
        assert torch.equal(tensor, other)
    assert str(small) == str(theirs), "the modules say the sizes that they have"


def by_torch_pruning(
    network: nn.Module, structure: Structure, units: dict[str, torch.Tensor]
) -> nn.Module:
    network = copy.deepcopy(network)
    graph = DependencyGraph().build_dependency(network, (images(CIFAR),))
    for group in structure.groups:
        layer = network.get_submodule(group.name)
        conv = isinstance(layer, nn.Conv2d)
        prune = function.prune_conv_out_channels if conv else function.prune_linear_out_channels
        removed = (~units[group.name]).nonzero().flatten().tolist()
        graph.get_pruning_group(layer, prune, removed).prune()
    return network


@pytest.mark.parametrize("name", ["mlp-mint", "lenet5", "vgg11-bn", "resnet-20"])
def test_nested_masks_shrink_one_copy_step_by_step(name: str):
    shape = smallest(name, 3)
    network = warmed(name, shape)
    structure = Structure.of(network, shape)
    slimmer = Slimmer(network, structure)
    x = images(shape)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    sizes = []
    for keep in (1.0, 0.8, 0.8, 0.4, 0.1, 0.0):
        units = random_units(structure, seed=5, keep=keep)
        small = slimmer.shrink(units)
        with torch.no_grad():
            hidden = masked(network, structure.parameter_masks(units))
            assert_close(small(x), hidden(x), rtol=1e-4, atol=1e-4)
        sizes.append(sum(map(torch.numel, small.parameters())))
        groups = [len(small.get_submodule(group.name).weight) for group in structure.groups]
        assert groups == [int(units[group.name].sum()) for group in structure.groups]
    assert sizes[0] == sum(map(torch.numel, network.parameters()))
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 5
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_groups_that_are_not_named_stay_whole():
    shape: Shape = (1, 28, 28)
    network = models["lenet5"].untrained(shape, 10, 0)
    small = slim(network, shape, {"conv2": torch.arange(50) < 7})
    assert [tuple(layer.weight.shape) for layer in layers_of(small).values()] == [
        (20, 1, 5, 5),
        (7, 20, 5, 5),
        (500, 7 * 16),
        (10, 500),
    ]


def test_the_slimmed_network_is_in_eval_mode_and_its_own():
    network = warmed("resnet-20", CIFAR).train()
    network.conv1.requires_grad_(False)
    structure = Structure.of(network, CIFAR)
    small = slim(network, CIFAR, random_units(structure, 0))
    assert network.training
    assert not any(module.training for module in small.modules())
    assert [p.requires_grad for p in small.parameters()] == [
        p.requires_grad for p in network.parameters()
    ]
    before = network.output.bias.detach().clone()
    with torch.no_grad():
        small.output.bias.add_(1)
    assert torch.equal(network.output.bias, before)


def test_a_slimmed_network_can_be_trained():
    network = warmed("resnet-20", CIFAR)
    small = slim(network, CIFAR, random_units(Structure.of(network, CIFAR), 0)).train()
    torch.autograd.backward(small(images(CIFAR)).square().mean())
    assert all(p.grad is not None and p.grad.shape == p.shape for p in small.parameters())


def test_an_excluded_layer_cannot_be_slimmed():
    network = models["lenet5"].untrained((1, 28, 28), 10, 0)
    with pytest.raises(ValueError, match="no group 'conv1'; there are conv2, fc1"):
        slim(network, (1, 28, 28), {"conv1": torch.arange(20) < 3}, exclude=("first",))


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (20, 0, "'conv1' would lose all its units; one has to stay"),
        (5, 6, "'conv1' has lost units that this mask keeps"),
    ],
)
def test_a_step_that_cannot_be_leaves_the_network_as_it_was(first: int, second: int, message: str):
    network = models["lenet5"].untrained((1, 28, 28), 10, 0)
    slimmer = Slimmer(network, Structure.of(network, (1, 28, 28)))
    small = slimmer.shrink({"conv1": torch.arange(20) < first})
    with pytest.raises(ValueError, match=message):
        slimmer.shrink({"fc1": torch.arange(500) < 3, "conv1": torch.arange(20) < second})
    assert small.conv1.out_channels == first
    assert small.fc1.out_features == 500
    assert slimmer.shrink({"conv1": torch.arange(20) < 2}).conv1.out_channels == 2
