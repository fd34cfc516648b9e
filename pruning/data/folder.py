"""An image folder, ``train/CLASS/*.png`` beside ``test/CLASS/*.png``, plain or in an archive."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from pruning.data.archives import Member, members
from pruning.data.image_base import Classes, Images, Pixels
from pruning.data.layout import TEST, TRAIN, Layout, Place, layout_of
from pruning.data.limits import PIXEL_BYTES, ImportRefusedError, in_mib
from pruning.data.pictures import Picture, read_picture
from pruning.data.scaling import shorter_side
from pruning.data.split import a_fifth_held_out
from pruning.events import Progress

_SAY_EVERY = 500


class Labelled(NamedTuple):
    """Images with the names of their classes, and what is to be said of how they were read."""

    images: Images
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()


class _Placed(NamedTuple):
    path: PurePosixPath
    place: Place
    picture: Picture


def read_folder(source: Path, side: int | None = None) -> Generator[Progress, None, Labelled]:
    """Read all images of a folder or an archive.

    One folder around ``train`` and ``test`` is accepted. Classes are numbered in the order of
    their names, images ordered by their paths. ``test`` may be called ``val``, ``valid`` or
    ``validation`` as well; without it, or where there are folders of classes alone, a fifth of
    every class is held out. If all images are grey there is one channel, else there are three.
    With a ``side`` they are scaled and cropped to squares, see :func:`.scaling.scale_and_crop`;
    without, all have to have one size.

    Raises
    ------
    ImportRefusedError
        If the archive or an image cannot be taken, the images differ in size, or the folders are
        not as above.
    """
    layout = yield from _layout(source)
    pictures = yield from _pictures(source, layout, side)
    pictures.sort(key=lambda placed: placed.path)
    return _labelled(pictures, (*layout.notes, *_scaled(side)))


def _scaled(side: int | None) -> Iterator[str]:
    if side is not None:
        yield (
            f"Each is scaled bilinearly until its shorter side has {shorter_side(side)} pixels; "
            f"the {side} × {side} in the middle are taken."
        )


def _layout(source: Path) -> Generator[Progress, None, Layout]:
    """Look through all names before any image is read."""
    files: list[PurePosixPath] = []
    folders: list[PurePosixPath] = []
    for place, member in enumerate(members(source)):
        if place % _SAY_EVERY == 0:
            message = f"Reading the names in {source.name}"
            yield Progress(done=member.done, total=member.total, message=message)
        (folders if member.is_folder else files).append(member.path)
    return layout_of(files, folders)


def _pictures(
    source: Path, layout: Layout, side: int | None
) -> Generator[Progress, None, list[_Placed]]:
    pictures: list[_Placed] = []
    seen: set[PurePosixPath] = set()
    values = 0
    for place, member in enumerate(members(source)):
        if place % _SAY_EVERY == 0:
            message = f"Reading {source.name}: {len(pictures):,} images"
            yield Progress(done=member.done, total=member.total, message=message)
        if member.path not in layout.places:
            continue
        if member.path in seen:
            raise ImportRefusedError(f"it holds {member.path} twice")
        seen.add(member.path)
        pictures.append(_read(member, layout.places[member.path], side))
        _check_size(pictures[0], pictures[-1])
        values += pictures[-1].picture.pixels.size
        if values > PIXEL_BYTES:
            raise ImportRefusedError(f"its images take more than {in_mib(PIXEL_BYTES)} unpacked")
    return pictures


def _read(member: Member, place: Place, side: int | None) -> _Placed:
    return _Placed(member.path, place, read_picture(member.path, member.read(), side))


def _check_size(first: _Placed, other: _Placed) -> None:
    if first.picture.size != other.picture.size:
        raise ImportRefusedError(
            f"all images have to have one size, but {first.path} is {first.picture.size} and "
            f"{other.path} is {other.picture.size} pixels; give a side to scale and crop them to"
        )


def _labelled(pictures: Sequence[_Placed], notes: tuple[str, ...]) -> Labelled:
    train = [each for each in pictures if each.place.set == TRAIN]
    test = [each for each in pictures if each.place.set == TEST]
    classes = tuple(sorted({each.place.label for each in train}))
    channels = 3 if any(each.picture.pixels.ndim == 3 for each in pictures) else 1
    x_train, y_train = _stack(train, channels), _numbers(train, classes)
    notes = (*notes, *_of_pictures([each.picture for each in pictures]))
    if test:
        images = Images(x_train, y_train, _stack(test, channels), _numbers(test, classes))
    else:
        images = a_fifth_held_out(x_train, y_train, classes)
    return Labelled(images, classes, notes)


def _of_pictures(pictures: Sequence[Picture]) -> Iterable[str]:
    turned = sum(picture.was_turned for picture in pictures)
    seen_through = sum(picture.was_transparent for picture in pictures)
    if turned:
        yield f"{turned:,} of {len(pictures):,} images were turned as their EXIF says"
    if seen_through:
        yield f"{seen_through:,} of {len(pictures):,} images are transparent: they lie on white"


def _numbers(pictures: Iterable[_Placed], classes: Sequence[str]) -> Classes:
    places = {label: place for place, label in enumerate(classes)}
    return np.array([places[each.place.label] for each in pictures], np.int64)


def _stack(placed: Sequence[_Placed], channels: int) -> Pixels:
    """Put pictures into one array, shape ``(n, channels, height, width)``."""
    height, width = placed[0].picture.pixels.shape[:2]
    stacked = np.empty((len(placed), channels, height, width), np.uint8)
    for place, each in enumerate(placed):
        frame = each.picture.pixels
        stacked[place] = frame.transpose(2, 0, 1) if frame.ndim == 3 else frame
    return stacked
