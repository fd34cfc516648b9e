"""A dataset in an ``.npz``, of the arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test``.

Arrays are read in pieces straight from the file and turned to bytes on the way, so that an array
of floats is never in memory whole. Their headers are checked first; objects are never unpickled.
"""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from pruning.array_headers import ArrayHeader, HeaderError, read_header
from pruning.data.archives import kind_of, open_zip
from pruning.data.array_labels import Labels, check_labels, read_labels
from pruning.data.array_pixels import check_images, dimensions, range_of, read_images, scales
from pruning.data.folder import Labelled
from pruning.data.image_base import Images, Pixels
from pruning.data.limits import CLASSES, TOTAL_BYTES, ImportRefusedError
from pruning.data.split import a_fifth_held_out
from pruning.events import Progress

# What people call the arrays, in small letters; of each the first that there is.
_NAMES = {
    "x_train": ("x_train", "train_x", "train_images", "images", "x", "data", "arr_0"),
    "y_train": ("y_train", "train_y", "train_labels", "labels", "y", "target", "arr_1"),
    "x_test": ("x_test", "test_x", "test_images", "arr_2"),
    "y_test": ("y_test", "test_y", "test_labels", "arr_3"),
    "x_val": ("x_val", "x_valid", "val_x", "val_images"),
    "y_val": ("y_val", "y_valid", "val_y", "val_labels"),
}
_PARTS = ("train", "test", "val")
_PIECE = 1 << 24

_Set = tuple[Pixels, Labels]


def read_arrays(source: Path) -> Generator[Progress, None, Labelled]:
    """Read a dataset from an ``.npz``.

    Images have the shape ``(n, height, width)``, ``(n, height, width, channels)`` or ``(n,
    channels, height, width)`` with 1 or 3 channels; or with a fourth behind, an alpha channel, and
    then lie on white; or are rows of as many values as a square has. They are of whole numbers
    from 0 to 255, or floats from 0 to 1. Classes are whole numbers or names, one per image, in a
    column, or one-hot. Without ``x_test`` a fifth of every class is held out; ``x_val`` is learned
    from where there is ``x_test``, and is the test set where there is none.

    Raises
    ------
    ImportRefusedError
        If the file is damaged, an array is missing, or its shape, type or values are not as above.
    """
    kind_of(source)
    with open_zip(source, TOTAL_BYTES) as (archive, members):
        arrays = [info.filename.removesuffix(".npy") for info in members]
        roles = _roles(arrays)
        headers = {role: _checked_header(archive, role, name) for role, name in roles.items()}
        roles = {role: name for role, name in roles.items() if not _is_empty(headers, role)}
        images = {roles[role]: headers[role] for role in roles if role.startswith("x")}
        scaled = yield from _scales(archive, images)
        sets: dict[str, _Set] = {}
        for part in [part for part in _PARTS if f"x_{part}" in roles]:
            x_name, y_name = roles[f"x_{part}"], roles[f"y_{part}"]
            with closing(_pieces(archive, x_name)) as pieces:
                x = yield from read_images(x_name, images[x_name], pieces, scaled[x_name])
            sets[part] = x, _labels(archive, y_name, headers[f"y_{part}"], len(x))
    _check_alike(roles, sets)
    left = sorted(set(arrays) - set(roles.values()))
    notes = (
        *_of_sets(sets, roles),
        *_of_scales(images, scaled),
        *([f"left out: {', '.join(left[:5])}"] if left else []),
    )
    return _numbered(sets, roles, notes)


def _scales(
    archive: zipfile.ZipFile, images: Mapping[str, ArrayHeader]
) -> Generator[Progress, None, dict[str, int]]:
    """By what each array of images is multiplied: all have to be looked through for that."""
    found = {}
    for name in images:
        yield Progress(done=0, total=1, message=f"Reading how bright {name} is")
        with closing(_pieces(archive, name)) as pieces:
            found[name] = range_of(name, pieces)
    return scales(images, found)


def _roles(arrays: list[str]) -> dict[str, str]:
    """By what it is of a dataset, the name of an array."""
    found: dict[str, str] = {}
    for role, names in _NAMES.items():
        for wanted in names:
            fits = [name for name in arrays if name.lower() == wanted]
            if len(fits) > 1:
                raise ImportRefusedError(f"it has {' and '.join(fits)}: which is it?")
            if fits:
                found[role] = fits[0]
                break
    for role in _NAMES:
        partner = f"{'y' if role[0] == 'x' else 'x'}{role[1:]}"
        if role not in found and (partner in found or role.endswith("train")):
            wanted = ", ".join(list(_NAMES)[:4])
            raise ImportRefusedError(f"it has no array {role}; it needs {wanted}")
    return found


def _is_empty(headers: Mapping[str, ArrayHeader], role: str) -> bool:
    """Whether there is a test set of no images."""
    pair = [headers[f"{axis}{role[1:]}"].shape[:1] for axis in "xy"]
    return not role.endswith("train") and pair == [(0,), (0,)]


def _check_alike(roles: Mapping[str, str], sets: Mapping[str, _Set]) -> None:
    first = sets["train"][0].shape[1:]
    for part, (x, _) in sets.items():
        if x.shape[1:] != first:
            raise ImportRefusedError(
                f"images of {roles['x_train']} are {dimensions(first)}, those of "
                f"{roles[f'x_{part}']} are {dimensions(x.shape[1:])}"
            )


def _of_sets(sets: Mapping[str, _Set], roles: Mapping[str, str]) -> Iterator[str]:
    if "val" in sets and "test" in sets:
        yield (
            f"the images of {roles['x_val']} are training images, since {roles['x_test']} is "
            "there: validation images are drawn from those for each run"
        )
    elif "val" in sets:
        yield f"the images of {roles['x_val']} are the test images"
    elif "test" not in sets:
        yield "without x_test a fifth of every class is held out as test images"


def _of_scales(images: Mapping[str, ArrayHeader], scaled: Mapping[str, int]) -> Iterator[str]:
    if any(images[name].dtype.kind in "iu" and scale > 1 for name, scale in scaled.items()):
        yield "its values are 0 and 1 alone: taken as black and white"


@contextmanager
def _opened(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[IO[bytes], ArrayHeader]]:
    """An array's bytes and what its header says of them."""
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise ImportRefusedError(f"{name} is no .npy file") from None
    with archive.open(info) as file:
        try:
            header = read_header(file)
        except HeaderError as error:
            raise ImportRefusedError(f"{name} is no array that numpy can read") from error
        if header.dtype.hasobject:
            raise ImportRefusedError(f"{name} holds Python objects, which are never loaded")
        if header.values * header.dtype.itemsize != info.file_size - file.tell():
            raise ImportRefusedError(f"{name} is not as long as its shape says")
        yield file, header


def _checked_header(archive: zipfile.ZipFile, role: str, name: str) -> ArrayHeader:
    with _opened(archive, name) as (_, header):
        if header.shape[:1] != (0,) or role.endswith("train"):
            (check_images if role.startswith("x") else check_labels)(name, header)
        return header


def _labels(archive: zipfile.ZipFile, name: str, header: ArrayHeader, expected: int) -> Labels:
    pieces = list(_pieces(archive, name))
    values = np.concatenate(pieces) if pieces else np.empty(0, header.dtype)
    return read_labels(name, header, values, expected)


def _pieces(archive: zipfile.ZipFile, name: str) -> Generator[npt.NDArray[Any]]:
    """The values of an array, flat, as they lie in the file."""
    with _opened(archive, name) as (file, header):
        size = _PIECE // header.dtype.itemsize
        for start in range(0, header.values, size):
            count = min(size, header.values - start)
            yield np.frombuffer(_exactly(file, count * header.dtype.itemsize), header.dtype)
        # Only at its very end does a zip's file say whether all of it was right.
        file.read(1)


def _exactly(file: IO[bytes], size: int) -> bytes:
    """``size`` bytes; a zip's file gives fewer at a time, and says itself when one is damaged."""
    pieces = []
    while size > 0:
        piece = file.read(min(size, 1 << 20))
        if not piece:
            raise EOFError("it ends too early")
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _numbered(
    sets: Mapping[str, _Set], roles: Mapping[str, str], notes: tuple[str, ...]
) -> Labelled:
    """Number the classes from 0, in order."""
    held = "test" if "test" in sets else "val"
    x, y = sets["train"]
    if "val" in sets and held == "test":
        x, y = (np.concatenate([sets[part][axis] for part in ("train", "val")]) for axis in (0, 1))
    labels = np.unique(y)
    if len(labels) > CLASSES:
        raise ImportRefusedError(
            f"{roles['y_train']} has {len(labels):,} classes, more than {CLASSES:,}"
        )
    classes = tuple(map(str, labels.tolist()))
    numbers = np.searchsorted(labels, y).astype(np.int64)
    if held not in sets:
        return Labelled(a_fifth_held_out(x, numbers, classes), classes, notes)
    x_test, y_test = sets[held]
    if len(unknown := np.setdiff1d(y_test, labels)):
        raise ImportRefusedError(
            f"{roles[f'y_{held}']} has the class {unknown[0]}, which {roles['y_train']} has not"
        )
    tested = np.searchsorted(labels, y_test).astype(np.int64)
    return Labelled(Images(x, numbers, x_test, tested), classes, notes)
