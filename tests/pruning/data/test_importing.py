"""Datasets that people bring: every form of the same images becomes the same dataset."""

from __future__ import annotations

import io
import json
import tarfile
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from PIL import Image, ImageOps

from pruning.data.image_base import Images, MissingDataError, UnreadableDataError, image_datasets
from pruning.data.importing import import_dataset, placed, placed_folder, plain_name, statistics
from pruning.data.limits import ImportRefusedError
from pruning.data.own import DESCRIPTION, folder_of, remove
from pruning.data.pictures import decode, read_picture
from pruning.data.places import look_in
from pruning.data.scaling import scale_and_crop
from tests.pruning.checks_images import check_image_dataset
from tests.pruning.data.conftest import SHARED
from tests.pruning.data.crafted import (
    arrays_of,
    as_files,
    encoded,
    finish,
    returned,
    some_images,
    write_folder,
    write_npz,
    write_tar,
    write_zip,
)

ARCHIVES = [
    ("flowers", write_folder),
    ("flowers.zip", write_zip),
    *((f"flowers.{suffix}", write_tar) for suffix in ("tar", "tar.gz", "tgz", "tar.xz", "txz")),
]

LITTER = (
    *("train/a/.DS_Store", "__MACOSX/train/a/._0.png", "train/b/Thumbs.db", "train/b/Icon\r"),
    *("test/a/desktop.ini", "test/a/@eaDir/0.png", "train/a/~$0.png", "$RECYCLE.BIN/a/1.png"),
    ".ipynb_checkpoints/a/0.png",
)
TILE = np.ones((8, 8), np.uint8)
TRANSPOSE = Image.Transpose
# How an image is stored that an EXIF orientation turns upright: the inverse of each turn.
STORED = {
    2: TRANSPOSE.FLIP_LEFT_RIGHT,
    3: TRANSPOSE.ROTATE_180,
    4: TRANSPOSE.FLIP_TOP_BOTTOM,
    5: TRANSPOSE.TRANSPOSE,
    6: TRANSPOSE.ROTATE_90,
    7: TRANSPOSE.TRANSVERSE,
    8: TRANSPOSE.ROTATE_270,
}


def assert_same(found: Images, expected: Images) -> None:
    assert all(map(np.array_equal, found, expected))


@pytest.mark.parametrize(("name", "write"), ARCHIVES, ids=[name for name, _ in ARCHIVES])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_image_folder_comes_back_as_it_was(data_dir: Path, tmp_path: Path, name, write, seed):
    channels = (1, 3)[seed % 2]
    images = some_images(seed, channels=channels)
    top = ("", "flowers/", "./")[seed % 3]
    source = write(tmp_path / name, as_files(images, top))
    said, dataset = finish(import_dataset(source, data_dir))
    assert said[0].message.startswith("Reading")
    assert all(step.done <= step.total for step in said)
    assert (dataset.name, dataset.title) == ("flowers", "Flowers")
    assert dataset.classes == ("a", "b", "c")
    assert dataset.shape == (channels, 6, 5)
    assert_same(returned(dataset.load(data_dir)), images)
    check_image_dataset(dataset, data_dir)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("layout", ["NHW", "NHWC", "NCHW", "fortran"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, ">f8"])
def test_arrays_come_back_as_they_were(data_dir: Path, tmp_path: Path, layout, dtype, seed):
    images = some_images(seed, channels=1 if layout == "NHW" else 3)
    arrays = arrays_of(images)
    for name in ("x_train", "x_test"):
        x = arrays[name]
        x = x[:, 0] if layout == "NHW" else x.transpose(0, 2, 3, 1) if layout == "NHWC" else x
        x = np.asfortranarray(x) if layout == "fortran" else x
        arrays[name] = x if dtype == np.uint8 else (x / 255).astype(dtype)
    dataset = returned(import_dataset(write_npz(tmp_path / "flowers.npz", **arrays), data_dir))
    assert dataset.classes == ("0", "1", "2")
    assert_same(returned(dataset.load(data_dir)), images)
    check_image_dataset(dataset, data_dir)


def test_classes_of_arrays_are_named_by_their_numbers(data_dir: Path, tmp_path: Path):
    arrays = arrays_of(some_images())
    for name in ("y_train", "y_test"):
        arrays[name] = (10 * arrays[name] - 7).astype(np.int8)
    dataset = returned(import_dataset(write_npz(tmp_path / "a.npz", **arrays), data_dir))
    assert dataset.classes == ("-7", "3", "13")
    np.testing.assert_array_equal(returned(dataset.load(data_dir)).y_test, [0, 0, 1, 1, 2, 2])


def test_large_arrays_are_read_in_pieces(data_dir: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pruning.data.arrays._PIECE", 100)
    images = some_images()
    source = write_npz(tmp_path / "a.npz", **arrays_of(images))
    said, dataset = finish(import_dataset(source, data_dir))
    assert len(said) > images.x_train.size // 100
    assert_same(returned(dataset.load(data_dir)), images)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_a_test_set_a_fifth_of_every_class_is_held_out(data_dir, tmp_path, seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(5, 40, 4)
    files = {
        f"train/{label}/{i}.png": encoded(rng.integers(0, 256, (1, 4, 4), np.uint8))
        for label, count in enumerate(counts)
        for i in range(count)
    }
    found = []
    for name in ("one.zip", "two.zip"):
        dataset = returned(import_dataset(write_zip(tmp_path / name, files), data_dir))
        found.append(returned(dataset.load(data_dir)))
    assert_same(*found)
    held = np.bincount(found[0].y_test, minlength=4)
    assert held.sum() == round(counts.sum() / 5)
    assert np.abs(held - counts / 5).max() < 1
    np.testing.assert_array_equal(np.bincount(found[0].y_train) + held, counts)
    rows = np.concatenate([found[0].x_train, found[0].x_test]).reshape(counts.sum(), -1)
    assert len(np.unique(rows, axis=0)) == counts.sum()


def test_one_coloured_image_makes_all_of_them_coloured(data_dir: Path, tmp_path: Path):
    images = some_images(channels=1)
    files = as_files(images)
    colour = np.arange(90, dtype=np.uint8).reshape(3, 6, 5)
    files["train/c/011.png"] = encoded(colour)
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    found = returned(dataset.load(data_dir))
    assert dataset.shape == (3, 6, 5)
    np.testing.assert_array_equal(found.x_train[:-1], images.x_train[:-1].repeat(3, axis=1))
    np.testing.assert_array_equal(found.x_train[-1], colour)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_common_kind_of_image_is_read(data_dir: Path, tmp_path: Path, mode: str):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("L", (5, 6), 255).convert(mode)
    if mode == "P":
        image.info["transparency"] = bytes([0, 128])
    files = as_files(some_images(channels=1), kind=kind)
    path = tmp_path / "one"
    image.save(path, kind)
    files[f"train/a/000.{kind.lower()}"] = path.read_bytes()
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    assert dataset.shape[0] == (1 if mode in ("1", "L", "LA") else 3)
    assert (returned(dataset.load(data_dir)).x_train[0] == 255).all()


def test_jpeg_and_bmp_are_read_and_the_content_decides(data_dir: Path, tmp_path: Path):
    images = some_images(channels=1, side=(16, 16))
    images = images._replace(x_train=np.full_like(images.x_train, 90))
    images.x_train[-1] = 91
    files = as_files(images, kind="JPEG")
    files["train/a/000.jpeg"] = encoded(images.x_train[0], "BMP")
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    assert np.abs(returned(dataset.load(data_dir)).x_train.astype(int) - 90).max() <= 1


def test_what_lies_beside_the_classes_is_left_out(data_dir: Path, tmp_path: Path):
    images = some_images()
    beside = ("README.md", "train/labels.csv", "icon.png")
    files = as_files(images) | dict.fromkeys((*beside, *LITTER, "train/b/labels.csv"), b"words")
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    assert_same(returned(dataset.load(data_dir)), images)
    assert dataset.notes == (
        "Left out, no image: train/b/labels.csv.",
        "Left out, beside the classes: README.md, icon.png, train/labels.csv.",
        "Left out, of a file manager: $RECYCLE.BIN/a/1.png, .ipynb_checkpoints/a/0.png, "
        "__MACOSX/train/a/._0.png and 6 more.",
    )


@pytest.mark.parametrize("write", [write_zip, write_folder, write_tar])
@pytest.mark.parametrize("top", ["", "Flowers/"])
def test_folders_of_classes_alone_are_a_dataset(data_dir: Path, tmp_path: Path, write, top: str):
    files = {
        path.replace("train/", top): content
        for path, content in as_files(some_images()).items()
        if path.startswith("train/")
    }
    name = {write_zip: "a.zip", write_tar: "a.tar", write_folder: "a"}[write]
    dataset = returned(import_dataset(write(tmp_path / name, files), data_dir))
    assert dataset.classes == ("a", "b", "c")
    assert dataset.counts == (10, 2)
    assert dataset.notes[0] == (
        "Without a folder test a fifth of every class is held out as test images."
    )


def test_sets_are_found_however_deep_they_lie(data_dir: Path, tmp_path: Path):
    images = some_images()
    source = write_zip(tmp_path / "a.zip", as_files(images, "one/two/three/"))
    assert_same(returned(returned(import_dataset(source, data_dir)).load(data_dir)), images)


@pytest.mark.parametrize("name", ["val", "Valid", "validation"])
def test_validation_images_beside_test_images_are_learned_from(data_dir, tmp_path, name: str):
    images = some_images()
    files = as_files(images) | {
        path.replace("test/", f"{name}/"): content
        for path, content in as_files(some_images(1)).items()
        if path.startswith("test/")
    }
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    found = returned(dataset.load(data_dir))
    assert dataset.counts == (18, 6)
    np.testing.assert_array_equal(found.x_test, images.x_test)
    assert f"The images of {name.lower()} are training images" in dataset.notes[0]


def test_folders_without_images_are_told(data_dir: Path, tmp_path: Path):
    folder = write_folder(tmp_path / "a", as_files(some_images()))
    (folder / "train/bird").mkdir()
    (folder / "test/bird").mkdir()
    archive = write_zip(tmp_path / "b.zip", as_files(some_images()))
    with zipfile.ZipFile(archive, "a") as pack:
        pack.writestr(zipfile.ZipInfo("train/bird/"), b"")
    with tarfile.open(tmp_path / "c.tar", "w") as pack:
        pack.add(folder, "")
    for source in (folder, archive, tmp_path / "c.tar"):
        dataset = returned(import_dataset(source, data_dir))
        assert dataset.classes == ("a", "b", "c")
        assert dataset.notes == ("The folder bird has no image: there is no such class.",)


def test_classes_that_no_test_image_is_of_and_that_only_capitals_tell_apart_are_told(
    data_dir: Path, tmp_path: Path
):
    files = as_files(some_images())
    files = {path.replace("train/c", "train/A"): content for path, content in files.items()}
    files = {path: content for path, content in files.items() if "test/c" not in path}
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    assert dataset.classes == ("A", "a", "b")
    assert dataset.notes == (
        "A and a are different classes, though only capitals tell them apart.",
        "Classes without a test image: A.",
    )


# Archives of other systems


class Flagless(zipfile.ZipInfo):
    """A member whose name is in UTF-8 without the flag that says so, as macOS writes it."""

    def _encodeFilenameFlags(self):  # noqa: N802 - zipfile's own name
        return self.filename.encode(), 0


def write_named(path: Path, files: dict[str, bytes], info: type[zipfile.ZipInfo]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            member = info("x")
            member.filename = member.orig_filename = name
            archive.writestr(member, content)
    return path


def test_an_archive_from_windows_has_backslashes(data_dir: Path, tmp_path: Path):
    images = some_images()
    files = {path.replace("/", "\\"): content for path, content in as_files(images).items()}
    source = write_named(tmp_path / "a.zip", files | {"train\\": b""}, zipfile.ZipInfo)
    assert_same(returned(returned(import_dataset(source, data_dir)).load(data_dir)), images)


@pytest.mark.parametrize("info", [Flagless, zipfile.ZipInfo])
@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_names_are_the_same_however_a_system_writes_them(data_dir, tmp_path, info, forms):
    images = some_images(classes=2)
    files = {}
    for path, content in as_files(images).items():
        named = path.replace("/a/", "/café/").replace("/b/", "/thé/")
        files[unicodedata.normalize(forms[path.startswith("test")], named)] = content
    dataset = returned(import_dataset(write_named(tmp_path / "a.zip", files, info), data_dir))
    assert dataset.classes == ("café", "thé")
    assert_same(returned(dataset.load(data_dir)), images)


def test_a_name_in_the_letters_of_old_archives_stays_what_it_is(data_dir, tmp_path):
    class Old(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):  # noqa: N802 - zipfile's own name
            return self.filename.encode("cp437"), 0

    files = {path.replace("/a/", "/é/"): data for path, data in as_files(some_images()).items()}
    dataset = returned(import_dataset(write_named(tmp_path / "a.zip", files, Old), data_dir))
    assert "é" in dataset.classes


# Images as they are seen


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("side", [None, 8])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_image_is_turned_as_every_viewer_turns_it(orientation: int, side, kind: str):
    upright = Image.fromarray(np.kron(np.arange(6, dtype=np.uint8).reshape(3, 2) * 40, TILE))
    # What a camera stores: turned by its orientation it is upright.
    stored = upright if orientation == 1 else upright.transpose(STORED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, kind, exif=exif, **({"quality": 100} if kind == "JPEG" else {}))
    file.seek(0)
    expected = np.asarray(upright if side is None else scale_and_crop(upright, side)).astype(int)
    found = read_picture(PurePosixPath("x"), file.getvalue(), side)
    assert found.was_turned == (orientation > 1)
    assert np.abs(found.pixels - expected).max() <= (0 if kind == "PNG" else 6)
    seen = ImageOps.exif_transpose(Image.open(file))
    assert seen.size == upright.size


def test_turned_images_are_counted(data_dir: Path, tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 3
    file = io.BytesIO()
    Image.fromarray(some_images(channels=1).x_train[0, 0]).save(file, "PNG", exif=exif)
    files = as_files(some_images(channels=1)) | {"train/a/000.png": file.getvalue()}
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    assert dataset.notes == ("1 of 18 images were turned as their EXIF says.",)
    found = returned(dataset.load(data_dir)).x_train[0, 0]
    np.testing.assert_array_equal(found, some_images(channels=1).x_train[0, 0, ::-1, ::-1])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_what_is_transparent_lies_on_white(data_dir: Path, tmp_path: Path, mode: str):
    """Black ink of which only the alpha channel tells where it is."""
    alpha = np.zeros((6, 5), np.uint8)
    alpha[2:4, 1:4] = 255
    if mode == "P":
        image = Image.fromarray(alpha // 255, "P")
        image.putpalette([0, 0, 0, 0, 0, 0])
        image.info["transparency"] = bytes([0, 255])
    else:
        image = Image.merge("LA", [Image.new("L", (5, 6), 0), Image.fromarray(alpha)])
        image = image.convert("LA" if mode == "PA" else mode)
    file = io.BytesIO()
    image.save(file, "PNG")
    files = as_files(some_images(channels=1)) | {"train/a/000.png": file.getvalue()}
    dataset = returned(import_dataset(write_zip(tmp_path / "a.zip", files), data_dir))
    found = returned(dataset.load(data_dir)).x_train[0]
    np.testing.assert_array_equal(found, np.broadcast_to(255 - alpha, found.shape))
    assert dataset.notes == ("1 of 18 images are transparent: they lie on white.",)


def test_half_transparent_colours_are_mixed_with_white():
    image = Image.new("RGBA", (1, 1), (200, 100, 0, 51))
    file = io.BytesIO()
    image.save(file, "PNG")
    pixels = decode(PurePosixPath("x.png"), file.getvalue())
    np.testing.assert_allclose(pixels[0, 0], [0.2 * c + 0.8 * 255 for c in (200, 100, 0)], atol=1)


def test_what_is_kept_says_what_it_is_and_holds_no_objects(data_dir: Path, tmp_path: Path):
    source = write_zip(tmp_path / "My Flowers.zip", as_files(some_images()))
    dataset = returned(import_dataset(source, data_dir, title="Wild flowers"))
    folder = folder_of(data_dir) / "my-flowers"
    described = json.loads((folder / DESCRIPTION).read_text())
    assert described["title"] == dataset.title == "Wild flowers"
    assert described["source"] == "My Flowers.zip"
    assert described["counts"] == [12, 6]
    with Image.open(folder / "picture.png") as picture:
        assert picture.size == (6 * 5, 6)
    for part in Images._fields:
        np.load(folder / f"{part}.npy", allow_pickle=False)


def test_the_registry_shows_what_comes_and_goes(data_dir: Path, tmp_path: Path):
    built_in = image_datasets.names()
    assert built_in[:2] == ["digits", "mnist"]
    dataset = returned(
        import_dataset(write_zip(tmp_path / "a.zip", as_files(some_images())), data_dir)
    )
    assert image_datasets.names() == [*built_in, "a"]
    assert image_datasets["a"].counts == dataset.counts == (12, 6)
    remove("a", data_dir)
    assert image_datasets.names() == built_in
    assert [path.name for path in (folder_of(data_dir) / "a").iterdir()] == ["dataset.json"]
    assert image_datasets["a"].classes == dataset.classes, "runs that used it are understood"
    with pytest.raises(MissingDataError, match="import it again"):
        returned(dataset.load(data_dir))
    with pytest.raises(LookupError, match="no imported dataset 'a'"):
        remove("a", data_dir)
    again = write_zip(tmp_path / "a.zip", as_files(some_images()))
    returned(import_dataset(again, data_dir))
    assert image_datasets.names() == [*built_in, "a"], "its name is free"


def test_a_dataset_that_was_replaced_is_described_anew(data_dir: Path, tmp_path: Path):
    for classes in (2, 3):
        source = write_zip(tmp_path / "a.zip", as_files(some_images(classes=classes)))
        returned(import_dataset(source, data_dir))
        assert len(image_datasets["a"].classes) == classes
        remove("a", data_dir)


@pytest.mark.parametrize("text", ["", "{}", '{"title": 1}'])
def test_a_description_that_is_damaged_hides_its_dataset_only(data_dir, tmp_path, text, caplog):
    for name in ("a", "b"):
        source = write_zip(tmp_path / f"{name}.zip", as_files(some_images()))
        returned(import_dataset(source, data_dir))
    (folder_of(data_dir) / "a" / DESCRIPTION).write_text(text)
    assert "a" not in image_datasets.names()
    assert "b" in image_datasets.names()
    assert "left out" in caplog.text


def test_arrays_that_are_damaged_are_told(data_dir: Path, tmp_path: Path):
    dataset = returned(
        import_dataset(write_zip(tmp_path / "a.zip", as_files(some_images())), data_dir)
    )
    (folder_of(data_dir) / "a" / "x_test.npy").write_bytes(b"words")
    with pytest.raises(UnreadableDataError, match="damaged; remove and import it again"):
        returned(dataset.load(data_dir))


def test_an_import_that_is_given_up_leaves_nothing(data_dir: Path, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", as_files(some_images()))
    steps = import_dataset(source, data_dir)
    while next(steps).message != "Keeping a":
        pass
    steps.close()
    assert "a" not in image_datasets.names()
    assert not folder_of(data_dir).exists()


def test_of_two_imports_of_one_name_the_second_is_refused(data_dir: Path, tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", as_files(some_images()))
    late = import_dataset(source, data_dir)
    next(late)
    returned(import_dataset(source, data_dir))
    with pytest.raises(ImportRefusedError, match="there is a dataset a already"):
        returned(late)
    assert [path.name for path in folder_of(data_dir).glob("[!.]*")] == ["a"]
    assert "a" in image_datasets.names(), "the first is as it was"


def test_what_an_import_or_removal_that_was_cut_off_has_left_gives_way(data_dir, tmp_path):
    left = folder_of(data_dir) / "a"
    left.mkdir(parents=True)
    (left / "y_test.npy").write_bytes(b"")
    returned(import_dataset(write_zip(tmp_path / "a.zip", as_files(some_images())), data_dir))
    assert "a" in image_datasets.names()


def test_what_is_put_into_the_data_directory_waits_until_it_is_imported(data_dir: Path):
    assert placed(data_dir) == []
    folder = placed_folder(data_dir)
    write_folder(folder / "weeds", as_files(some_images()))
    write_zip(folder / "Flowers.zip", as_files(some_images()))
    write_folder(folder, {"notes.txt": b"", ".hidden.zip": b""})
    assert placed(data_dir) == ["Flowers.zip", "weeds"]
    for name in placed(data_dir):
        returned(import_dataset(folder / name, data_dir))
    assert placed(data_dir) == []
    assert image_datasets.names()[-2:] == ["flowers", "weeds"]
    assert (folder / "weeds" / "train").is_dir(), "what people put there stays theirs"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Flowers.ZIP", "flowers"),
        ("My Flowers (2).tar.gz", "my-flowers-2"),
        ("a.b.npz", "a-b"),
        ("花.zip", "dataset"),
        ("x" * 60 + ".tgz", "x" * 40),
    ],
)
def test_a_name_is_made_of_the_files(name: str, plain: str):
    assert plain_name(name) == plain


def test_nobody_has_said_where_the_data_are(monkeypatch):
    monkeypatch.setattr("pruning.data.places._folders", [])
    assert image_datasets.names()[0] == "digits"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statistics_are_those_of_numpy(seed: int):
    x = some_images(seed).x_train
    mean, sd = statistics(x)
    np.testing.assert_allclose(mean, (x / 255).mean((0, 2, 3)))
    np.testing.assert_allclose(sd, (x / 255).std((0, 2, 3)))
    assert min(statistics(np.zeros_like(x))[1]) > 0


def test_the_cifar10_archive_is_such_a_folder(data_dir: Path, tmp_path: Path):
    archive = SHARED / "cifar10-jpeg.tar.xz"
    if not archive.exists():
        pytest.skip(f"there is no {archive}")
    files: dict[str, bytes] = {}
    with tarfile.open(archive, "r|xz") as opened:
        for member in opened:
            if member.isfile() and int(Path(member.name).stem) < 4:
                files[member.name] = opened.extractfile(member).read()
            if member.name.endswith("test/truck/0004.jpg"):
                break
    files |= {path.replace("/test/", "/train/"): data for path, data in files.items()}
    source = write_tar(tmp_path / "cifar10-jpeg.tar.xz", files)
    dataset = returned(import_dataset(source, data_dir))
    assert dataset.classes == image_datasets["cifar10"].classes
    assert (dataset.shape, dataset.counts) == ((3, 32, 32), (40, 40))


def test_files_that_are_links_in_a_folder_of_ones_own_are_followed(data_dir, tmp_path):
    images = some_images()
    folder = write_folder(tmp_path / "a", as_files(images))
    moved = tmp_path / "elsewhere.png"
    (folder / "train/a/000.png").rename(moved)
    (folder / "train/a/000.png").symlink_to(moved)
    assert_same(returned(returned(import_dataset(folder, data_dir)).load(data_dir)), images)


def test_stored_members_of_a_zip_are_read_too(data_dir: Path, tmp_path: Path):
    images = some_images()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in as_files(images).items():
            archive.writestr(name, content)
    look_in(data_dir)
    dataset = returned(import_dataset(tmp_path / "a.zip", data_dir))
    assert_same(returned(dataset.load(data_dir)), images)


# Arrays as people have them

Y_TRAIN, Y_TEST = arrays_of(some_images())["y_train"], arrays_of(some_images())["y_test"]
WORDS = np.array(["cat", "dog", "owl"])


@pytest.mark.parametrize(
    ("of", "classes"),
    [
        (lambda y: y[:, None], ("0", "1", "2")),
        (lambda y: y.astype(np.float32), ("0", "1", "2")),
        (lambda y: np.eye(3)[y], ("0", "1", "2")),
        (lambda y: np.asfortranarray(np.eye(3, dtype=bool)[y]), ("0", "1", "2")),
        (lambda y: y + 1, ("1", "2", "3")),
        (lambda y: WORDS[y], ("cat", "dog", "owl")),
        (lambda y: WORDS[y][:, None], ("cat", "dog", "owl")),
        (lambda y: WORDS.astype("S")[y], ("cat", "dog", "owl")),
    ],
)
def test_classes_in_arrays_are_what_they_mean(data_dir: Path, tmp_path: Path, of, classes):
    arrays = arrays_of(some_images()) | {"y_train": of(Y_TRAIN), "y_test": of(Y_TEST)}
    dataset = returned(import_dataset(write_npz(tmp_path / "a.npz", **arrays), data_dir))
    assert dataset.classes == classes
    found = returned(dataset.load(data_dir))
    np.testing.assert_array_equal(found.y_train, Y_TRAIN)
    np.testing.assert_array_equal(found.y_test, Y_TEST)


def test_truth_values_are_two_classes(data_dir: Path, tmp_path: Path):
    arrays = arrays_of(some_images()) | {"y_train": Y_TRAIN > 0, "y_test": Y_TEST > 0}
    dataset = returned(import_dataset(write_npz(tmp_path / "a.npz", **arrays), data_dir))
    assert dataset.classes == ("False", "True")


@pytest.mark.parametrize(
    "of",
    [
        lambda x: x.astype(np.int64),
        lambda x: x.astype(np.float32),
        lambda x: x / np.float32(255) * np.float32(255),
        lambda x: (x / 255).astype(">f2").astype(np.float16),
        lambda x: x[:, 0].reshape(len(x), -1),
        lambda x: np.concatenate([x.transpose(0, 2, 3, 1)] * 3, -1),
        lambda x: np.insert(x.transpose(0, 2, 3, 1).repeat(3, -1), 3, 255, axis=-1),
    ],
    ids=["int64", "floats to 255", "floats nearly whole", "float16", "rows", "colour", "alpha"],
)
def test_images_in_arrays_are_what_they_mean(data_dir: Path, tmp_path: Path, of):
    images = some_images(channels=1, side=(6, 6))
    arrays = arrays_of(images) | {"x_train": of(images.x_train), "x_test": of(images.x_test)}
    dataset = returned(import_dataset(write_npz(tmp_path / "a.npz", **arrays), data_dir))
    found = returned(dataset.load(data_dir))
    for x, expected in ((found.x_train, images.x_train), (found.x_test, images.x_test)):
        np.testing.assert_array_equal(x, np.broadcast_to(expected, x.shape))


def test_an_alpha_channel_behind_lies_on_white(data_dir: Path, tmp_path: Path):
    x = some_images(channels=1, side=(6, 6)).x_train
    ink = np.concatenate([np.zeros((*x.shape[:1], 6, 6, 3), np.uint8), x.transpose(0, 2, 3, 1)], -1)
    source = write_npz(tmp_path / "a.npz", x_train=ink, y_train=Y_TRAIN)
    found = returned(returned(import_dataset(source, data_dir)).load(data_dir))
    every = np.concatenate([found.x_train, found.x_test])
    assert {image.tobytes() for image in every[:, 0]} == {(255 - i).tobytes() for i in x[:, 0]}


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int32, np.float32])
def test_zeros_and_ones_are_black_and_white(data_dir: Path, tmp_path: Path, dtype):
    images = some_images()
    arrays = arrays_of(images)
    arrays |= {name: (arrays[name] > 99).astype(dtype) for name in ("x_train", "x_test")}
    dataset = returned(import_dataset(write_npz(tmp_path / "a.npz", **arrays), data_dir))
    np.testing.assert_array_equal(
        returned(dataset.load(data_dir)).x_train, 255 * (images.x_train > 99)
    )
    is_told = "Its values are 0 and 1 alone: taken as black and white." in dataset.notes
    assert is_told == (dtype in (np.uint8, np.int32))


@pytest.mark.parametrize(
    "names",
    [
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("arr_0", "arr_1", "arr_2", "arr_3"),
    ],
)
def test_arrays_are_known_by_what_people_call_them(data_dir: Path, tmp_path: Path, names):
    images = some_images()
    source = write_npz(tmp_path / "a.npz", **dict(zip(names, images, strict=True)))
    assert_same(returned(returned(import_dataset(source, data_dir)).load(data_dir)), images)


@pytest.mark.parametrize("names", [("X", "y"), ("images", "labels"), ("data", "target")])
def test_arrays_without_a_test_set_have_a_fifth_held_out(data_dir: Path, tmp_path: Path, names):
    images = some_images()
    arrays = dict(zip(names, (images.x_train, images.y_train), strict=True))
    for more in ({}, {"x_test": images.x_test[:0], "y_test": images.y_test[:0]}):
        source = write_npz(tmp_path / f"a{len(more)}.npz", **arrays, **more, notes=np.zeros(3))
        dataset = returned(import_dataset(source, data_dir))
        assert dataset.counts == (10, 2)
        assert "Without x_test a fifth" in dataset.notes[0]
        assert any(note.startswith("Left out: notes") for note in dataset.notes)


def test_validation_arrays_beside_test_arrays_are_learned_from(data_dir: Path, tmp_path: Path):
    images = some_images()
    more = {"x_val": images.x_test, "y_val": images.y_test}
    source = write_npz(tmp_path / "a.npz", **arrays_of(images), **more)
    dataset = returned(import_dataset(source, data_dir))
    assert dataset.counts == (18, 6)
    assert "The images of x_val are training images" in dataset.notes[0]
    alone = {"x_train": images.x_train, "y_train": images.y_train, **more}
    dataset = returned(import_dataset(write_npz(tmp_path / "b.npz", **alone), data_dir))
    assert_same(returned(dataset.load(data_dir)), images)


@pytest.mark.parametrize("place", [0, -1])
def test_fractions_are_found_wherever_the_large_values_are(
    data_dir: Path, tmp_path: Path, monkeypatch, place: int
):
    monkeypatch.setattr("pruning.data.arrays._PIECE", 800)
    arrays = arrays_of(some_images())
    arrays["x_train"] = np.zeros(arrays["x_train"].shape)
    arrays["x_train"][place] = 0.5
    arrays["x_train"][-1 - place] = 200
    with pytest.raises(ImportRefusedError, match="floats have to be from 0 to 1"):
        returned(import_dataset(write_npz(tmp_path / "a.npz", **arrays), data_dir))
