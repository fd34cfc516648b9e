"""An image folder, ``train/CLASS/*.png`` beside ``test/CLASS/*.png``, plain or in an archive."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from pruning.data.archives import Member, members
from pruning.data.image_base import Classes, Images, Pixels
from pruning.data.limits import (
    CLASSES,
    NAME_LENGTH,
    PER_CLASS,
    PIXEL_BYTES,
    ImportRefusedError,
    in_mib,
)
from pruning.data.pictures import SUFFIXES, decode
from pruning.data.split import stratified
from pruning.events import Progress
from pruning.randomness import numpy_generator

_TRAIN = "train"
# What people call the folder of the images that are held out.
_HELD = ("test", "val", "valid", "validation")
# Without such a folder, this share of every class is held out.
_HELD_OUT = 5
# What file managers leave behind.
_LITTER = ("thumbs.db", "desktop.ini", "__macosx")
_SAY_EVERY = 500


class Labelled(NamedTuple):
    """Images with the names of their classes."""

    images: Images
    classes: tuple[str, ...]


class _Picture(NamedTuple):
    path: PurePosixPath
    set: str
    label: str
    pixels: Pixels


def read_folder(source: Path, side: int | None = None) -> Generator[Progress, None, Labelled]:
    """Read all images of a folder or an archive.

    One folder around ``train`` and ``test`` is accepted. Classes are numbered in the order of
    their names, images ordered by their paths. ``test`` may be called ``val``, ``valid`` or
    ``validation`` as well; without it a fifth of every class is held out. If all images are grey
    there is one channel, else there are three. With a ``side`` they are scaled and cropped to
    squares, see :func:`.scaling.scale_and_crop`; without, all have to have one size.

    Raises
    ------
    ImportRefusedError
        If the archive or an image cannot be taken, the images differ in size, or the folders are
        not as above.
    """
    pictures = yield from _pictures(source, side)
    if not pictures:
        raise ImportRefusedError(
            "it has no image at train/CLASS/NAME.png; give every class a folder"
        )
    pictures.sort(key=lambda picture: picture.path)
    return _labelled(pictures)


def _pictures(source: Path, side: int | None) -> Generator[Progress, None, list[_Picture]]:
    pictures: list[_Picture] = []
    seen: set[PurePosixPath] = set()
    values = 0
    for place, member in enumerate(members(source)):
        if place % _SAY_EVERY == 0:
            message = f"Reading {source.name}: {len(pictures):,} images"
            yield Progress(done=member.done, total=member.total, message=message)
        picture = _picture(member, side)
        if picture is None:
            continue
        if member.path in seen:
            raise ImportRefusedError(f"it holds {member.path} twice")
        seen.add(member.path)
        pictures.append(picture)
        _check_alike(pictures[0], picture)
        values += picture.pixels.size
        if values > PIXEL_BYTES:
            raise ImportRefusedError(f"its images take more than {in_mib(PIXEL_BYTES)} unpacked")
    return pictures


def _picture(member: Member, side: int | None) -> _Picture | None:
    """The image that a file is; None for what lies beside the folders of the classes."""
    parts = member.path.parts
    if any(part.startswith(".") or part.lower() in _LITTER for part in parts):
        return None
    start = 0 if _is_set(parts[0]) else 1
    if len(parts) < start + 3 or not _is_set(parts[start]):
        return None
    if member.path.suffix.lower() not in SUFFIXES:
        raise ImportRefusedError(f"{member.path} is no PNG, JPEG or BMP image")
    label = parts[start + 1]
    if len(label) > NAME_LENGTH:
        raise ImportRefusedError(f"the class {label[:20]}… has more than {NAME_LENGTH} letters")
    pixels = decode(member.path, member.read(), side)
    return _Picture(member.path, parts[start].lower(), label, pixels)


def _is_set(name: str) -> bool:
    return name.lower() in (_TRAIN, *_HELD)


def _check_alike(first: _Picture, other: _Picture) -> None:
    if _around(first) != _around(other):
        raise ImportRefusedError(f"{first.path} and {other.path} are not below the same folder")
    if first.pixels.shape[:2] != other.pixels.shape[:2]:
        raise ImportRefusedError(
            f"all images have to have one size, but {first.path} is {_size(first)} and "
            f"{other.path} is {_size(other)} pixels; give a side to scale and crop them to"
        )


def _around(picture: _Picture) -> str:
    """The folder around ``train`` and ``test``, if there is one."""
    first = picture.path.parts[0]
    return "" if _is_set(first) else first


def _size(picture: _Picture) -> str:
    height, width = picture.pixels.shape[:2]
    return f"{width}×{height}"


def _labelled(pictures: Sequence[_Picture]) -> Labelled:
    train = [picture for picture in pictures if picture.set == _TRAIN]
    test = [picture for picture in pictures if picture.set != _TRAIN]
    held = sorted({picture.set for picture in test})
    if len(held) > 1:
        raise ImportRefusedError(f"it holds {' and '.join(held)}; leave one of them to be held out")
    classes = sorted({picture.label for picture in train})
    if unknown := sorted({picture.label for picture in test} - set(classes)):
        named = ", ".join(unknown[:5])
        raise ImportRefusedError(f"{held[0]} has classes that train has not: {named}")
    if len(classes) > CLASSES:
        raise ImportRefusedError(f"there are {len(classes):,} classes, more than {CLASSES:,}")
    y_train = _numbers(train, classes)
    channels = 3 if any(picture.pixels.ndim == 3 for picture in pictures) else 1
    x_train = _stack([picture.pixels for picture in train], channels)
    if test:
        x_test = _stack([picture.pixels for picture in test], channels)
        return Labelled(Images(x_train, y_train, x_test, _numbers(test, classes)), tuple(classes))
    return Labelled(_divided(x_train, y_train, classes), tuple(classes))


def _numbers(pictures: Iterable[_Picture], classes: Sequence[str]) -> Classes:
    places = {label: place for place, label in enumerate(classes)}
    return np.array([places[picture.label] for picture in pictures], np.int64)


def _stack(frames: Sequence[Pixels], channels: int) -> Pixels:
    """Put frames into one array, shape ``(n, channels, height, width)``."""
    height, width = frames[0].shape[:2]
    stacked = np.empty((len(frames), channels, height, width), np.uint8)
    for place, frame in enumerate(frames):
        stacked[place] = frame.transpose(2, 0, 1) if frame.ndim == 3 else frame
    return stacked


def _divided(x: Pixels, y: Classes, classes: Sequence[str]) -> Images:
    counts = np.bincount(y)
    rare = int(counts.argmin())
    if counts[rare] <= PER_CLASS:
        raise ImportRefusedError(
            f"the class {classes[rare]} has only {counts[rare]} images; without a folder test "
            f"every class needs {PER_CLASS + 1}"
        )
    rng = numpy_generator("test images of a folder")
    kept, held = stratified(y, max(1, round(len(y) / _HELD_OUT)), rng)
    return Images(x[kept], y[kept], x[held], y[held])
