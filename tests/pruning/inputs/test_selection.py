"""What reaches the network, and what share of the input that took, counted image by image."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from pruning.inputs.granularity import MaskShape, parse_granularity
from pruning.inputs.masks import AnyMask, XorMask
from pruning.inputs.selection import Selecting, Selection
from pruning.structure.layout import channels_last
from tests.pruning.inputs.test_masks import Head, draw

SEEDS = range(8)
IMAGE = (3, 9, 10)
GRANULARITIES = ("subpixel", "pixel", "channel", "version", "4x4", "sub4x4")


def any_mask(granularity: str, seed: int, head: bool = False) -> AnyMask:
    """One that keeps some elements; with a head, those of each image."""
    elements = parse_granularity(granularity).elements(IMAGE)
    mask = AnyMask(elements, IMAGE, seed, head=Head(*elements) if head else None)
    mask.logits.start.data = draw(seed, *elements).float()
    if head:
        mask.logits.head.factor.data = draw(seed + 1, *elements).float()
    return mask


def xor_mask(versions: int, elements: MaskShape, seed: int) -> XorMask:
    mask = XorMask(torch.ones(versions), elements, IMAGE)
    mask.logits.start.data = draw(seed, versions, *elements).float()
    return mask


def images(seed: int, versions: int = 1) -> Tensor:
    """Without a zero in any place."""
    drawn = draw(seed, 4, versions * 3, 9, 10).float()
    return drawn.sign() * (drawn.abs() + 0.1)


@pytest.mark.parametrize("head", [False, True])
@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("seed", SEEDS)
class TestAnyMask:
    def test_no_more_is_sent_than_q_says(self, granularity: str, seed: int, head: bool):
        x = images(seed + 50) * 3
        selected = Selection(any_mask(granularity, seed, head), upscaling=False)(x)
        assert len(selected.q) == (4 if head else 1)
        for i, image in enumerate(selected.images):
            sent = int((image != 0).sum())
            assert selected.q.expand(4)[i].item() == sent / image.numel()
            same = image == x[i]
            assert int(same.sum()) == sent

    def test_what_is_kept_is_divided_by_its_share(self, granularity: str, seed: int, head: bool):
        x = images(seed + 50)
        mask = any_mask(granularity, seed, head)
        plain, scaled = Selection(mask, upscaling=False)(x), Selection(mask)(x)
        assert torch.equal(plain.q, scaled.q)
        assert torch.equal(plain.kept, scaled.kept)
        for i in range(4):
            share = plain.q.expand(4)[i].item()
            expected = plain.images[i] / share if share else torch.zeros(IMAGE)
            torch.testing.assert_close(scaled.images[i], expected)


@pytest.mark.parametrize("upscaling", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_mask_learns_from_images_and_from_q(seed: int, upscaling: bool):
    x, weights = images(seed), draw(seed + 9, 4, *IMAGE).float()
    mask = any_mask("pixel", seed)
    selected = Selection(mask, upscaling=upscaling)(x)
    ((selected.images * weights).sum() + 7 * selected.q.mean()).backward()
    soft = (mask.logits.start.detach()).sigmoid()
    share = selected.q.item() if upscaling else 1.0
    for row in range(9):
        for column in range(10):
            upstream = (x * weights)[:, :, row, column].sum().item() / share + 7 / 90
            slope = (soft[0, row, column] * (1 - soft[0, row, column])).item()
            found = mask.logits.start.grad[0, row, column].item()
            assert found == pytest.approx(upstream * slope, rel=1e-3, abs=1e-5)


def test_where_nothing_is_kept_the_image_is_zero():
    mask = any_mask("pixel", 0)
    mask.logits.start.data.fill_(-3)
    selected = Selection(mask)(images(0))
    assert torch.equal(selected.images, torch.zeros(4, *IMAGE))
    assert selected.q.item() == 0


class TestChains:
    COSTS = torch.tensor([[1.0, 0.4, 0.2], [0.25, 0.11, 0.06]], dtype=torch.float64)

    def chain(self, seed: int, granularity: str, elements: MaskShape, **settings) -> Selection:
        return Selection(
            any_mask(granularity, seed),
            thumbnails=xor_mask(2, elements, seed + 1),
            qualities=xor_mask(3, elements, seed + 2),
            costs=self.COSTS,
            **settings,
        )

    @pytest.mark.parametrize(
        "elements", [MaskShape(1, 1, 1), MaskShape(3, 1, 1), MaskShape(1, 3, 3)]
    )
    @pytest.mark.parametrize("granularity", GRANULARITIES)
    @pytest.mark.parametrize("seed", SEEDS)
    def test_each_value_is_that_of_the_chosen_version_where_it_is_kept(
        self, seed: int, granularity: str, elements: MaskShape
    ):
        x = images(seed + 50, versions=6)
        chain = self.chain(seed, granularity, elements, upscaling=False)
        selected = chain(x)
        size, quality = (
            mask(None, 1.0)[0].expand(-1, *IMAGE).argmax(0)
            for mask in (chain.thumbnails, chain.qualities)
        )
        kept = selected.kept[0].expand(IMAGE)
        cost = 0.0
        for c in range(3):
            for row in range(9):
                for column in range(10):
                    t, q = int(size[c, row, column]), int(quality[c, row, column])
                    value = x[:, (3 * t + q) * 3 + c, row, column] * kept[c, row, column]
                    assert torch.equal(selected.images[:, c, row, column], value)
                    cost += (self.COSTS[t, q] * kept[c, row, column]).item()
        assert selected.q.item() == pytest.approx(cost / 270, rel=1e-12)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_versions_are_learned_from_their_costs(self, seed: int):
        chain = self.chain(seed, "pixel", MaskShape(1, 1, 1))
        chain(images(seed, versions=6)).q.mean().backward()
        share = chain.any_mask(None, 1.0).mean().item()
        size, quality = (
            int(mask.logits.start.flatten().argmax())
            for mask in (chain.thumbnails, chain.qualities)
        )
        for mask, costs in (
            (chain.thumbnails, self.COSTS[:, quality]),
            (chain.qualities, self.COSTS[size]),
        ):
            logits = mask.logits.start.detach().double().flatten().requires_grad_()
            (logits.softmax(0) @ costs * share).backward()
            torch.testing.assert_close(mask.logits.start.grad.double().flatten(), logits.grad)

    def test_it_starts_with_the_original(self):
        chain = Selection(
            AnyMask(MaskShape(1, 9, 10), IMAGE, 0),
            thumbnails=XorMask(self.COSTS[:, 0], MaskShape(1, 1, 1), IMAGE),
            qualities=XorMask(self.COSTS[0], MaskShape(1, 1, 1), IMAGE),
            costs=self.COSTS,
        )
        x = images(0, versions=6)
        assert chain.start_q() == 1
        assert torch.equal(chain(x).images, x[:, :3])

    @pytest.mark.parametrize("which", ["thumbnails", "qualities"])
    def test_one_kind_of_version_does_without_the_other_and_without_an_any_mask(self, which: str):
        costs = self.COSTS[:, :1] if which == "thumbnails" else self.COSTS[:1]
        mask = xor_mask(costs.numel(), MaskShape(1, 1, 1), 3)
        x = images(0, versions=costs.numel())
        selected = Selection(None, costs=costs, **{which: mask})(x)
        best = int(mask.logits.start.flatten().argmax())
        assert torch.equal(selected.images, x[:, 3 * best : 3 * best + 3])
        assert selected.q.item() == pytest.approx(costs.flatten()[best].item())

    def test_versions_that_no_mask_chooses_are_refused(self):
        with pytest.raises(ValueError, match="no mask chooses one of 3 versions"):
            Selection(None, costs=self.COSTS[:1])


class TestStart:
    def test_it_is_what_is_sent_before_a_head_has_seen_an_image(self):
        mask = any_mask("pixel", 1, head=True)
        kept = int((mask.logits.start > 0).sum())
        assert Selection(mask).start_q() == kept / 90

    def test_a_mask_sees_the_original_and_the_temperature(self):
        seen = []

        class Spy(nn.Module):
            def forward(self, images: Tensor, temperature: float) -> Tensor:
                seen.append((images, temperature))
                return torch.ones(1, 1, 9, 10)

        qualities = xor_mask(3, MaskShape(1, 1, 1), 0)
        selection = Selection(Spy(), qualities=qualities, costs=torch.ones(1, 3))
        selection.temperature = 0.25
        x = images(0, versions=3)
        Selecting(selection, nn.Flatten())(x)
        assert torch.equal(seen[0][0], x[:, :3])
        assert seen[0][1] == 0.25


@pytest.mark.parametrize("channels", [1, 3])
def test_images_lie_in_memory_as_they_came(channels: int):
    """Else the convolutions behind a mask are laid out as usual again, and slow."""
    image = (channels, 8, 8)
    selection = Selection(AnyMask(MaskShape(*image), image, 0))
    usual = torch.rand(2, *image)
    last = channels_last(usual)
    assert selection(last).images.stride() == last.stride()
    assert selection(usual).images.stride() == usual.stride()
    assert torch.equal(selection(last).images, selection(usual).images)
