"""Importances that people bring: ``.npy`` files in a folder of the data directory.

They are checked without torch, when they are brought and when a run is submitted; nothing is ever
unpickled.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from pruning.array_headers import ArrayHeader, HeaderError, read_header
from pruning.context import CannotRunError
from pruning.inputs.names import Importances, Shape, dimensions

MOST_BYTES = 16 * 2**20
"""Of a file: an image of 512 × 512 with four channels has half of that in double precision."""

_NAME = re.compile(r"\w[\w .-]{0,95}\.npy")
_DRAFT = ".draft-"


class NameTakenError(CannotRunError):
    """There is a file of that name already, which stays as it is."""


class ImportanceFile(NamedTuple):
    """A file of importances, with the shape of its array."""

    name: str
    shape: tuple[int, ...]


def folder_of(data_dir: Path) -> Path:
    """Where they are kept."""
    return data_dir / "importances"


def importance_files(data_dir: Path) -> list[ImportanceFile]:
    """Those that there are and that can be read, by their names."""
    found = []
    for path in sorted(folder_of(data_dir).glob("*.npy")):
        # What somebody has put there and cannot be used is not offered.
        with suppress(CannotRunError, OSError), path.open("rb") as file:
            found.append(ImportanceFile(checked_name(path.name), _header(file, None).shape))
    return found


def checked_name(name: str) -> str:
    """``name``, if a file of importances may have it.

    Raises
    ------
    CannotRunError
        If it is none, is too long, or leads out of the folder; the message says what to change.
    """
    if not _NAME.fullmatch(name):
        raise CannotRunError(
            "a file of importances is called by up to 96 letters, digits, spaces, -, _ and . "
            "with .npy at the end, such as mine.npy: rename it"
        )
    return name


def keep_importances(content: bytes, name: str, data_dir: Path) -> ImportanceFile:
    """Check what somebody has brought, and keep it.

    Raises
    ------
    NameTakenError
        If there is one of that name.
    CannotRunError
        If it cannot be used with any dataset, or be called so; the message says what to change.
    OSError
        If the data directory cannot be written.
    """
    checked_name(name)
    check_size(len(content))
    importances = _read(io.BytesIO(content), None)
    folder = folder_of(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=_DRAFT)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # Linked whole, and never over another of that name.
        os.link(draft, folder / name)
    except FileExistsError as error:
        raise NameTakenError(
            f"there are importances {name} already: delete them on the page of "
            "datasets, or rename the file"
        ) from error
    finally:
        Path(draft).unlink()
    return ImportanceFile(name, importances.shape)


def check_size(size: int) -> None:
    """Refuse so many bytes, if they are too many, before anything is read."""
    if size > MOST_BYTES:
        raise CannotRunError(
            f"a file of importances has at most {MOST_BYTES // 2**20} MiB, this one has "
            f"{size / 2**20:,.1f}: save one number per pixel of one image"
        )


def remove_importances(name: str, data_dir: Path) -> None:
    """Delete a file.

    Raises
    ------
    LookupError
        If there is none of that name.
    """
    if name not in {path.name for path in folder_of(data_dir).glob("*.npy")}:
        raise LookupError(f"there are no importances {name!r}")
    (folder_of(data_dir) / name).unlink(missing_ok=True)


def kept_importances(name: str, data_dir: Path, shape: Shape) -> Importances:
    """Read a file that is kept, for images of a shape.

    Raises
    ------
    CannotRunError
        As :func:`read_importances`, or if there is none of that name.
    """
    try:
        with (folder_of(data_dir) / checked_name(name)).open("rb") as file:
            return read_importances(file, shape)
    except OSError as error:
        raise CannotRunError(
            f"there are no importances {name}: upload the file, or choose others"
        ) from error


def read_importances(file: IO[bytes], shape: Shape) -> Importances:
    """Read importances from an ``.npy`` that a user brought; it is never unpickled.

    Parameters
    ----------
    file
        Open for reading, at its beginning. No more is read of it than the shape asks for.
    shape
        Of an image: channels, height, width. The array has this shape, or ``(height, width)`` for
        all channels alike.

    Returns
    -------
    Importances
        Shape ``(channels, height, width)``.

    Raises
    ------
    CannotRunError
        If the array has another shape, is not of real numbers, has values that are not finite, or
        is constant, or if the file is no such array; the message says what to change.
    """
    return np.broadcast_to(_read(file, shape), shape).copy()


def _read(file: IO[bytes], image: Shape | None) -> Importances:
    """The array as it is; without ``image`` it may fit any."""
    header = _header(file, image)
    size = header.values * header.dtype.itemsize
    content = file.read(size)
    if len(content) < size:
        raise CannotRunError(
            "the file of importances ends too early: save it again with numpy.save"
        )
    flat = np.frombuffer(content, header.dtype)
    values = flat.reshape(header.shape, order="F" if header.fortran else "C")
    # Larger types than float64 may hold larger numbers, which become infinite.
    with np.errstate(over="ignore"):
        importances = values.astype(np.float64)
    if not np.isfinite(importances).all():
        raise CannotRunError(
            "the importances hold values that are not finite (NaN or infinity): replace them"
        )
    if importances.min() == importances.max():
        raise CannotRunError(
            f"all importances are {importances.min():g}, so that they rank nothing: give larger "
            "ones to pixels that matter more"
        )
    return importances


def _header(file: IO[bytes], image: Shape | None) -> ArrayHeader:
    """What a file says it has, if it says that it holds importances."""
    try:
        header = read_header(file)
    except HeaderError as error:
        raise CannotRunError(
            "the file of importances is no array that numpy can read: save it with numpy.save, "
            "as an .npy"
        ) from error
    shape, dtype = header.shape, header.dtype
    if dtype.hasobject:
        raise CannotRunError(
            "the file of importances holds Python objects, which are never loaded: save an array "
            "of numbers"
        )
    if dtype.kind not in "biuf":
        raise CannotRunError(f"importances have to be real numbers, but are of type {dtype}")
    if image:
        _check_fit(shape, image)
    else:
        _check_image(shape)
        # Its word is not taken: so much would be made room for before it is read.
        check_size(header.values * dtype.itemsize)
    return header


def _check_fit(shape: tuple[int, ...], image: Shape) -> None:
    if shape not in (image, image[1:]):
        raise CannotRunError(
            f"the importances are {dimensions(shape)}: they have to be {dimensions(image[1:])}, "
            f"or {dimensions(image)} with the channels first"
        )


def _check_image(shape: tuple[int, ...]) -> None:
    """Whether there may be images of this shape."""
    if len(shape) not in (2, 3) or min(shape) < 1:
        raise CannotRunError(
            f"the importances are {dimensions(shape)}: they have to be height × width of an "
            "image, or channels × height × width"
        )
