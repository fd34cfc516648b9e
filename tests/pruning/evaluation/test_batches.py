"""Images that become batches: normalised, augmented, divided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from pruning.data.image_base import Augmentation, Images
from pruning.evaluation.batches import ImageSet, Splits, augmented, fingerprint
from tests.pruning.small_images import dataset, digits

SIDE = 16  # padded by 2
MEAN, SD = (0.2, 0.5, 0.7), (0.1, 0.2, 0.3)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def coloured(count: int) -> Tensor:
    """Images without a zero, so that black shows what came in from outside."""
    shape = (count, 3, SIDE, SIDE)
    return torch.randint(1, 256, shape, dtype=torch.uint8, generator=generator(9))


def images(count: int, augmentation: Augmentation = "none") -> ImageSet:
    return ImageSet(coloured(count), torch.arange(count), MEAN, SD, augmentation)


class TestBatch:
    def test_it_is_normalised_per_channel(self):
        x, y = images(5).batch(torch.tensor([4, 1, 1]))
        assert y.tolist() == [4, 1, 1]
        for row, index in enumerate([4, 1, 1]):
            for channel in range(3):
                plain = (coloured(5)[index, channel] / 255 - MEAN[channel]) / SD[channel]
                assert torch.allclose(x[row, channel], plain, atol=1e-5)

    def test_a_slice_gives_what_its_indices_give(self):
        for part, indexed in zip(
            images(5).batch(slice(1, 4)), images(5).batch(torch.tensor([1, 2, 3])), strict=True
        ):
            assert torch.equal(part, indexed)

    @pytest.mark.parametrize("channels", [1, 3])
    def test_its_strides_say_how_it_lies_whatever_those_of_the_dataset_say(self, channels: int):
        found = images(5)
        x = found.x[:, :channels].contiguous()
        if channels == 1:
            # As numpy's x[:, None] has them.
            x = x.as_strided(x.shape, (SIDE * SIDE, 0, SIDE, 1))
        odd = replace(found, x=x, mean=MEAN[:channels], sd=SD[:channels])
        usual, _ = odd.batch(slice(None))
        last, _ = odd.batch(slice(None), layout=torch.channels_last)
        assert usual.stride() == (channels * SIDE * SIDE, SIDE * SIDE, SIDE, 1)
        assert last.stride() == (channels * SIDE * SIDE, 1, channels * SIDE, channels)
        assert torch.equal(usual, last)

    def test_the_images_stay_what_they_were(self):
        whole = images(5, "crop_and_flip")
        whole.batch(slice(None), generator())
        assert torch.equal(whole.x, coloured(5))

    def test_only_a_generator_augments(self):
        plain, shifted = images(5), images(5, "crop_and_flip")
        indices = torch.arange(5)
        assert torch.equal(plain.batch(indices)[0], shifted.batch(indices)[0])
        assert torch.equal(plain.batch(indices, generator())[0], plain.batch(indices)[0])
        assert not torch.equal(shifted.batch(indices, generator())[0], plain.batch(indices)[0])

    def test_equal_generators_augment_equally(self):
        shifted = images(5, "crop_and_flip")
        a, b = (shifted.batch(torch.arange(5), generator(4))[0] for _ in range(2))
        assert torch.equal(a, b)


def moves(x: Tensor, pixels: int, mirror: bool) -> dict[tuple[int, int, bool], Tensor]:
    """One image under every shift of at most so many pixels, and mirrored."""
    found = {}
    size = x.shape[-1]
    for down in range(-pixels, pixels + 1):
        for right in range(-pixels, pixels + 1):
            moved = torch.zeros_like(x)
            for row in range(size):
                for column in range(size):
                    if 0 <= row + down < size and 0 <= column + right < size:
                        moved[:, row, column] = x[:, row + down, column + right]
            found[down, right, False] = moved
            if mirror:
                found[down, right, True] = moved.flip(2)
    return found


@pytest.mark.parametrize(("augmentation", "ways"), [("crop", 25), ("crop_and_flip", 50)])
def test_every_shift_and_mirroring_is_as_likely(augmentation: Augmentation, ways: int):
    count = 4000
    image = coloured(1)[0]
    x = augmented(image.expand(count, -1, -1, -1), augmentation, generator())
    known = moves(image, 2, mirror=augmentation == "crop_and_flip")
    hits = {move: int((x == moved).all(dim=(1, 2, 3)).sum()) for move, moved in known.items()}
    assert len(hits) == ways
    assert sum(hits.values()) == count, "every image is one of the moves, exactly"
    expected = count / ways
    chi_square = sum((n - expected) ** 2 / expected for n in hits.values())
    assert chi_square < ways + 5 * (2 * ways) ** 0.5


def test_images_of_a_batch_move_by_themselves():
    x = augmented(coloured(1).expand(50, -1, -1, -1), "crop", generator())
    assert len({image.numpy().tobytes() for image in x}) > 10


class TestSplits:
    def test_held_out_images_are_not_trained_on(self):
        splits = Splits.of(digits(), dataset(), "cpu", validation=0.25)
        sizes = [len(part) for part in (splits.train, splits.validation, splits.test)]
        assert sizes == [300, 100, 200]
        together = torch.cat([splits.train.x, splits.validation.x]).flatten(1)
        whole = torch.from_numpy(digits().x_train).flatten(1)
        assert sorted(together.tolist()) == sorted(whole.tolist())
        assert torch.equal(splits.test.x, torch.from_numpy(digits().x_test))

    def test_every_class_gives_its_share(self):
        splits = Splits.of(digits(), dataset(), "cpu", validation=0.25)
        held, whole = splits.validation.y.bincount(), np.bincount(digits().y_train)
        assert (abs(held.numpy() - whole / 4) <= 1).all()

    def test_equal_seeds_hold_out_the_same(self):
        a, b, c = (
            Splits.of(digits(), dataset(), "cpu", validation=0.25, seed=s) for s in (1, 1, 2)
        )
        assert torch.equal(a.validation.x, b.validation.x)
        assert not torch.equal(a.validation.x, c.validation.x)

    def test_caps_count_the_held_out_images(self):
        splits = Splits.of(
            digits(), dataset(), "cpu", validation=0.1, training_images=100, test_images=50
        )
        sizes = [len(part) for part in (splits.train, splits.validation, splits.test)]
        assert sizes == [90, 10, 50]
        assert (abs(splits.test.y.bincount() - 5) <= 1).all()

    def test_a_cap_above_all_images_takes_all(self):
        splits = Splits.of(digits(), dataset(), "cpu", training_images=10_000)
        assert len(splits.train) == 400
        assert len(splits.validation) == 0

    def test_nothing_to_train_on_is_refused(self):
        with pytest.raises(ValueError, match="at least one image"):
            Splits.of(digits(), dataset(), "cpu", validation=1.0)

    def test_the_dataset_says_how_batches_are_made(self):
        train = Splits.of(digits(), dataset(), "cpu").train
        assert (train.mean, train.sd, train.augmentation) == ((0.3,), (0.37,), "crop")
        assert train.shape == (1, 8, 8)


def test_a_fingerprint_changes_with_any_pixel_and_class():
    prints = {fingerprint(digits(), dataset())}
    for field in Images._fields:
        changed = getattr(digits(), field).copy()
        changed.flat[-1] += 1
        prints.add(fingerprint(digits()._replace(**{field: changed}), dataset()))
    assert len(prints) == 5
    assert fingerprint(digits(), dataset()) in prints


def test_a_fingerprint_changes_with_how_networks_see_the_images():
    seen = [dataset(), replace(dataset(), mean=(0.4,)), replace(dataset(), sd=(0.4,))]
    seen.append(replace(dataset(), augmentation="none"))
    assert len({fingerprint(digits(), each) for each in seen}) == 4
    renamed = replace(dataset(), title="Others")
    assert fingerprint(digits(), renamed) == fingerprint(digits(), dataset())
