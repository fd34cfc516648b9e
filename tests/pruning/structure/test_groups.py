"""The structure says what can be removed and what goes together."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from pruning.masks.applying import masked
from pruning.models.base import models
from pruning.structure.groups import Structure, too_sparse
from pruning.structure.units import OTHER, Reader, layers_of
from pruning.threads import one_thread
from tests.pruning.checks_models import images, random_units, warmed

CIFAR = (3, 32, 32)
MNIST = (1, 28, 28)
SMALL = (3, 8, 8)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """On one thread: the operations are small, and the cores may be shared."""
    with one_thread():
        yield


def structure_of(name: str, shape: tuple[int, int, int], *exclude: str) -> Structure:
    return Structure.of(models[name].untrained(shape, 10, 0), shape, exclude)


def test_a_chain_has_one_group_per_hidden_layer():
    structure = structure_of("lenet5", MNIST)
    assert list(structure.layers) == ["conv1", "conv2", "fc1", "output"]
    assert structure.unit_counts == {"conv1": 20, "conv2": 50, "fc1": 500}
    assert structure.weights == [f"{name}.weight" for name in ("conv1", "conv2", "fc1", "output")]
    assert structure.weight_counts == {
        "conv1": 500,
        "conv2": 25_000,
        "fc1": 400_000,
        "output": 5_000,
    }


def test_a_flatten_gives_each_unit_as_many_inputs_as_it_has_pixels():
    conv1, conv2, _ = structure_of("lenet5", MNIST).groups
    assert conv1.readers == (Reader.consecutive("conv2", 20, 1),)
    assert conv2.readers == (Reader.consecutive("fc1", 50, 16),)
    assert conv2.readers[0].inputs_per_unit == 16


def test_residual_layers_are_one_group_per_stage():
    groups = {group.name: group for group in structure_of("resnet-20", CIFAR).groups}
    inside = [f"stage{stage}.{block}.conv1" for stage in (1, 2, 3) for block in (0, 1, 2)]
    assert groups.keys() == {"conv1", "stage2.0.conv2", "stage3.0.conv2", *inside}
    assert groups["conv1"].layers == (
        "conv1",
        "stage1.0.conv2",
        "stage1.1.conv2",
        "stage1.2.conv2",
    )
    assert groups["conv1"].norms == ("bn1", "stage1.0.bn2", "stage1.1.bn2", "stage1.2.bn2")
    assert groups["stage2.0.conv2"].layers == (
        "stage2.0.conv2",
        "stage2.0.shortcut.conv",
        "stage2.1.conv2",
        "stage2.2.conv2",
    )
    assert [groups[f"stage{stage}.1.conv1"].units for stage in (1, 2, 3)] == [16, 32, 64]
    assert groups["stage3.0.conv2"].units == 64
    assert groups["stage3.0.conv2"].readers[-1] == Reader.consecutive("output", 64, 1)


def test_excluded_layers_take_their_groups_with_them():
    everything = structure_of("resnet-20", CIFAR)
    without = structure_of("resnet-20", CIFAR, "stage1.1.conv2", "output")
    assert set(everything.layers) - set(without.layers) == {"stage1.1.conv2", "output"}
    names = [{group.name for group in structure.groups} for structure in (everything, without)]
    assert names[0] - names[1] == {"conv1"}


def test_first_and_output_are_words_for_layers():
    words = structure_of("lenet5", MNIST, "first", "output")
    assert words.layers.keys() == {"conv2", "fc1"}
    assert [group.name for group in words.groups] == ["conv2", "fc1"]


def test_an_unknown_layer_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="no layer 'fc7' to exclude; there are conv1, conv2, fc1"):
        structure_of("lenet5", MNIST, "fc7")


def test_images_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"does not take images of \(3, 28, 28\)"):
        Structure.of(models["lenet5"].untrained(MNIST, 10, 0), (3, 28, 28))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["resnet-20", "vgg11-bn", "lenet-gss", "mlp-mint"])
def test_a_removed_units_output_is_exactly_zero(name: str, seed: int):
    network = warmed(name, SMALL, seed)
    structure = Structure.of(network, SMALL)
    units = random_units(structure, seed)
    hidden = masked(network, structure.parameter_masks(units))
    seen: dict[str, Tensor] = {}
    for name, layer in layers_of(hidden).items():
        layer.register_forward_pre_hook(lambda _, x, name=name: seen.update({name: x[0]}))
    hidden(images(SMALL))
    for group in structure.groups:
        for reader in group.readers:
            gone = ~units[group.name].repeat_interleave(reader.inputs_per_unit)
            assert not seen[reader.layer][:, gone].any()
            assert seen[reader.layer][:, ~gone].any()


def test_masks_hold_whole_rows_and_leave_other_layers_alone():
    structure = structure_of("resnet-20", CIFAR, "first", "output")
    units = random_units(structure, 0)
    masks = structure.parameter_masks(units)
    parameters = dict(structure.network.named_parameters())
    for group in structure.groups:
        for module in (*group.layers, *group.norms):
            mask = masks.pop(f"{module}.weight")
            assert mask.shape == parameters[f"{module}.weight"].shape
            assert torch.equal(mask.flatten(1) if mask.ndim > 1 else mask[:, None], rows(mask))
            assert torch.equal(mask.reshape(len(mask), -1)[:, 0], units[group.name])
            if f"{module}.bias" in parameters:
                assert torch.equal(masks.pop(f"{module}.bias"), units[group.name])
    assert not masks


def rows(mask: Tensor) -> Tensor:
    flat = mask.reshape(len(mask), -1)
    return flat[:, :1].expand_as(flat)


def test_masks_that_do_not_fit_are_refused():
    structure = structure_of("lenet5", MNIST)
    with pytest.raises(ValueError, match="no group 'fc9'; there are conv1, conv2, fc1"):
        structure.parameter_masks({"fc9": torch.ones(3, dtype=torch.bool)})
    with pytest.raises(ValueError, match="'conv1' must hold 20 truth values"):
        structure.parameter_masks({"conv1": torch.ones(3, dtype=torch.bool)})
    with pytest.raises(ValueError, match="'conv1' must hold 20 truth values"):
        structure.parameter_masks({"conv1": torch.ones(20)})


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_network_is_left_as_it_was(mode: type[torch.no_grad]):
    network = warmed("resnet-20", SMALL).train()
    network.bn1.eval()
    network.conv1.requires_grad_(False)
    network.output.weight.grad = torch.ones_like(network.output.weight)
    gradients = [parameter.grad for parameter in network.parameters()]
    before = copy.deepcopy(network)
    state = torch.get_rng_state()
    with mode():
        structure = Structure.of(network, SMALL)
        assert len(structure.groups) == 12
    assert structure.layers["conv1"] is network.conv1
    assert torch.equal(state, torch.get_rng_state())
    assert [m.training for m in network.modules()] == [m.training for m in before.modules()]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())
    for now, then in zip(network.parameters(), before.parameters(), strict=True):
        assert now.requires_grad == then.requires_grad
        assert torch.equal(now, then)
    for parameter, gradient in zip(network.parameters(), gradients, strict=True):
        assert parameter.grad is gradient
    for now, then in zip(network.buffers(), before.buffers(), strict=True):
        assert torch.equal(now, then)


class Two(nn.Module):
    """Two convolutions whose outputs are joined somehow."""

    def __init__(self, join, inputs: int, **others: nn.Module) -> None:
        super().__init__()
        self.join = join
        self.a = nn.Conv2d(3, 4, 3, padding=1)
        self.b = nn.Conv2d(3, 4, 3, padding=1)
        for name, module in others.items():
            self.add_module(name, module)
        self.c = nn.Conv2d(inputs, 5, 3)
        self.output = nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.c(self.join(self, self.a(x), self.b(x))).relu().mean((2, 3)))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Two(lambda m, a, b: m.n(a + b), 4, n=nn.LayerNorm([4, 8, 8])), r"n \(LayerNorm\)"),
        (Two(lambda m, a, b: m.n(a + b), 4, n=nn.GroupNorm(1, 4)), "could only go together"),
        (Two(lambda m, a, b: m.n(a), 4, n=nn.BatchNorm2d(4, affine=False)), r"n \(BatchNorm2d\)"),
        (Two(lambda _, a, b: a.sigmoid(), 4), "c still takes in something else than zero"),
    ],
    ids=["layer norm", "group norm", "no scale", "sigmoid"],
)
def test_where_units_cannot_be_removed_the_reason_is_said(network: nn.Module, message: str):
    with pytest.raises(ValueError, match=message):
        Structure.of(network, SMALL)


def test_concatenated_units_are_read_side_by_side():
    structure = Structure.of(Two(lambda _, a, b: torch.cat((a, b), 1), 8), SMALL)
    assert {group.name: group.readers for group in structure.groups} == {
        "a": (Reader("c", (0, 1, 2, 3, OTHER, OTHER, OTHER, OTHER)),),
        "b": (Reader("c", (OTHER, OTHER, OTHER, OTHER, 0, 1, 2, 3)),),
        "c": (Reader.consecutive("output", 5, 1),),
    }


def test_all_refusals_come_in_one_message():
    network = Two(lambda m, a, b: torch.cat((m.n(a), b.sigmoid()), 1), 8, n=nn.GroupNorm(1, 4))
    with pytest.raises(ValueError, match=r"units of a .*; units of b .*; exclude a, b$"):
        Structure.of(network, SMALL)


def test_of_a_convolution_in_groups_whole_groups_go_and_its_scores_are_their_means():
    network = Two(lambda m, a, b: m.d(a), 6, d=nn.Conv2d(4, 6, 3, groups=2))
    group = Structure.of(network, SMALL).groups[0]
    assert (group.name, group.layers, group.units) == ("a", ("a", "d"), 2)
    assert group.rows == {"a": (0, 0, 1, 1), "d": (0, 0, 0, 1, 1, 1)}
    assert group.readers == (Reader.consecutive("c", 2, 3),)
    assert group.of_units("d", torch.tensor([1.0, 2, 6, 4, 4, 1])).tolist() == [3, 3]
    assert group.left("a", torch.tensor([False, True])).tolist() == [False, False, True, True]


def test_a_convolution_in_groups_of_the_image_is_refused_and_can_be_excluded():
    network = nn.Sequential(
        nn.Conv2d(4, 4, 3, groups=2), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2)
    )
    with pytest.raises(ValueError, match=r"whose groups have other channels, too; exclude 0$"):
        Structure.of(network, (4, 8, 8))
    assert Structure.of(network, (4, 8, 8), ["0"]).groups == []


def test_without_units_nothing_that_is_against_them_is_said():
    network = Two(lambda m, a, b: m.n(a), 4, n=nn.GroupNorm(2, 4))
    structure = Structure.of(network, SMALL, ["output"], units=False)
    assert (list(structure.layers), structure.groups) == (["a", "b", "c"], [])


def test_a_layer_whose_units_cannot_be_removed_can_be_excluded():
    network = Two(lambda m, a, b: m.n(a), 4, n=nn.GroupNorm(2, 4))
    structure = Structure.of(network, SMALL, ("a",))
    assert [group.name for group in structure.groups] == ["c"]


def test_the_order_is_that_of_the_forward_pass_not_of_the_definition():
    class Reversed(nn.Sequential):
        def forward(self, x: Tensor) -> Tensor:
            for module in reversed(self):
                x = module(x)
            return x

    network = Reversed(
        OrderedDict(
            output=nn.Linear(4, 2), fc2=nn.Linear(6, 4), fc1=nn.Linear(192, 6), flat=nn.Flatten()
        )
    )
    structure = Structure.of(network, SMALL)
    assert list(structure.layers) == ["fc1", "fc2", "output"]
    assert [group.name for group in structure.groups] == ["fc1", "fc2"]


def test_a_sparsity_that_empties_a_group_is_refused():
    counts = {"conv1": 20, "fc1": 500}
    assert too_sparse(counts, {"conv1": 19, "fc1": 499}) is None
    assert too_sparse(counts, {"fc1": 499}) is None
    assert "Nothing would be left of conv1: " in (too_sparse(counts, {"conv1": 20}) or "")
    assert "conv1, fc1" in (too_sparse(counts, {"conv1": 20, "fc1": 500}) or "")
