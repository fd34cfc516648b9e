"""Any- and xor-masks against plain loops: what they let through, and what they learn from it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from pruning.inputs.granularity import MaskShape, parse_granularity
from pruning.inputs.masks import AnyMask, XorMask
from pruning.inputs.nearest import upscaled
from pruning.inputs.rounding import any_of, one_of
from tests.pruning.inputs import slow

SEEDS = range(8)
TEMPERATURES = (0.3, 1.0, 2.5)
IMAGE = (3, 11, 14)


def rng(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def draw(seed: int, *shape: int, scale: float = 3.0) -> Tensor:
    return torch.randn(shape, generator=rng(seed), dtype=torch.float64) * scale


class Head(nn.Module):
    """Says of each image what its mean is, in every logit."""

    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(channels, height, width))

    def forward(self, images: Tensor) -> Tensor:
        return images.mean((1, 2, 3))[:, None, None, None] * self.factor


@pytest.mark.parametrize("tau", TEMPERATURES)
@pytest.mark.parametrize("seed", SEEDS)
class TestStraightThrough:
    def test_any(self, seed: int, tau: float):
        logits = draw(seed, 2, 5).requires_grad_()
        weights = draw(seed + 100, 2, 5)
        values = any_of(logits, tau)
        (values * weights).sum().backward()
        for i in range(2):
            for j in range(5):
                value, slope = slow.any_mask(logits[i, j].item(), tau)
                assert values[i, j].item() == value
                assert logits.grad[i, j].item() == pytest.approx(slope * weights[i, j].item())

    def test_xor(self, seed: int, tau: float):
        logits = draw(seed, 3, 4).requires_grad_()
        weights = draw(seed + 100, 3, 4)
        values = one_of(logits, tau)
        (values * weights).sum().backward()
        for row in range(3):
            expected, slopes = slow.xor_mask(logits[row].tolist(), tau)
            assert values[row].tolist() == expected
            for j in range(4):
                slope = sum(slopes[i][j] * weights[row, i].item() for i in range(4))
                assert logits.grad[row, j].item() == pytest.approx(slope)

    def test_values_are_exactly_zero_or_one_in_single_precision(self, seed: int, tau: float):
        logits = draw(seed, 4, 999).float().requires_grad_()
        assert set(any_of(logits, tau).unique().tolist()) == {0.0, 1.0}
        chosen = one_of(logits, tau)
        assert set(chosen.unique().tolist()) == {0.0, 1.0}
        assert (chosen.sum(1) == 1).all()


def test_of_equal_versions_the_first_is_chosen():
    assert one_of(torch.tensor([[1.0, 2.0, 2.0, 0.0]]), 1.0).tolist() == [[0, 1, 0, 0]]


def test_a_probability_of_a_half_keeps_nothing():
    assert any_of(torch.zeros(1), 1.0).item() == 0


@pytest.mark.parametrize("side", [1, 2, 3, 5, 11])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_pixel_gets_the_element_that_covers_it(side: int, seed: int):
    mask = draw(seed, 2, 3, side, side)
    large = upscaled(mask, *IMAGE[1:])
    for row in range(11):
        for column in range(14):
            i, j = slow.element_of(row, 11, side), slow.element_of(column, 14, side)
            assert torch.equal(large[:, :, row, column], mask[:, :, i, j])


class TestAnyMask:
    @pytest.mark.parametrize("granularity", ["subpixel", "pixel", "channel", "version", "sub4x4"])
    def test_it_starts_by_keeping_everything(self, granularity: str):
        elements = parse_granularity(granularity).elements(IMAGE)
        logits = []
        for seed in SEEDS:
            mask = AnyMask(elements, IMAGE, seed)
            assert mask.logits.start.shape == elements
            assert torch.equal(mask(None, 1.0), torch.ones(1, elements.channels, 11, 14))
            logits.append(mask.logits.start.detach().flatten())
        together = torch.stack(logits)
        assert len(together.unique(dim=0)) == len(SEEDS)
        assert (together - 3).abs().max() < 0.05

    def test_its_logits_are_normally_distributed(self):
        start = AnyMask(MaskShape(1, 100, 100), (1, 100, 100), 0, mean=0.25).logits.start.detach()
        assert start.mean().item() == pytest.approx(0.25, abs=0.001)
        assert start.std().item() == pytest.approx(0.01, rel=0.05)

    def test_equal_seeds_give_equal_masks(self):
        one, other = (AnyMask(MaskShape(1, 11, 14), IMAGE, 3).logits.start for _ in range(2))
        assert torch.equal(one, other)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_an_element_is_learned_from_all_pixels_that_it_covers(self, seed: int):
        mask = AnyMask(MaskShape(1, 3, 3), IMAGE, seed)
        mask.logits.start.data = draw(seed, 1, 3, 3).float()
        weights = draw(seed + 100, 1, 1, 11, 14).float()
        (mask(None, 0.7) * weights).sum().backward()
        expected = torch.zeros(3, 3)
        for row in range(11):
            for column in range(14):
                i, j = slow.element_of(row, 11, 3), slow.element_of(column, 14, 3)
                _, slope = slow.any_mask(mask.logits.start[0, i, j].item(), 0.7)
                expected[i, j] += slope * weights[0, 0, row, column].item()
        torch.testing.assert_close(mask.logits.start.grad[0], expected, rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_what_a_head_says_is_added_to_where_it_starts(self, seed: int):
        images = draw(seed, 5, *IMAGE).float() * 30
        mask = AnyMask(MaskShape(1, 2, 2), IMAGE, seed, head=Head(1, 2, 2))
        kept = mask(images, 1.0)
        assert kept.shape == (5, 1, 11, 14)
        for image, mine in zip(images, kept, strict=True):
            assert torch.equal(mine.unique(), (image.mean() + 3 > 0).float()[None])
        assert [name for name, _ in mask.named_parameters()] == ["logits.head.factor"]
        assert "logits.start" in mask.state_dict()


class TestXorMask:
    COSTS = torch.tensor([1.0, 0.5, 0.2], dtype=torch.float64)

    def test_it_starts_from_the_squares_of_the_costs_times_their_number(self):
        mask = XorMask(self.COSTS, MaskShape(1, 1, 1), IMAGE)
        assert mask.logits.start.flatten().tolist() == pytest.approx([3, 3 * 0.25, 3 * 0.04])
        assert [p.numel() for p in mask.parameters()] == [3]
        chosen = mask(None, 1.0)
        assert chosen.shape == (1, 3, 1, 11, 14)
        assert chosen[0, :, 0].unique(dim=1).unique(dim=2).flatten().tolist() == [1, 0, 0]

    @pytest.mark.parametrize("seed", SEEDS)
    def test_each_element_chooses_for_itself(self, seed: int):
        mask = XorMask(self.COSTS, MaskShape(3, 4, 4), IMAGE)
        mask.logits.start.data = draw(seed, 3, 3, 4, 4).float()
        chosen = mask(None, 0.5)
        for channel in range(3):
            for row in range(11):
                for column in range(14):
                    i, j = slow.element_of(row, 11, 4), slow.element_of(column, 14, 4)
                    logits = mask.logits.start[:, channel, i, j].tolist()
                    expected, _ = slow.xor_mask(logits, 0.5)
                    assert chosen[0, :, channel, row, column].tolist() == expected

    def test_a_head_speaks_of_each_version(self):
        mask = XorMask(self.COSTS, MaskShape(1, 1, 1), IMAGE, Head(3, 1, 1))
        mask.logits.head.factor.data = torch.tensor([0.0, 1.0, 2.0]).view(3, 1, 1)
        images = torch.stack([torch.full(IMAGE, value) for value in (-1.0, 0.0, 9.0)])
        assert mask(images, 1.0)[:, :, 0, 0, 0].argmax(1).tolist() == [0, 0, 2]
