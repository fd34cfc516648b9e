"""Heads of dynamic masks: what they see, how they start, and what each computes."""

from __future__ import annotations

import subprocess
import sys
from math import ceil, exp, floor
from typing import NamedTuple, get_args

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from pruning.context import CannotRunError
from pruning.inputs.heads import make_head
from pruning.inputs.names import HEADS, HeadName, head_refusal
from pruning.models._residual import ResidualBlock

NAMES = get_args(HeadName)
# Image, thumbnail.
SEEN = [
    ((1, 28, 28), None),
    ((3, 32, 32), None),
    ((3, 8, 8), None),
    ((1, 13, 9), None),
    ((3, 9, 30), (5, 7)),
    ((2, 17, 11), (3, 11)),
]


def granularities(image: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    """By pixel, value, channel, version and blocks, and two versions of the image."""
    channels, height, width = image
    blocks = min(12, height, width)
    return [
        (1, height, width),
        image,
        (channels, 1, 1),
        (1, 1, 1),
        (1, blocks, blocks),
        (channels, 3, 3),
        (2 * channels, height, width),
    ]


def images(shape: tuple[int, int, int], count: int = 4, seed: int = 0) -> Tensor:
    return torch.randn(count, *shape, generator=torch.Generator().manual_seed(seed))


def awake(name: str, *args: object, seed: int = 0) -> nn.Module:
    """A head whose last layer is far from zero, in eval mode, with a batch norm that has seen."""
    head = make_head(name, *args, seed=seed)
    generator = torch.Generator().manual_seed(seed + 100)
    with torch.no_grad():
        for parameter in head.network.last.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
        for module in head.modules():
            if isinstance(module, nn.BatchNorm2d):
                for tensor in (module.weight, module.bias, module.running_mean):
                    tensor.copy_(torch.randn(tensor.shape, generator=generator))
                module.running_var.uniform_(0.5, 2, generator=generator)
    return head.double().eval().requires_grad_(False)


@pytest.mark.parametrize("name", NAMES)
class TestEveryHead:
    @pytest.mark.parametrize(("image", "size"), SEEN)
    def test_it_starts_as_the_prior_and_all_of_it_learns(self, name, image, size):
        for seed, shape in enumerate(granularities(image)):
            head = make_head(name, image, shape, size, seed)
            logits = head(images(image, 8, seed))
            assert logits.shape == (8, *shape)
            assert 0 < float(logits.detach().abs().max()) < 0.05
            (logits * images(shape, 8, seed + 50)).sum().backward()
            for parameter_name, parameter in head.named_parameters():
                assert parameter.grad is not None, parameter_name
                assert parameter.grad.abs().sum() > 0, parameter_name

    def test_named_shapes_are_shapes(self, name):
        class Named(NamedTuple):
            channels: int
            height: int
            width: int

        image, elements = Named(3, 10, 8), Named(1, 5, 4)
        x = images(image)
        named, plain = make_head(name, image, elements), make_head(name, (3, 10, 8), (1, 5, 4))
        assert torch.equal(named(x), plain(x))

    def test_the_smallest_thumbnail_is_large_enough(self, name):
        for size in ((1, 1), (1, 5), (2, 1)):
            for shape in granularities((3, 9, 8)):
                logits = make_head(name, (3, 9, 8), shape, size)(images((3, 9, 8)))
                assert logits.shape == (4, *shape)
                assert logits.isfinite().all()

    def test_its_last_layer_has_glorot_weights_of_gain_a_thousandth(self, name):
        found = []
        for seed in range(300 if name in ("att", "conv") else 40):
            last = make_head(name, (3, 12, 12), (1, 12, 12), seed=seed).network.last
            assert not last.bias.any()
            fan = last.weight[0].numel() + last.weight.numel() // last.weight.shape[1]
            found.append(last.weight.detach().flatten() / (0.001 * (2 / fan) ** 0.5))
        values = torch.cat(found)
        assert float(values.mean()) == pytest.approx(0, abs=4 / len(values) ** 0.5)
        assert float(values.std()) == pytest.approx(1, abs=4 / len(values) ** 0.5)

    def test_equal_seeds_give_equal_weights_and_leave_other_draws_alone(self, name):
        def weights(seed: int) -> list[Tensor]:
            head = make_head(name, (1, 12, 12), (1, 12, 12), seed=seed)
            return [tensor.clone() for tensor in head.state_dict().values()]

        before = torch.get_rng_state()
        first = weights(3)
        assert torch.equal(torch.get_rng_state(), before)
        torch.rand(5)
        assert all(map(torch.equal, first, weights(3)))
        assert not all(map(torch.equal, first, weights(4)))

    def test_the_same_batch_gives_the_same_numbers_and_gradients_each_time(self, name):
        found = []
        for _ in range(2):
            head = make_head(name, (3, 20, 20), (1, 5, 5), seed=1)
            head(images((3, 20, 20), 16)).square().sum().backward()
            found.append([parameter.grad for parameter in head.parameters()])
        assert all(map(torch.equal, *found))

    def test_it_works_in_bfloat16_and_in_any_memory_format(self, name):
        head, x = awake(name, (3, 16, 16), (3, 4, 4)).float(), images((3, 16, 16))
        expected = head(x)
        torch.testing.assert_close(head(x.to(memory_format=torch.channels_last)), expected)
        with torch.autocast("cpu", torch.bfloat16):
            close = head(x)
        assert float((close - expected).norm() / expected.norm()) < 0.05

    def test_images_do_not_see_each_other(self, name):
        head, x = awake(name, (1, 14, 14), (1, 14, 14)), images((1, 14, 14)).double()
        for index in range(len(x)):
            torch.testing.assert_close(head(x[index : index + 1])[0], head(x)[index])
        assert not torch.allclose(head(x)[0], head(x)[1])

    def test_it_sees_a_thumbnail_of_the_largest_values(self, name):
        image, size = (2, 13, 10), (4, 3)
        head, x = awake(name, image, (1, 13, 10), size), images(image).double()
        small = torch.empty(len(x), 2, *size).double()
        for row in range(4):
            for column in range(3):
                rows = slice(floor(row * 13 / 4), ceil((row + 1) * 13 / 4))
                columns = slice(floor(column * 10 / 3), ceil((column + 1) * 10 / 3))
                small[:, :, row, column] = x[:, :, rows, columns].amax((2, 3))
        torch.testing.assert_close(head(x), head.network(small))

    def test_a_thumbnail_larger_than_the_image_is_refused(self, name):
        for size in ((29, 28), (28, 29), (0, 5)):
            with pytest.raises(CannotRunError, match="choose a smaller one"):
                make_head(name, (1, 28, 28), (1, 28, 28), size)


def gated(head: nn.Module, x: Tensor, *paddings: int) -> Tensor:
    """The heads with a gate, again: convolutions, batch norms, ReLU, gate and last layer."""
    gate, last, branches = head.network.gate, head.network.last, []
    for branch, padding in zip((gate.first, gate.second), paddings, strict=True):
        layer, norm, _ = branch
        maps = conv2d(x, layer.weight, None, 1, padding, layer.dilation)
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        shift = norm.bias - norm.running_mean * scale
        branches.append((maps * scale[:, None, None] + shift[:, None, None]).clamp_min(0))
    first, second = branches
    means = (first + second).flatten(2).mean(2)
    share = 1 / (1 + (-(means @ gate.gate.weight[:, :, 0, 0].T + gate.gate.bias)).exp())
    mixed = first * share[..., None, None] + second * (1 - share[..., None, None])
    weighted = torch.einsum("bkhw,ck->bchw", mixed, last.weight[:, :, 0, 0])
    return weighted + last.bias[:, None, None]


@pytest.mark.parametrize("seed", range(3))
class TestAgainstSlowReferences:
    def test_linear(self, seed):
        head, x = awake("linear", (2, 6, 5), (1, 3, 2), seed=seed), images((2, 6, 5), seed=seed)
        weight, bias = head.network.last.weight, head.network.last.bias
        expected = [weight @ image.flatten().double() + bias for image in x]
        torch.testing.assert_close(head(x.double()), torch.stack(expected).view(4, 1, 3, 2))

    def test_mlp(self, seed):
        head, x = awake("mlp", (2, 6, 5), (1, 3, 2), seed=seed), images((2, 6, 5), seed=seed)
        hidden, last = head.network.hidden, head.network.last
        assert hidden.out_features == 8
        for image, logits in zip(x.double(), head(x.double()), strict=True):
            units = (hidden.weight @ image.flatten() + hidden.bias).clamp_min(0)
            torch.testing.assert_close(logits.flatten(), last.weight @ units + last.bias)

    def test_conv(self, seed):
        head, x = awake("conv", (2, 6, 5), (3, 6, 5), seed=seed), images((2, 6, 5), seed=seed)
        last, logits = head.network.last, head(x.double())
        padded = torch.zeros(2, 8, 7).double()
        padded[:, 1:-1, 1:-1] = x[1]
        for row in range(6):
            for column in range(5):
                seen = padded[:, row : row + 3, column : column + 3]
                expected = (last.weight * seen).sum((1, 2, 3)) + last.bias
                torch.testing.assert_close(logits[1, :, row, column], expected)

    def test_convatt(self, seed):
        head, x = awake("convatt", (3, 9, 7), (2, 9, 7), seed=seed), images((3, 9, 7), seed=seed)
        gate = head.network.gate
        assert gate.first[0].weight.shape == gate.second[0].weight.shape == (8, 3, 3, 3)
        assert (gate.first[0].dilation, gate.second[0].dilation) == ((1, 1), (2, 2))
        torch.testing.assert_close(head(x.double()), gated(head, x.double(), 1, 2))

    def test_smallconvatt(self, seed):
        shapes = ((3, 9, 7), (2, 9, 7))
        head, x = awake("smallconvatt", *shapes, seed=seed), images((3, 9, 7), seed=seed)
        gate = head.network.gate
        assert gate.first[0].weight.shape == (8, 3, 1, 1)
        assert gate.second[0].weight.shape == (8, 3, 3, 3)
        torch.testing.assert_close(head(x.double()), gated(head, x.double(), 0, 1))

    def test_att(self, seed):
        head, x = awake("att", (3, 5, 4), (2, 5, 4), seed=seed), images((3, 5, 4), seed=seed)
        attention, last = head.network.attention, head.network.last
        logits = head(x.double()).flatten(2)
        for image, found in zip(x.double().flatten(2), logits, strict=True):
            queries, keys = attention.query.weight @ image, attention.key.weight @ image
            for pixel in range(20):
                likeness = [float(queries[:, pixel] @ keys[:, other]) for other in range(20)]
                total = sum(map(exp, likeness))
                seen = sum(exp(a) / total * image[:, o] for o, a in enumerate(likeness))
                expected = last.weight[:, :, 0, 0] @ seen + last.bias
                torch.testing.assert_close(found[:, pixel], expected)

    @pytest.mark.parametrize("name", ["conv", "convatt", "smallconvatt", "unet", "att"])
    def test_coarser_masks_are_means_and_finer_ones_the_nearest(self, seed, name):
        """The same weights with a logit for each pixel, and with other numbers of elements."""
        x = images((1, 12, 8), seed=seed).double()
        fine = awake(name, (1, 12, 8), (1, 12, 8), seed=seed)(x)
        coarse = awake(name, (1, 12, 8), (1, 3, 4), seed=seed)(x)
        blocks = fine.unflatten(2, (3, 4)).unflatten(4, (4, 2)).mean((3, 5))
        torch.testing.assert_close(coarse, blocks)
        finer = awake(name, (1, 12, 8), (1, 24, 24), seed=seed)(x)
        torch.testing.assert_close(finer, fine.repeat_interleave(2, 2).repeat_interleave(3, 3))


@pytest.mark.parametrize(
    ("image", "shape", "widths"),
    [
        ((1, 28, 28), (1, 28, 28), []),
        ((3, 32, 32), (3, 16, 16), [8]),
        ((3, 32, 32), (1, 12, 12), [8, 16]),
        ((1, 28, 28), (1, 1, 1), [8, 16, 32, 64, 64]),
        ((1, 9, 30), (1, 9, 15), [8]),
    ],
)
def test_convnet_halves_until_it_is_as_coarse_as_the_mask(image, shape, widths):
    network = make_head("convnet", image, shape).network
    blocks = [block for block in network if isinstance(block, ResidualBlock)]
    assert [block.conv1.out_channels for block in blocks[:-1]] == widths
    assert [block.conv1.stride for block in blocks] == [(2, 2)] * len(widths) + [(1, 1)]


@pytest.mark.parametrize(
    ("image", "levels"), [((1, 28, 28), 4), ((3, 8, 8), 4), ((1, 7, 30), 3), ((1, 1, 5), 1)]
)
def test_unet_has_as_many_levels_as_the_image_can_be_halved(image, levels):
    unet = make_head("unet", image, (1, *image[1:])).network.unet
    assert [block[0].out_channels for block in unet.down] == [8, 16, 32, 64][:levels]
    assert len(unet.up) == levels - 1


@pytest.mark.parametrize("name", ["unet", "att", "linear", "mlp"])
def test_every_element_can_depend_on_far_pixels(name):
    head, x = awake(name, (1, 8, 8), (1, 8, 8), seed=2), images((1, 8, 8)).double()
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(head(x)[0, 0, 0, 0], x)
    assert gradient[0, 0, -1, -1] != 0


@pytest.mark.parametrize(("name", "reach"), [("conv", 1), ("convnet", 2)])
def test_an_element_depends_on_what_is_near(name, reach):
    head, x = awake(name, (1, 12, 12), (1, 12, 12), seed=2), images((1, 12, 12)).double()
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(head(x)[0, 0, 6, 6], x)
    rows, columns = gradient[0, 0].nonzero().T
    assert rows.min() >= 6 - reach
    assert rows.max() <= 6 + reach
    assert columns.max() == 6 + reach


class TestNames:
    def test_every_head_has_words(self):
        assert [head.name for head in HEADS] == list(NAMES)
        assert len(NAMES) == 8
        assert len({head.title for head in HEADS}) == 8
        assert all(head.description for head in HEADS)

    def test_they_are_there_without_torch(self):
        code = (
            "import sys, pruning.inputs.names, pruning.inputs.importance; "
            "assert 'torch' not in sys.modules"
        )
        subprocess.run([sys.executable, "-c", code], check=True)

    def test_what_would_not_fit_or_end_is_refused_with_what_to_change(self):
        large = (3, 512, 512)
        assert "smaller thumbnail" in head_refusal("linear", large, large)
        assert head_refusal("linear", large, (1, 12, 12), (28, 28)) is None
        assert "smaller thumbnail" in head_refusal("att", large, (1, 1, 1))
        assert head_refusal("att", large, (1, 1, 1), (64, 64)) is None
        assert "choose one of linear, mlp" in head_refusal("cnn", large, large)
        with pytest.raises(CannotRunError, match="weights"):
            make_head("linear", large, large)

    def test_what_was_published_is_not_refused(self):
        for image in ((1, 28, 28), (3, 32, 32)):
            for name in NAMES:
                assert head_refusal(name, image, image) is None
