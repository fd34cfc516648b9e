"""A dataset in an ``.npz`` of the arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test``.

Arrays are read in pieces straight from the file and turned to bytes on the way, so that an array
of floats is never in memory whole. Their headers are checked first; objects are never unpickled.
"""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from pruning.array_headers import ArrayHeader, HeaderError, read_header
from pruning.data.archives import kind_of, open_zip
from pruning.data.folder import Labelled
from pruning.data.image_base import Classes, Images, Pixels
from pruning.data.limits import CLASSES, PIXEL_BYTES, SIDE, TOTAL_BYTES, ImportRefusedError, in_mib
from pruning.events import Progress

_NAMES = ("x_train", "y_train", "x_test", "y_test")
_CHANNELS = (1, 3)
_PIECE = 1 << 24


def read_arrays(source: Path) -> Generator[Progress, None, Labelled]:
    """Read a dataset from an ``.npz``.

    Images have the shape ``(n, height, width)``, ``(n, height, width, channels)`` or ``(n,
    channels, height, width)`` with 1 or 3 channels, and are uint8 or floats from 0 to 1. Classes
    are integers; their names are the numbers.

    Raises
    ------
    ImportRefusedError
        If the file is damaged, an array is missing, or its shape, type or values are not as above.
    """
    kind_of(source)
    with open_zip(source, TOTAL_BYTES) as (archive, _):
        headers = {name: _checked_header(archive, name) for name in _NAMES}
        x_train = yield from _images(archive, "x_train", headers["x_train"])
        y_train = _integers(archive, "y_train", headers["y_train"], len(x_train))
        x_test = yield from _images(archive, "x_test", headers["x_test"])
        y_test = _integers(archive, "y_test", headers["y_test"], len(x_test))
    if x_train.shape[1:] != x_test.shape[1:]:
        raise ImportRefusedError(
            f"images of x_train are {_dimensions(x_train.shape[1:])}, those of x_test are "
            f"{_dimensions(x_test.shape[1:])}"
        )
    return _numbered(x_train, y_train, x_test, y_test)


@contextmanager
def _opened(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[IO[bytes], ArrayHeader]]:
    """An array's bytes and what its header says of them."""
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        wanted = ", ".join(_NAMES)
        raise ImportRefusedError(f"it has no array {name}; it needs {wanted}") from None
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


def _checked_header(archive: zipfile.ZipFile, name: str) -> ArrayHeader:
    with _opened(archive, name) as (_, header):
        (_check_images if name.startswith("x") else _check_integers)(name, header)
        return header


def _check_images(name: str, header: ArrayHeader) -> None:
    axes = _channels_first(name, header.shape)
    if max(header.shape[axis] for axis in axes[-2:]) > SIDE:
        raise ImportRefusedError(f"images of {name} are larger than {SIDE}×{SIDE} pixels")
    if header.dtype != np.uint8 and header.dtype.kind != "f":
        raise ImportRefusedError(
            f"{name} is of type {header.dtype}; it has to be uint8, or floats from 0 to 1"
        )
    if header.values > PIXEL_BYTES:
        raise ImportRefusedError(f"{name} has more than {in_mib(PIXEL_BYTES)} of pixels")


def _check_integers(name: str, header: ArrayHeader) -> None:
    if header.dtype.kind not in "iu" or len(header.shape) != 1:
        raise ImportRefusedError(
            f"{name} has to be one integer per image, but is of type {header.dtype} and shape "
            f"{_dimensions(header.shape)}"
        )


def _channels_first(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that make ``(n, channels, height, width)`` of an array of this shape."""
    first = len(shape) == 4 and shape[1] in _CHANNELS
    last = len(shape) == 4 and shape[3] in _CHANNELS
    if first and last:
        raise ImportRefusedError(
            f"of {name}, {_dimensions(shape)}, one cannot tell where the channels are"
        )
    if not (len(shape) == 3 or first or last) or min(shape) < 1:
        raise ImportRefusedError(
            f"{name} is {_dimensions(shape)}; it has to be n×height×width, or that with 1 or 3 "
            "channels"
        )
    return (0, 3, 1, 2) if last else tuple(range(len(shape)))


def _images(
    archive: zipfile.ZipFile, name: str, header: ArrayHeader
) -> Generator[Progress, None, Pixels]:
    """An array of images as bytes, shape ``(n, channels, height, width)``."""
    pixels = np.empty(header.values, np.uint8)
    done = 0
    with _opened(archive, name) as (file, _):
        for piece in _pieces(file, header):
            pixels[done : done + len(piece)] = _as_bytes(name, piece)
            done += len(piece)
            yield Progress(done=done, total=header.values, message=f"Reading {name}")
    shaped = pixels.reshape(header.shape, order="F" if header.fortran else "C")
    ordered = np.ascontiguousarray(shaped.transpose(_channels_first(name, header.shape)))
    return ordered[:, None] if ordered.ndim == 3 else ordered


def _as_bytes(name: str, values: npt.NDArray[Any]) -> Pixels:
    if values.dtype == np.uint8:
        return values
    if not np.isfinite(values).all():
        raise ImportRefusedError(f"{name} has values that are not finite (NaN or infinity)")
    low, high = values.min(), values.max()
    if low < 0 or high > 1:
        raise ImportRefusedError(
            f"{name} has values from {low:.4g} to {high:.4g}; floats have to be from 0 to 1"
        )
    scaled: Pixels = np.rint(255 * values).astype(np.uint8)
    return scaled


def _integers(archive: zipfile.ZipFile, name: str, header: ArrayHeader, expected: int) -> Classes:
    if header.values != expected:
        raise ImportRefusedError(f"{name} has {header.values:,} labels for {expected:,} images")
    with _opened(archive, name) as (file, _):
        return np.concatenate(list(_pieces(file, header))).astype(np.int64)


def _pieces(file: IO[bytes], header: ArrayHeader) -> Iterator[npt.NDArray[Any]]:
    """The values of an array, flat, as they lie in the file."""
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


def _numbered(x_train: Pixels, y_train: Classes, x_test: Pixels, y_test: Classes) -> Labelled:
    """Number the classes from 0, in order."""
    labels = np.unique(y_train)
    if len(labels) > CLASSES:
        raise ImportRefusedError(f"y_train has {len(labels):,} classes, more than {CLASSES:,}")
    if len(unknown := np.setdiff1d(y_test, labels)):
        raise ImportRefusedError(f"y_test has the class {unknown[0]}, which y_train has not")
    y_train, y_test = (np.searchsorted(labels, y).astype(np.int64) for y in (y_train, y_test))
    return Labelled(Images(x_train, y_train, x_test, y_test), tuple(map(str, labels.tolist())))


def _dimensions(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single value"
