"""What does not become a dataset, and what is said of it; nothing is left behind."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import struct
import tarfile
import warnings
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest

from pruning.data import limits
from pruning.data.image_base import image_datasets
from pruning.data.importing import import_dataset
from pruning.data.limits import ImportRefusedError
from pruning.data.own import folder_of
from pruning.data.pictures import decode
from tests.pruning.data.crafted import (
    Files,
    arrays_of,
    as_files,
    encoded,
    returned,
    some_images,
    write_folder,
    write_npz,
    write_tar,
    write_zip,
)


@pytest.fixture
def refused(data_dir: Path):
    """Import something that has to be refused: what is said."""

    def refused(source: Path, **options: Any) -> str:
        before = image_datasets.names()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ImportRefusedError) as error:
                returned(import_dataset(source, data_dir, **options))
        assert image_datasets.names() == before
        kept = folder_of(data_dir)
        assert not kept.exists() or {path.name for path in kept.glob("[!.]*")} <= set(before)
        said = str(error.value)
        assert "\n" not in said
        return said

    return refused


def files() -> Files:
    return as_files(some_images())


# Archives


@pytest.mark.parametrize("suffix", ["zip", "npz", "tar", "tar.gz", "tgz", "tar.xz", "txz"])
@pytest.mark.parametrize("content", [b"", b"words", b"PK\x03\x04", b"\x1f\x8b", b"\xfd7zXZ\x00"])
def test_what_is_no_archive(refused, tmp_path: Path, suffix: str, content: bytes):
    source = tmp_path / f"a.{suffix}"
    source.write_bytes(content)
    said = refused(source)
    assert said.startswith(("it is no ", "it is damaged")), said


@pytest.mark.parametrize(
    ("name", "write", "looks"),
    [
        ("a.tar.gz", write_zip, "zip"),
        ("a.npz", write_tar, "tar"),
        ("a.zip", write_tar, "tar"),
    ],
)
def test_a_mislabelled_archive(refused, tmp_path: Path, name: str, write, looks: str):
    assert refused(write(tmp_path / name, files())).endswith(f"; it looks like {looks}")


def test_an_xz_that_is_called_gz(refused, tmp_path: Path):
    source = write_tar(tmp_path / "a.tar.xz", files()).rename(tmp_path / "a.tar.gz")
    assert refused(source) == "it is no gzip file, whatever its name says; it looks like xz"


@pytest.mark.parametrize("name", ["a.rar", "a", "a.png", "zip"])
def test_an_unknown_suffix(refused, tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"words")
    assert "none of .zip, .npz, .tar" in refused(tmp_path / name)


def test_what_is_not_there(refused, tmp_path: Path):
    assert "there is no file or folder" in refused(tmp_path / "a.zip")


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "tar.xz", "npz"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_archive(refused, tmp_path: Path, suffix: str, share: float):
    write = write_zip if suffix == "zip" else write_tar
    source = tmp_path / f"a.{suffix}"
    if suffix == "npz":
        write_npz(source, **arrays_of(some_images()))
    else:
        write(source, files())
    # tar pads what it writes with zeros that nobody would miss.
    whole = source.read_bytes().rstrip(b"\0") if suffix == "tar" else source.read_bytes()
    source.write_bytes(whole[: int(share * len(whole))])
    assert "damaged" in refused(source)


def test_a_tar_that_ends_between_two_files(refused, tmp_path: Path):
    source = write_tar(tmp_path / "a.tar", files())
    with tarfile.open(source) as archive:
        start = archive.getmembers()[10].offset
    source.write_bytes(source.read_bytes()[:start])
    assert refused(source) == "it is damaged: empty header"


def test_a_tar_with_a_damaged_header_in_the_middle(refused, tmp_path: Path):
    source = write_tar(tmp_path / "a.tar", files())
    with tarfile.open(source) as archive:
        start = archive.getmembers()[10].offset
    content = bytearray(source.read_bytes())
    content[start + 20] ^= 1
    source.write_bytes(content)
    assert refused(source) == "it is damaged: bad checksum"


@pytest.mark.parametrize("suffix", ["tar.gz", "tar.xz"])
def test_a_checksum_at_the_end_that_is_wrong(refused, tmp_path: Path, suffix: str):
    source = write_tar(tmp_path / f"a.{suffix}", files())
    content = bytearray(source.read_bytes())
    content[-6] ^= 1
    source.write_bytes(content)
    assert "damaged" in refused(source)


@pytest.mark.parametrize("suffix", ["zip", "npz"])
def test_a_zip_with_a_flipped_bit(refused, tmp_path: Path, suffix: str):
    source = tmp_path / f"a.{suffix}"
    with zipfile.ZipFile(source, "w") as archive:
        if suffix == "zip":
            for name, content in files().items():
                archive.writestr(name, content)
        else:
            for name, array in arrays_of(some_images()).items():
                file = io.BytesIO()
                np.save(file, array)
                archive.writestr(f"{name}.npy", file.getvalue())
    content = bytearray(source.read_bytes())
    content[250] ^= 1
    source.write_bytes(content)
    assert "damaged" in refused(source)


@pytest.mark.parametrize("write", [write_zip, write_tar])
@pytest.mark.parametrize(
    "path",
    ["../train/a/x.png", "train/../../x.png", "/train/a/x.png", "C:/x.png", "train\\..\\x.png"],
)
def test_a_path_that_leads_out(refused, tmp_path: Path, write, path: str):
    source = tmp_path / ("a.zip" if write is write_zip else "a.tar")
    assert "leads out of the archive" in refused(write(source, files() | {path: b""}))
    assert not (tmp_path.parent / "x.png").exists()


def test_a_path_that_cannot_be_shown(refused, tmp_path: Path):
    source = write_tar(tmp_path / "a.tar", files() | {"train/\x1b[2J/x.png": b""})
    assert "cannot be shown" in refused(source)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, b"3"])
def test_links_and_devices_in_a_tar(refused, tmp_path: Path, kind: bytes):
    source = tmp_path / "a.tar"
    with tarfile.open(source, "w") as archive:
        header = tarfile.TarInfo("train/a/0.png")
        header.type, header.linkname = kind, "/etc/passwd"
        archive.addfile(header)
    assert "train/a/0.png is a link, a device" in refused(source)


def test_a_link_in_a_zip(refused, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", files())
    with zipfile.ZipFile(source, "a") as archive:
        link = zipfile.ZipInfo("train/a/0.png")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(source) == "train/a/0.png is a link or a device"


def test_an_encrypted_zip(refused, tmp_path: Path):
    content = bytearray(write_zip(tmp_path / "a.zip", {"train/a/0.png": b"x"}).read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    assert refused(tmp_path / "a.zip") == "train/a/0.png is encrypted"


def test_a_zip_compressed_in_a_way_that_knows_no_limit(refused, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("train/a/0.png", b"x")
    assert "in another way than by deflate" in refused(tmp_path / "a.zip")


@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_one_file_twice(refused, tmp_path: Path, write):
    source = tmp_path / ("a.zip" if write is write_zip else "a.tar")
    images = files()
    twice = {"./train/a/000.png": images["train/a/000.png"]}
    assert refused(write(source, images | twice)) == "it holds train/a/000.png twice"


# Bombs


def test_too_many_files(refused, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(limits, "FILES", 17)
    for name, write in (("a.zip", write_zip), ("a.tar.gz", write_tar), ("a", write_folder)):
        assert refused(write(tmp_path / name, files())) == "it holds more than 17 files"


def test_a_zip_whose_list_of_files_is_too_long_to_be_read(refused, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pruning.data.archives._DIRECTORY_BYTES", 1000)
    assert "more than 1,000,000 files" in refused(write_zip(tmp_path / "a.zip", files()))


def test_a_large_zip_that_says_so_in_its_second_record(refused, tmp_path: Path):
    content = write_zip(tmp_path / "a.zip", files()).read_bytes()
    end = content.rfind(b"PK\x05\x06")
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, 2**40, 0)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    (tmp_path / "a.zip").write_bytes(content[:end] + record + locator + content[end:])
    assert "more than 1,000,000 files" in refused(tmp_path / "a.zip")


@pytest.mark.parametrize("suffix", ["zip", "tar.gz", "tar.xz"])
def test_a_file_that_unpacks_to_too_much(refused, tmp_path: Path, suffix: str):
    write = write_zip if suffix == "zip" else write_tar
    content = files() | {"train/a/zz.png": bytes(limits.FILE_BYTES + 1)}
    source = write(tmp_path / f"a.{suffix}", content)
    assert source.stat().st_size < 1 << 20
    assert refused(source).startswith("train/a/zz.png would unpack to 64 MiB, more than the 64 MiB")


def test_a_tar_that_announces_more_than_it_may_have_is_refused_before_it_is_read(
    refused, tmp_path: Path
):
    header = tarfile.TarInfo("train/a/0.png")
    header.size = 1 << 50
    source = tmp_path / "a.tar.gz"
    source.write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT)))
    assert "would unpack to 1,073,741,824 MiB" in refused(source)


@pytest.mark.parametrize("suffix", ["zip", "tar.gz", "tar.xz"])
def test_files_that_together_unpack_to_too_much(refused, tmp_path: Path, suffix: str, monkeypatch):
    monkeypatch.setattr(limits, "TOTAL_BYTES", 5000)
    write = write_zip if suffix == "zip" else write_tar
    content = {f"beside/{i}": bytes(999) for i in range(10)}
    assert "would unpack to more than" in refused(write(tmp_path / f"a.{suffix}", content))


def test_a_stream_that_never_ends_is_cut_off(refused, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pruning.data.archives.TOTAL_BYTES", 1 << 20)
    monkeypatch.setattr("pruning.data.archives.FILES", 10)
    source = tmp_path / "a.tar.xz"
    packed = lzma.decompress(write_tar(source, files()).read_bytes()) + bytes(1 << 22)
    source.write_bytes(lzma.compress(packed))
    assert refused(source) == "it would unpack to more than is allowed"


def test_a_zip_that_lies_about_the_size_gets_no_more_than_it_announced(refused, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", {"train/a/0.png": bytes(1 << 22)})
    content = bytearray(source.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.find(mark) + place
        content[start : start + 4] = struct.pack("<I", 100)
    source.write_bytes(content)
    assert "train/a/0.png is damaged" in refused(source)


def test_a_tar_with_a_long_header_before_a_header(refused, tmp_path: Path):
    header = tarfile.TarInfo("long")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    source = tmp_path / "a.tar"
    source.write_bytes(header.tobuf() + bytes(2048))
    assert refused(source) == "it is damaged: a header of 1,073,741,824 bytes"


def test_pixels_that_unpack_to_too_much(refused, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pruning.data.folder.PIXEL_BYTES", 500)
    assert "take more than" in refused(write_zip(tmp_path / "a.zip", files()))


@pytest.mark.parametrize("side", [(limits.SIDE + 1, 4), (4, limits.SIDE + 1), (60000, 60000)])
def test_an_image_that_is_too_large_by_its_header(refused, tmp_path: Path, side: tuple[int, int]):
    image = _png(*side)
    said = refused(write_zip(tmp_path / "a.zip", files() | {"train/a/0.png": image}))
    assert said == (
        f"train/a/0.png is {side[0]}×{side[1]} pixels; make it 512×512 or smaller, or give a side "
        "to scale and crop images to"
    )


def _png(width: int, height: int, depth: int = 8, colour: int = 0, data: bytes = b"") -> bytes:
    """A PNG of that size, of which nothing needs to be there but the beginning."""
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0),
        b"IDAT": data,
        b"IEND": b"",
    }
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks.items()
    )
    return b"\x89PNG\r\n\x1a\n" + body


# Images and folders


def test_images_of_different_sizes(refused, tmp_path: Path):
    other = encoded(some_images(side=(7, 5)).x_train[0])
    said = refused(write_zip(tmp_path / "a.zip", files() | {"test/b/zz.png": other}))
    assert said == (
        "all images have to have one size, but train/a/000.png is 5×6 and test/b/zz.png is 5×7 "
        "pixels; give a side to scale and crop them to"
    )


@pytest.mark.parametrize("path", ["train/a/0.png", "test/b/0.jpg", "train/a/0.bmp"])
def test_an_image_that_is_none(refused, tmp_path: Path, path: str):
    said = refused(write_zip(tmp_path / "a.zip", files() | {path: b"words"}))
    assert said == f"{path} is no PNG, JPEG or BMP image"


@pytest.mark.parametrize("path", ["train/a/0.webp", "train/a/0.TIF", "test/b/deep/0.gif"])
def test_a_file_among_the_images_that_would_be_left_out(refused, tmp_path: Path, path: str):
    said = refused(write_zip(tmp_path / "a.zip", files() | {path: b"words"}))
    assert said == f"{path} is no PNG, JPEG or BMP image"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_an_image_that_ends_early(refused, tmp_path: Path, kind: str):
    whole = encoded(some_images(side=(64, 64)).x_train[0], kind)
    content = as_files(some_images(side=(64, 64))) | {"train/a/0.png": whole[: len(whole) // 2]}
    said = refused(write_zip(tmp_path / "a.zip", content))
    assert said == "train/a/0.png is damaged and cannot be read"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_whatever_is_wrong_with_an_image_is_a_refusal(kind: str):
    rng = np.random.default_rng(5)
    whole = encoded(some_images(side=(16, 16)).x_train[0], kind)
    refusals = 0
    for _ in range(400):
        content = bytearray(whole)
        for place in rng.integers(2, len(whole), 3):
            content[place] = rng.integers(256)
        try:
            decode(PurePosixPath("x.png"), bytes(content))
        except ImportRefusedError:
            refusals += 1
    assert refusals > 0


# By the number of a PNG's kind of colours, how many channels it has.
@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (4, 2), (2, 3), (6, 4)])
def test_sixteen_bits_are_not_silently_made_eight(
    refused, tmp_path: Path, colour: int, channels: int
):
    rows = (b"\0" + bytes(5 * 2 * channels)) * 6
    image = _png(5, 6, depth=16, colour=colour, data=zlib.compress(rows))
    said = refused(write_zip(tmp_path / "a.zip", files() | {"train/a/0.png": image}))
    assert said == "train/a/0.png has more than 8 bits a channel"


def test_images_that_are_all_equal(refused, tmp_path: Path):
    content = dict.fromkeys(files(), encoded(some_images().x_test[0]))
    said = refused(write_zip(tmp_path / "a.zip", content))
    assert said == "all its training images are equal: there is nothing to learn"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"readme.txt": b"x"},
        {"a/0.png": b"x"},
        {"a.png": b"x"},
    ],
    ids=str,
)
def test_no_image_where_one_is_looked_for(refused, tmp_path: Path, content: Files):
    assert "no image at train/CLASS/NAME.png" in refused(write_zip(tmp_path / "a.zip", content))
    folder = write_folder(tmp_path / "folder", content)
    folder.mkdir(exist_ok=True)
    assert "no image at train/CLASS/NAME.png" in refused(folder)


def test_images_only_in_test(refused, tmp_path: Path):
    content = {path: data for path, data in files().items() if path.startswith("test")}
    said = refused(write_zip(tmp_path / "a.zip", content))
    assert said == "it has images in test, but none in train"


@pytest.mark.parametrize("path", ["train/0.png", "cat/train/0.png"])
def test_a_set_without_classes(refused, tmp_path: Path, path: str):
    said = refused(write_zip(tmp_path / "a.zip", {path: b"x", "dog/test/1.png": b"x"}))
    assert said.endswith(
        "is in a set, but in no class there: put the folders of the classes into train and test"
    )


def test_two_folders_with_images(refused, tmp_path: Path):
    content = as_files(some_images(), "one/") | as_files(some_images(), "two/")
    said = refused(write_zip(tmp_path / "a.zip", content))
    assert said == "one/train/a/000.png and two/train/a/000.png are not below the same folder"


def test_a_class_of_the_test_set_that_training_has_not(refused, tmp_path: Path):
    content = files() | {"test/z/0.png": encoded(some_images().x_test[0])}
    said = refused(write_zip(tmp_path / "a.zip", content))
    assert said == "test has classes that train has not: z"


@pytest.mark.parametrize("test", [True, False])
def test_one_class_only(refused, tmp_path: Path, test: bool):
    content = as_files(some_images(classes=1))
    content = {path: data for path, data in content.items() if test or path.startswith("train")}
    said = refused(write_zip(tmp_path / "a.zip", content))
    assert said == "there is only one class, a; two or more are needed"


def test_too_few_images_of_a_class(refused, tmp_path: Path):
    content = files() | {"train/rare/0.png": encoded(some_images().x_test[0])}
    said = refused(write_zip(tmp_path / "a.zip", content))
    assert said == "the class rare has only 1 training image; every class needs 2"
    content["train/rare/1.png"] = content["train/rare/0.png"]
    train = {path: data for path, data in content.items() if path.startswith("train")}
    said = refused(write_zip(tmp_path / "b.zip", train))
    assert said == "the class rare has only 2 images; without a test set every class needs 3"


def test_too_many_classes(refused, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pruning.data.layout.CLASSES", 2)
    monkeypatch.setattr("pruning.data.arrays.CLASSES", 2)
    assert refused(write_zip(tmp_path / "a.zip", files())) == "there are 3 classes, more than 2"
    source = write_npz(tmp_path / "a.npz", **arrays_of(some_images()))
    assert refused(source) == "y_train has 3 classes, more than 2"


def test_a_class_whose_name_is_an_essay(refused, tmp_path: Path):
    content = {f"train/{'x' * 101}/0.png": encoded(some_images().x_test[0])}
    assert "has more than 100 letters" in refused(write_zip(tmp_path / "a.zip", content))


def test_a_folder_that_links_to_others(refused, tmp_path: Path):
    folder = write_folder(tmp_path / "a", files())
    (folder / "train" / "d").symlink_to(tmp_path)
    assert refused(folder) == "d is a link; copy the folder that it leads to"


def test_a_folder_with_what_is_no_file(refused, tmp_path: Path):
    folder = write_folder(tmp_path / "a", files())
    os.mkfifo(folder / "train/a/0.png")
    assert refused(folder) == "train/a/0.png is no plain file"


# Arrays


def npz(tmp_path: Path, **changes: Any) -> Path:
    arrays = arrays_of(some_images()) | changes
    return write_npz(tmp_path / "a.npz", **{k: v for k, v in arrays.items() if v is not None})


X = some_images().x_train
Y = some_images().y_train
LARGEST = X.max() == X
FLOATS = (X / 255).astype(np.float32)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"y_test": None}, "it has no array y_test; it needs x_train, y_train, x_test, y_test"),
        ({"x_train": X.reshape(12, -1)}, "x_train is 12×90, rows of 90 values that are no square"),
        ({"x_train": X[:, :2]}, "x_train is 12×2×6×5; it has to be n×height×width"),
        ({"x_train": X[None]}, "x_train is 1×12×3×6×5; it has to be n×height×width"),
        ({"x_train": X[:0], "y_train": Y[:0]}, "x_train is 0×3×6×5; it has to be n×height×width"),
        ({"x_train": X[..., :3]}, "of x_train, 12×3×6×3, one cannot tell where the channels are"),
        ({"x_train": np.zeros((1, 513, 2), np.uint8)}, "images of x_train are larger than 512×512"),
        ({"x_train": X.astype(int) + 1}, "x_train has values from 1 to 256; whole numbers have"),
        ({"x_train": X.astype(int) - 2}, "x_train has values from -2 to 253; whole numbers"),
        ({"x_train": FLOATS + 1j}, "x_train is of type complex64; it has to be of whole numbers"),
        ({"x_train": X.astype("U3")}, "x_train is of type <U3; it has to be of whole numbers"),
        ({"x_train": np.where(LARGEST, np.nan, FLOATS)}, "x_train has values that are not"),
        ({"x_train": np.where(LARGEST, np.inf, FLOATS)}, "x_train has values that are not"),
        ({"x_train": FLOATS * 25}, "x_train has values from 0 to 25; floats have to be from 0 to"),
        ({"x_train": FLOATS - 0.5}, "x_train has values from -0.5 to 0.5; whole numbers have"),
        (
            {"x_train": FLOATS, "x_test": X[:6].astype(float)},
            "x_train has values up to 1, others up to 25",
        ),
        ({"x_train": X[:-1]}, "y_train has 12 labels for 11 images"),
        ({"y_test": Y}, "y_test has 12 labels for 6 images"),
        ({"x_test": X[:6, :, :5]}, "images of x_train are 3×6×5, those of x_test are 3×5×5"),
        ({"x_test": X[:6, :1]}, "images of x_train are 3×6×5, those of x_test are 1×6×5"),
        ({"y_train": Y + 0.5}, "y_train has 0.5 at place 0, counted from 0, which is no whole"),
        ({"y_train": np.where(Y == 1, np.nan, Y)}, "y_train has nan at place 4, counted from 0"),
        ({"y_train": Y * 1e300}, "y_train has numbers beyond 2⁵³"),
        ({"y_train": Y + 1j}, "y_train is of type complex128 and shape 12; it has to be one"),
        ({"y_train": np.array(["a\nb", *"aaabbbbcccc"])}, "y_train has the class 'a\\nb'; names"),
        ({"y_train": np.array([b"\xff", *[b"a"] * 11])}, "y_train has names that are not in UTF-8"),
        ({"y_train": np.array([""] * 12)}, "y_train has the class ''; names have 1 to 100 letters"),
        ({"y_train": Y[:, None] == [0, 1, 1]}, "y_train is 12×3, but row 4 has not one 1"),
        ({"y_train": Y[:, None] * [1, 1]}, "y_train is 12×2, but row 0 has not one 1 among zeros"),
        ({"y_train": np.int64(3)}, "y_train is of type int64 and shape a single value; it has to"),
        ({"y_test": np.array([0, 0, 1, 1, 2, 9])}, "y_test has the class 9, which y_train has not"),
        ({"y_train": Y * 0, "y_test": Y[:6] * 0}, "there is only one class, 0"),
        ({"y_train": np.array([*Y[:-1], 7])}, "the class 7 has only 1 training image"),
        ({"x_train": np.array([None, 3])}, "x_train holds Python objects, which are never loaded"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_arrays_that_are_no_dataset(refused, tmp_path: Path, changes: dict, said: str):
    assert refused(npz(tmp_path, **changes)).startswith(said)


def test_a_pickle_is_never_loaded(refused, tmp_path: Path):
    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "touched",))

    source = npz(tmp_path)
    np.savez(source, **(arrays_of(some_images()) | {"y_test": np.array([Evil()] * 6)}))
    assert "Python objects" in refused(source)
    assert not (tmp_path / "touched").exists()


def header_of(shape: tuple[int, ...], dtype: str = "|u1") -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"shape": shape, "fortran_order": False, "descr": dtype}
    )
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        header_of((10**6, 500, 500)),
        header_of((10**9, 10**9, 10**9, 3)),
        header_of((-12, -3, 6, 5)),
        header_of((12, 3, 6, 5)) + bytes(12 * 3 * 6 * 5 + 1),
    ],
)
def test_an_array_whose_header_lies(refused, tmp_path: Path, content: bytes):
    source = npz(tmp_path, x_train=None)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("x_train.npy", content)
    assert refused(source).startswith("x_train is")


@pytest.mark.parametrize(
    "content", [b"", b"words", b"\x93NUMPY\x01\x00\xff\xff{", b"\x93NUMPY\x09\x00"]
)
def test_an_array_without_a_header(refused, tmp_path: Path, content: bytes):
    source = npz(tmp_path, x_train=None)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("x_train.npy", content)
    assert refused(source) == "x_train is no array that numpy can read"


def test_more_pixels_than_fit(refused, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pruning.data.array_pixels.PIXEL_BYTES", 1000)
    assert "x_train has more than" in refused(npz(tmp_path))


def test_an_npz_that_unpacks_to_too_much(refused, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pruning.data.arrays.TOTAL_BYTES", 1000)
    assert "x_train.npy would unpack to" in refused(npz(tmp_path))


# Names


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "A", "a b", ".a", "-a", "x" * 41, "ä", "con\0", "a\n"]
)
def test_a_name_that_is_not_plain(refused, tmp_path: Path, name: str):
    source = write_zip(tmp_path / "a.zip", files())
    assert "cannot be a name" in refused(source, name=name)


@pytest.mark.parametrize("name", ["digits", "mnist", "cifar10"])
def test_the_name_of_a_built_in_dataset(refused, tmp_path: Path, name: str):
    source = write_zip(tmp_path / f"{name}.zip", files())
    assert refused(source) == f"{name} is the name of a built-in dataset; choose another"


def test_a_name_that_is_taken(refused, data_dir: Path, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", files())
    returned(import_dataset(source, data_dir))
    assert refused(source) == "there is a dataset a already; delete it or choose another"


@pytest.mark.parametrize("title", ["x" * 101, " ", "a\x00b"])
def test_a_title_that_is_none(refused, tmp_path: Path, title: str):
    source = write_zip(tmp_path / "a.zip", files())
    assert "a title has 1 to 100 letters" in refused(source, title=title)
