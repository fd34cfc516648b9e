"""Networks at the threshold: what dead units said goes into biases, against thresholding alone."""

from __future__ import annotations

from collections import OrderedDict

import pytest
import torch
from torch import Tensor, nn

from pruning.experiments.guided_sparsity.settling import Settled, settled
from pruning.masks.applying import masked
from pruning.structure.groups import Structure, structure_or_why
from pruning.structure.surgery import Slimmer
from pruning.structure.units import layers_of
from tests.pruning.small_networks import convolutional, residual

SEEDS = range(5)
THRESHOLD = 1e-3
FLAT, PICTURE = (1, 3, 4), (2, 10, 10)


def mlp() -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            flatten=nn.Flatten(),
            fc1=nn.Linear(12, 9),
            relu1=nn.ReLU(),
            fc2=nn.Linear(9, 8),
            tanh2=nn.Tanh(),
            fc3=nn.Linear(8, 7),
            relu3=nn.ReLU(),
            output=nn.Linear(7, 4),
        )
    )


def unpadded() -> nn.Sequential:
    """Convolutions with batch norm and pooling, whose constants end at no edge."""
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(2, 8, 3),
            norm1=nn.BatchNorm2d(8),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(8, 7, 3),
            relu2=nn.ReLU(),
            pool=nn.MaxPool2d(2),
            conv3=nn.Conv2d(7, 6, 1),
            tanh3=nn.Tanh(),
            flatten=nn.Flatten(),
            fc=nn.Linear(54, 8),
            relu4=nn.ReLU(),
            output=nn.Linear(8, 4),
        )
    )


def drawn(network: nn.Module, seed: int) -> nn.Module:
    """In float64, with biases and batch norms that say something."""
    draws = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.double().eval().state_dict().items():
            if value.is_floating_point():
                value.copy_(torch.randn(value.shape, generator=draws) * 0.7)
            if name.endswith("running_var"):
                value.abs_().add_(0.3)
    return network


@torch.no_grad()
def kill(network: nn.Module, layer: str, units: list[int] | slice) -> None:
    """Bring units to below the threshold, not to zero."""
    layers_of(network)[layer].weight[units] *= 1e-5


@torch.no_grad()
def feed_by(network: nn.Module, layer: str, unit: int, inputs: list[int]) -> None:
    """Let a unit read these inputs alone."""
    weight = layers_of(network)[layer].weight
    kept = weight[unit, inputs].clone()
    weight[unit] *= 1e-5
    weight[unit, inputs] = kept


def images(shape: tuple[int, int, int], seed: int) -> Tensor:
    draws = torch.Generator().manual_seed(seed + 50)
    return torch.randn(6, *shape, generator=draws, dtype=torch.float64)


def thresholded(network: nn.Module) -> nn.Module:
    """With small weights gone, and nothing else done."""
    layers = layers_of(network).items()
    return masked(network, {f"{n}.weight": layer.weight.abs() >= THRESHOLD for n, layer in layers})


def settle(network: nn.Module, shape: tuple[int, int, int], seed: int = 0) -> tuple[Settled, float]:
    """Settled by one image; how far it then is from thresholding alone, of others too."""
    structure, _ = structure_or_why(network, shape)
    x = images(shape, seed)
    found = settled(network, structure, THRESHOLD, x[:1])
    with torch.no_grad():
        said, wanted = found.network(x), thresholded(network)(x)
        assert wanted.std() > 0.01, "choose networks that say something"
        lean = Slimmer(found.network, structure).shrink(found.masks.units or {})
        torch.testing.assert_close(lean(x), said)
        return found, float((said - wanted).abs().max())


@pytest.mark.parametrize("seed", SEEDS)
def test_an_mlp_says_what_it_said(seed: int):
    network = drawn(mlp(), seed)
    for layer, units in (("fc1", [0, 4, 5]), ("fc2", [3]), ("fc3", [1, 6])):
        kill(network, layer, units)
    found, difference = settle(network, FLAT, seed)
    assert difference < 1e-12
    gone = {name: (~keep).nonzero().flatten().tolist() for name, keep in found.masks.units.items()}
    assert gone == {"fc1": [0, 4, 5], "fc2": [3], "fc3": [1, 6]}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_unit_that_reads_none_but_dead_ones_is_dead_in_turn(seed: int):
    network = drawn(mlp(), seed)
    kill(network, "fc1", [0, 4])
    feed_by(network, "fc2", 2, [0, 4])
    feed_by(network, "fc2", 3, [4])
    feed_by(network, "fc3", 5, [2, 3])
    found, difference = settle(network, FLAT, seed)
    assert difference < 1e-12
    gone = {name: (~keep).nonzero().flatten().tolist() for name, keep in found.masks.units.items()}
    assert gone == {"fc1": [0, 4], "fc2": [2, 3], "fc3": [5]}
    # It is told as it was before they went: of unit 5 two weights are left.
    assert found.left["fc3"][5].sum() == 2


@pytest.mark.parametrize("layer", ["fc1", "fc2", "fc3"])
def test_a_layer_that_is_dead_leaves_what_biases_make_of_it(layer: str):
    """The network says the same of all images, and still what it said."""
    network = drawn(mlp(), 0)
    kill(network, layer, slice(None))
    with torch.no_grad():
        structure = Structure.of(network, FLAT, ["output"])
        x = images(FLAT, 0)
        found = settled(network, structure, THRESHOLD, x[:1])
        wanted = thresholded(network)(x)
        torch.testing.assert_close(found.network(x), wanted)
        assert found.network(x).std(0).max() < 1e-12
        assert wanted.std() > 0.01
        lean = Slimmer(found.network, structure).shrink(found.masks.units)
        torch.testing.assert_close(lean(x), wanted)
    # Nothing passes through it, nor through those behind and before it.
    assert found.masks.broken == ("fc1", "fc2", "fc3")
    assert [len(each.weight) for each in layers_of(lean).values()] == [1, 1, 1, 4]


@pytest.mark.parametrize("seed", SEEDS)
def test_convolutions_without_padding_say_what_they_said(seed: int):
    network = drawn(unpadded(), seed)
    for layer, units in (("conv1", [0, 4, 5]), ("conv2", [3]), ("conv3", [1, 4]), ("fc", [7])):
        kill(network, layer, units)
    feed_by(network, "conv2", 1, [0, 5])
    feed_by(network, "conv3", 2, [1, 3])
    found, difference = settle(network, PICTURE, seed)
    assert difference < 1e-12
    gone = {name: (~keep).nonzero().flatten().tolist() for name, keep in found.masks.units.items()}
    assert gone == {"conv1": [0, 4, 5], "conv2": [1, 3], "conv3": [1, 2, 4], "fc": [7]}


def test_dead_layers_of_convolutions_follow_each_other():
    network = drawn(unpadded(), 1)
    kill(network, "conv1", slice(None))
    structure = Structure.of(network, PICTURE, ["output"])
    x = images(PICTURE, 1)
    found = settled(network, structure, THRESHOLD, x[:1])
    with torch.no_grad():
        torch.testing.assert_close(found.network(x), thresholded(network)(x))
    assert found.masks.broken == ("conv1", "conv2", "conv3", "fc")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_residual_unit_lives_as_long_as_one_of_its_layers_writes_to_it(seed: int):
    network = residual(seed)
    kill(network, "conv3", [0, 1, 2])
    kill(network, "shortcut", [1, 2, 3])
    found, _ = settle(network, (2, 6, 6), seed)
    assert (~found.masks.units["conv3"]).nonzero().flatten().tolist() == [1, 2]


def test_of_a_padded_convolution_the_middle_is_exact():
    """At its edges the constant ends: there the bias says too much."""
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(2, 4, 3, padding=1),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(4, 3, 3, padding=1),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            output=nn.Linear(3, 4),
        )
    )
    drawn(network, 0)
    with torch.no_grad():
        network.conv1.bias.abs_()
    kill(network, "conv1", [1])
    structure, x = Structure.of(network, PICTURE, ["output"]), images(PICTURE, 0)
    found = settled(network, structure, THRESHOLD, x[:1])
    with torch.no_grad():
        said, wanted = found.network[:3](x), thresholded(network)[:3](x)
    torch.testing.assert_close(said[..., 1:-1, 1:-1], wanted[..., 1:-1, 1:-1])
    assert not torch.allclose(said[..., 0], wanted[..., 0])


def test_a_layer_without_a_bias_has_none_to_take_constants_over():
    network = mlp()
    network.fc2 = nn.Linear(9, 8, bias=False)
    drawn(network, 0)
    kill(network, "fc1", [0, 4])
    with torch.no_grad():
        network.fc1.bias[[0, 4]] = 0
    found, difference = settle(network, FLAT)
    assert difference < 1e-12
    assert found.masks.units_cut == 2


class Rolled(nn.ReLU):
    """Whose units stand elsewhere behind it, depending on how many there are."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input).roll(1, 1)


def test_where_units_cannot_go_weights_alone_are_gone():
    network = convolutional(0)
    network.relu1 = Rolled()
    kill(network, "conv1", [0])
    structure, why = structure_or_why(network, (2, 6, 6))
    assert "cannot be removed" in why
    found = settled(network, structure, THRESHOLD, images((2, 6, 6), 0)[:1])
    assert found.masks.units_cut == 0
    assert not found.network.conv1.weight[0].any()
    assert torch.equal(found.network.conv1.bias, network.conv1.bias)


def test_the_network_itself_stays_as_it_is():
    network = drawn(mlp(), 0)
    kill(network, "fc1", [0, 4])
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.train()
    settle(network, FLAT)
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_the_threshold_itself_is_not_below_it():
    network = drawn(mlp(), 0).float()
    with torch.no_grad():
        network.fc1.weight[0, :3] = torch.tensor([THRESHOLD, -THRESHOLD, 0.999 * THRESHOLD])
    structure = Structure.of(network, FLAT, ["output"])
    found = settled(network, structure, THRESHOLD, images(FLAT, 0)[:1].float())
    assert found.left["fc1"][0, :3].tolist() == [True, True, False]


def test_a_threshold_of_zero_takes_exact_zeros_alone():
    network = drawn(mlp(), 0).float()
    with torch.no_grad():
        network.fc1.weight[0] = 0
        network.fc1.weight[1, :2] = torch.tensor([1e-30, -0.0])
    structure = Structure.of(network, FLAT, ["output"])
    found = settled(network, structure, 0.0, images(FLAT, 0)[:1].float())
    assert found.left["fc1"][1, :3].tolist() == [True, False, True]
    assert sum(int((~mask).sum()) for mask in found.left.values()) == 12 + 1
