"""Thumbnails and JPEGs against Pillow, pixel by pixel and byte by byte."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pruning.context import CancelledError, Context
from pruning.data.image_base import Pixels
from pruning.evaluation.batches import Splits
from pruning.inputs.versioned import with_versions
from pruning.inputs.versions import Size, Versions, mean_costs, resized
from tests.pruning.data.crafted import finish, returned
from tests.pruning.small_images import dataset, digits, splits

SEEDS = range(4)
CONTEXT = Context(Path())
ALL = Versions((Size(9, 14), Size(5, 5), Size(1, 3)), (90, 50, 10))


def smooth(seed: int, channels: int, height: int = 18, width: int = 23) -> Pixels:
    """Images with something to compress."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, channels, 6, 6)).astype(np.uint8)
    return np.stack(
        [[np.asarray(Image.fromarray(c).resize((width, height))) for c in image] for image in noise]
    )


def picture(image: Pixels) -> Image.Image:
    return Image.fromarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0).copy())


def pixels(image: Image.Image) -> Pixels:
    found = np.asarray(image)
    return found[None] if found.ndim == 2 else found.transpose(2, 0, 1)


def made(versions: Versions, x: Pixels) -> tuple[Pixels, np.ndarray]:
    """All blocks together."""
    blocks, costs = zip(*versions.of(x), strict=True)
    return np.concatenate(blocks), np.concatenate(costs)


@pytest.mark.parametrize("size", [(1, 1), (5, 7), (9, 23), (18, 11), (18, 23), (40, 31)])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_nearest_pixel_is_the_one_that_pillow_takes(seed: int, size: tuple[int, int]):
    x = smooth(seed, 3)
    for mine, image in zip(resized(x, Size(*size)), x, strict=True):
        expected = picture(image).resize(size[::-1], Image.Resampling.NEAREST)
        assert (mine == pixels(expected)).all()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_versions_and_costs_are_those_of_each_image(seed: int, channels: int):
    x = smooth(seed, channels)
    found, costs = made(ALL, x)
    assert found.dtype == np.uint8
    assert found.shape == (6, 16 * channels, 18, 23)
    assert costs.shape == (6, 4, 4)
    raw = channels * 18 * 23
    for image, versions, prices in zip(
        x, found.reshape(6, 4, 4, channels, 18, 23), costs, strict=True
    ):
        for t, (height, width) in enumerate([(18, 23), (9, 14), (5, 5), (1, 3)]):
            small = picture(image).resize((width, height), Image.Resampling.NEAREST)
            for q, quality in enumerate([None, 90, 50, 10]):
                file = io.BytesIO()
                if quality:
                    small.save(file, "JPEG", quality=quality)
                price = len(file.getvalue()) or channels * height * width
                assert prices[t, q] == price / raw
                decoded = Image.open(file) if quality else small
                large = decoded.resize((23, 18), Image.Resampling.NEAREST)
                assert (versions[t, q] == pixels(large)).all()


def test_the_first_version_is_the_image_itself():
    x = smooth(0, 3)
    found, costs = made(ALL, x)
    assert (found[:, :3] == x).all()
    assert (costs[:, 0, 0] == 1).all()


def test_blocks_are_all_images_in_their_order(monkeypatch: pytest.MonkeyPatch):
    x = smooth(1, 1)
    whole, costs = made(ALL, x)
    monkeypatch.setattr("pruning.inputs.versions._BLOCK", 4)
    assert [len(block) for block, _ in ALL.of(x)] == [4, 2]
    found, others = made(ALL, x)
    assert (found == whole).all()
    assert (others == costs).all()


def test_a_file_that_is_longer_than_its_pixels_costs_what_these_do():
    costs = np.array([[[1.0, 0.7], [0.25, 0.2]], [[1.0, 1.5], [0.25, 0.4]]])
    np.testing.assert_allclose(mean_costs(costs), [[1.0, 1.0], [0.25, 0.25]])
    np.testing.assert_allclose(mean_costs(costs[:1]), costs[0])


class TestRefused:
    @pytest.mark.parametrize("size", [Size(19, 23), Size(18, 24)])
    def test_a_thumbnail_larger_than_the_image(self, size: Size):
        with pytest.raises(ValueError, match="choose smaller ones"):
            list(Versions((size,)).of(smooth(0, 1)))

    def test_a_jpeg_of_two_channels(self):
        with pytest.raises(ValueError, match="choose no qualities"):
            list(Versions((), (50,)).of(smooth(0, 2)))
        assert made(Versions((Size(2, 2),)), smooth(0, 2))[0].shape == (6, 4, 18, 23)

    @pytest.mark.parametrize(
        "settings", [{"thumbnails": (Size(0, 3),)}, {"qualities": (0,)}, {"qualities": (101,)}]
    )
    def test_sizes_and_qualities_that_there_are_not(self, settings: dict):
        with pytest.raises(ValueError, match=r"thumbnail|quality"):
            Versions(**settings)


class TestSets:
    VERSIONS = Versions((Size(4, 4),), (50,))

    def test_a_batch_has_the_versions_of_its_images_each_normalised_alike(self):
        plain = splits()
        many, _ = returned(with_versions(plain, self.VERSIONS, CONTEXT))
        for one, other in ((plain.train, many.train), (plain.validation, many.validation)):
            x, y = other.batch(slice(10, 20))
            assert x.shape == (10, 4, 8, 8)
            assert (y == one.batch(slice(10, 20))[1]).all()
            versions, _ = made(self.VERSIONS, one.x[10:20].numpy())
            for i in range(4):
                np.testing.assert_allclose(
                    x[:, i].numpy(), (versions[:, i] / 255 - 0.3) / 0.37, rtol=1e-4, atol=1e-5
                )

    def test_costs_are_those_of_the_training_images(self):
        plain = splits()
        _, costs = returned(with_versions(plain, self.VERSIONS, CONTEXT))
        expected = mean_costs(made(self.VERSIONS, plain.train.x.numpy())[1])
        np.testing.assert_array_equal(costs.numpy(), expected)
        assert costs[1, 0] == 0.25

    def test_a_set_may_be_empty(self):
        plain = Splits.of(digits(), dataset(), "cpu")
        many, _ = returned(with_versions(plain, self.VERSIONS, CONTEXT))
        assert len(many.validation) == 0
        assert many.validation.shape == (4, 8, 8)

    def test_it_stops_when_it_is_cancelled(self):
        stopped = replace(CONTEXT, cancelled=lambda: True)
        with pytest.raises(CancelledError):
            returned(with_versions(splits(), self.VERSIONS, stopped))

    def test_it_says_how_many_images_of_all_sets_are_done(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("pruning.inputs.versions._BLOCK", 150)
        said, _ = finish(with_versions(splits(), self.VERSIONS, CONTEXT))
        assert [each.done for each in said] == [150, 300, 400, 550, 600]
        assert {each.total for each in said} == {600}
        assert said[0].message == "Making versions of 600 images"
