"""Images of all sizes become squares of one, as torchvision makes them for ImageNet."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from PIL import Image

from pruning.data import limits
from pruning.data.importing import import_dataset
from pruning.data.limits import ImportRefusedError
from pruning.data.pictures import decode
from pruning.data.scaling import scale_and_crop, shorter_side
from pruning.vision import torchvision
from tests.pruning.data.crafted import (
    Files,
    arrays_of,
    as_files,
    encoded,
    returned,
    some_images,
    write_folder,
    write_npz,
)

SIZES = [(40, 31), (31, 40), (700, 20), (9, 9), (600, 700)]


def noise(width: int, height: int, channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(width)
    return rng.integers(0, 256, (channels, height, width), dtype=np.uint8)


def as_torchvision_does(image: Image.Image, side: int) -> Image.Image:
    transforms = torchvision.transforms
    resize, crop = transforms.Resize(shorter_side(side)), transforms.CenterCrop(side)
    return crop(resize(image))


def of_all_sizes(held_out: str = "val", kind: str = "JPEG") -> Files:
    return {
        f"{part}/{label}/{place}.{kind}": encoded(noise(*size), kind)
        for part in ("train", held_out)
        for label in "ab"
        for place, size in enumerate(SIZES)
    }


def test_the_shorter_side_of_imagenet_is_256():
    assert shorter_side(224) == 256
    assert [shorter_side(side) for side in (8, 32, 512)] == [10, 37, 586]


@pytest.mark.parametrize("size", [(300, 300), (512, 1024), (1024, 512), (128, 128)])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_square_is_what_torchvision_makes_of_it(size: tuple[int, int], mode: str):
    image = Image.fromarray(noise(*size).transpose(1, 2, 0)).convert(mode)
    wanted = np.asarray(as_torchvision_does(image, 224), int)
    # Pillow rounds each direction by itself, and may begin with another one.
    assert np.abs(np.asarray(scale_and_crop(image, 224)) - wanted).max() <= 1


def test_a_large_jpeg_is_decoded_smaller_and_looks_the_same():
    ramp = np.linspace(0, 255, 2048, dtype=np.uint8)
    pixels = np.stack([np.tile(ramp, (1600, 1)), np.tile(ramp[:1600, None], (1, 2048))] * 2)[:3]
    data = encoded(pixels, "JPEG")
    image = Image.fromarray(pixels.transpose(1, 2, 0))
    found = decode(PurePosixPath("a.jpg"), data, 64).astype(int)
    assert np.abs(found - np.asarray(as_torchvision_does(image, 64))).max() <= 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
def test_a_folder_of_all_sizes_becomes_a_dataset(data_dir: Path, tmp_path: Path, kind: str):
    source = write_folder(tmp_path / "photographs", of_all_sizes(kind=kind))
    dataset = returned(import_dataset(source, data_dir, side=16))
    assert dataset.shape == (3, 16, 16)
    assert dataset.counts == (10, 10)
    images = returned(dataset.load(data_dir))
    assert images.x_train.std() > 0


@pytest.mark.parametrize("held_out", ["test", "val", "valid", "Validation"])
def test_what_is_held_out_has_one_of_four_names(data_dir: Path, tmp_path: Path, held_out: str):
    source = write_folder(tmp_path / "photographs", of_all_sizes(held_out))
    assert returned(import_dataset(source, data_dir, side=8)).counts == (10, 10)


def refusal(source: Path, data_dir: Path, side: int | None) -> str:
    with pytest.raises(ImportRefusedError) as error:
        returned(import_dataset(source, data_dir, side=side))
    return str(error.value)


def test_of_two_folders_to_be_held_out_one_has_to_go(data_dir: Path, tmp_path: Path):
    source = write_folder(tmp_path / "a", of_all_sizes("val") | of_all_sizes("valid"))
    assert refusal(source, data_dir, 8) == (
        "it holds val and valid; leave one of them to be held out"
    )


def test_without_a_side_the_refusal_names_it(data_dir: Path, tmp_path: Path):
    source = write_folder(tmp_path / "photographs", of_all_sizes())
    assert refusal(source, data_dir, None).endswith("give a side to scale and crop them to")


def test_pixels_count_after_scaling(data_dir: Path, tmp_path: Path, monkeypatch):
    source = write_folder(tmp_path / "photographs", of_all_sizes())
    monkeypatch.setattr("pruning.data.folder.PIXEL_BYTES", 20 * 3 * 8 * 8)
    assert returned(import_dataset(source, data_dir, "of-8", side=8)).shape == (3, 8, 8)
    assert "take more than" in refusal(source, data_dir, 9)


def test_an_image_that_would_fill_the_memory_is_refused_by_its_header(monkeypatch):
    monkeypatch.setattr("pruning.data.pictures.SCALED_PIXELS", 599)
    with pytest.raises(ImportRefusedError, match="30×20 pixels; images of up to 0 million"):
        decode(PurePosixPath("a.png"), encoded(noise(30, 20)), 8)


@pytest.mark.parametrize("side", [limits.LEAST_SIDE - 1, limits.SIDE + 1])
def test_a_side_has_bounds(data_dir: Path, tmp_path: Path, side: int):
    source = write_folder(tmp_path / "photographs", of_all_sizes())
    assert refusal(source, data_dir, side) == "a side has 8 to 512 pixels"


def test_arrays_are_taken_as_they_are(data_dir: Path, tmp_path: Path):
    source = write_npz(tmp_path / "a.npz", **arrays_of(some_images()))
    assert refusal(source, data_dir, 8).startswith("an .npz is taken as it is, without a side")


def test_images_that_are_small_and_alike_can_be_scaled_too(data_dir: Path, tmp_path: Path):
    source = write_folder(tmp_path / "small", as_files(some_images(channels=1)))
    assert returned(import_dataset(source, data_dir, side=32)).shape == (1, 32, 32)
