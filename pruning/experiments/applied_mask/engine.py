"""Apply a mask to images, one after another."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image

from pruning.context import CannotRunError, Context
from pruning.events import Array, Artifact, Event, Frame, Note, Progress
from pruning.experiments.applied_mask.config import AppliedMaskConfig
from pruning.experiments.applied_mask.outputs import BOTH, FIRST, IMAGES
from pruning.experiments.applied_mask.upload import INDEX, path_of
from pruning.experiments.input_selection.applying import (
    TABLE,
    SavedSelection,
    Sent,
    fitted,
    write_table,
)
from pruning.experiments.input_selection.description import stem_of
from pruning.experiments.input_selection.pictures import LINE, Picture, coloured, grid
from pruning.takeaway.given import given

# So many are seen at once, a row at a time, none with more pixels a side.
_FIRST, _ABREAST, _SIDE = 24, 6, 64


def applied_mask(config: AppliedMaskConfig, context: Context) -> Iterator[Event]:
    """Send the images that were uploaded through a mask of a run."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        images = _uploaded(config, context, folder)
        total = len(images)
        yield Progress(done=0, total=total, message="Building the mask and its network")
        saved = _saved(config, context, folder)
        yield Note(level="info", text=f"{saved.words[0].upper()}{saved.words[1:]}.")
        found: list[Sent] = []
        first: list[tuple[Picture, Picture]] = []
        for path, sent in zip(images, saved.send(images, folder / "left"), strict=True):
            whole = coloured(torch.from_numpy(fitted(path, saved.described.shape)))
            with Image.open(folder / "left" / sent.picture) as picture:
                left = np.asarray(picture)
            found.append(sent)
            first = [*first, (whole, left)][:_FIRST]
            yield from _said(sent, grid([whole, left], 2))
            if len(found) <= _FIRST and (len(found) % _ABREAST == 0 or len(found) == total):
                yield _frame(FIRST.name, _overview(first))
            message = f"Sent {len(found)} of {total}"
            yield Progress(done=len(found), total=total, message=message)
        yield from _limit(config, found)
        yield Note(level="info", text=_saving(found, saved.described.shape))
        yield from _give(found, folder / "left", context.artifacts)


def _uploaded(config: AppliedMaskConfig, context: Context, folder: Path) -> list[Path]:
    """The images as files, under their own names."""
    upload = config.upload
    try:
        names = json.loads(b"".join(_read(context, upload, INDEX)))
        return [
            _copied(context, upload, path_of(number), folder / "images" / str(number) / name)
            for number, name in enumerate(names)
        ]
    except FileNotFoundError as error:
        raise CannotRunError(
            "the images are not here: apply the mask to them on the page of the input selection, "
            "over REST, or with `prunelab apply`"
        ) from error


def _saved(config: AppliedMaskConfig, context: Context, folder: Path) -> SavedSelection:
    """The mask with its network, of what the run gave away."""
    stem = stem_of(config.kind, config.repeat)
    try:
        for name in (f"{stem}.json", f"{stem}.safetensors"):
            _copied(context, config.run, name, folder / "mask" / name)
    except FileNotFoundError as error:
        raise CannotRunError(
            f"there is no {config.kind} mask of repeat {config.repeat} of run "
            f"{config.run or '(none is named)'} here: name another run, mask or repeat"
        ) from error
    return SavedSelection.load(folder / "mask", config.kind, config.at, config.repeat)


def _copied(context: Context, owner: str | None, path: str, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.writelines(_read(context, owner, path))
    return target


def _read(context: Context, owner: str | None, path: str) -> Iterator[bytes]:
    if owner is None:
        raise FileNotFoundError("nobody is named whose files these are")
    yield from context.files(owner, path)


def _said(sent: Sent, both: Picture) -> Iterator[Event]:
    """What became of an image."""
    yield IMAGES.row(**{name: getattr(sent, name) for name in IMAGES.names})
    yield _frame(BOTH.name.format(image=sent.image), both)


def _frame(name: str, picture: Picture) -> Frame:
    return Frame(name=name, arrays={"image": Array.of(picture, "u1")})


def _overview(pairs: Sequence[tuple[Picture, Picture]]) -> Picture:
    """Rows of images, below each row what is left of them."""
    abreast = min(_ABREAST, len(pairs))
    pictures: list[Picture] = []
    for start in range(0, len(pairs), abreast):
        row = pairs[start : start + abreast]
        empty = [np.full_like(row[0][0], LINE)] * (abreast - len(row))
        for part in zip(*row, strict=True):
            pictures += [*map(_small, (*part, *empty))]
    return grid(pictures, abreast)


def _small(picture: Picture) -> Picture:
    step = -(-max(picture.shape[:2]) // _SIDE)
    return picture[::step, ::step]


def _limit(config: AppliedMaskConfig, found: Sequence[Sent]) -> Iterator[Note]:
    """A warning where these images take more than was asked for."""
    mean = sum(each.q for each in found) / len(found)
    if config.at is not None and mean > config.at:
        yield Note(
            level="warning",
            text=f"These images take {100 * mean:.1f} % on average, more than the "
            f"{100 * config.at:g} % asked for: the limit is that of the mean over the test images "
            "that the mask was learned with.",
        )


def _saving(found: Sequence[Sent], shape: tuple[int, int, int]) -> str:
    """What it saves in one sentence."""
    sent, whole = sum(each.bytes_sent for each in found), sum(each.bytes_whole for each in found)
    mean = sum(each.q for each in found) / len(found)
    what = "the image" if len(found) == 1 else f"the {len(found)} images"
    colours, height, width = shape
    values = "grey" if colours == 1 else "colours"
    return (
        f"Made {height} × {width} pixels in {values}, as the network takes them, {what} "
        f"{'has' if len(found) == 1 else 'have'} {whole:,} bytes: {sent:,} are sent "
        f"({100 * mean:.1f} %), {whole - sent:,} bytes are saved."
    )


def _give(found: Sequence[Sent], left: Path, artifacts: Path | None) -> Iterator[Artifact]:
    """What is left of the images, and the table, as files to take away."""
    if artifacts is None:
        return
    archive = artifacts / "left.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for each in found:
            # Without a date, so that equal images make equal archives.
            file.writestr(zipfile.ZipInfo(each.picture), (left / each.picture).read_bytes())
    yield given(archive, "What is left of the images (PNG)")
    table = artifacts / TABLE
    write_table(found, table)
    yield given(table, "What is sent of each image (CSV)")
