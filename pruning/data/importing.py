"""Making a dataset of what somebody brought: read, check, describe, keep."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pruning.data.archives import SUFFIXES, suffix_of
from pruning.data.arrays import read_arrays
from pruning.data.folder import Labelled, read_folder
from pruning.data.image_base import ImageDataset, Pixels, image_datasets
from pruning.data.limits import PER_CLASS, ImportRefusedError
from pruning.data.names import free_name, plain_name, plain_title
from pruning.data.own import DESCRIPTION, PICTURE, Description, folder_of, own_names
from pruning.data.picture import picture
from pruning.data.scaling import check_side
from pruning.events import Progress
from pruning.locks import alone

# A channel that is nearly the same everywhere must not be divided by almost nothing.
_LEAST_SD = 1 / 255
_BLOCK = 10_000
DRAFT = ".import-"


class ImportOptions(NamedTuple):
    """How something is imported, see :func:`import_dataset`."""

    name: str | None = None
    title: str | None = None
    side: int | None = None


def placed_folder(data_dir: Path) -> Path:
    """Where people put what they want to import."""
    return data_dir / "datasets"


def placed(data_dir: Path) -> list[str]:
    """The files and folders there that wait to be imported."""
    folder = placed_folder(data_dir)
    if not folder.is_dir():
        return []
    known = own_names(data_dir)
    return sorted(
        path.name
        for path in folder.iterdir()
        if not path.name.startswith(".")
        and (path.is_dir() or path.name.lower().endswith(SUFFIXES))
        and plain_name(path.name) not in known
    )


def import_dataset(
    source: Path,
    data_dir: Path,
    name: str | None = None,
    title: str | None = None,
    side: int | None = None,
) -> Generator[Progress, None, ImageDataset]:
    """Read images from a folder, an archive or an ``.npz`` and keep them as a dataset.

    Parameters
    ----------
    source
        A folder or archive as :func:`~pruning.data.folder.read_folder` takes it, or a file as
        :func:`~pruning.data.arrays.read_arrays` does.
    name, title
        What code and people call the dataset; made of the source's name unless given.
    side
        Scale and crop images to squares of so many pixels a side; they may then be of all sizes,
        but not arrays.

    Yields
    ------
    Progress
        How far it is. What it leaves when it is closed or fails is what was there before.

    Raises
    ------
    ImportRefusedError
        If there is no such file, the name cannot be had, or the content cannot be taken.
    """
    name = free_name(name or plain_name(source.name), data_dir)
    title = plain_title(title or name.replace("-", " ").replace("_", " ").capitalize())
    if not source.exists():
        raise ImportRefusedError(f"there is no file or folder {source}")
    arrays = source.is_file() and suffix_of(source.name) == ".npz"
    check_side(side, arrays=arrays)
    labelled = yield from read_arrays(source) if arrays else read_folder(source, side)
    _check(labelled)
    yield Progress(done=0, total=1, message=f"Keeping {name}")
    _keep(labelled, _describe(labelled, title, source.name), data_dir, name)
    return image_datasets[name]


def _check(labelled: Labelled) -> None:
    images, classes, _ = labelled
    if len(classes) < 2:
        raise ImportRefusedError(f"there is only one class, {classes[0]}; two or more are needed")
    counts = np.bincount(images.y_train, minlength=len(classes))
    rare = int(counts.argmin())
    if counts[rare] < PER_CLASS:
        raise ImportRefusedError(
            f"the class {classes[rare]} has only {counts[rare]} training image; every class needs "
            f"{PER_CLASS}"
        )
    if (images.x_train == images.x_train[:1]).all():
        raise ImportRefusedError("all its training images are equal: there is nothing to learn")


def _notes(labelled: Labelled) -> tuple[str, ...]:
    """What is to be known of it: as it was read, and classes that no test will be about."""
    images, classes, notes = labelled
    counts = np.bincount(images.y_test, minlength=len(classes))
    untested = [name for name, count in zip(classes, counts, strict=True) if not count]
    named = ", ".join(untested[:5]) + (", …" if len(untested) > 5 else "")
    said = (*notes, *([f"classes without a test image: {named}"] if untested else []))
    return tuple(f"{each[0].upper()}{each[1:]}." for each in said)


def _describe(labelled: Labelled, title: str, source: str) -> Description:
    images, classes, _ = labelled
    mean, sd = statistics(images.x_train)
    channels, height, width = images.x_train.shape[1:]
    return Description(
        title=title,
        source=source,
        shape=(channels, height, width),
        classes=classes,
        mean=mean,
        sd=sd,
        counts=(len(images.x_train), len(images.x_test)),
        notes=_notes(labelled),
    )


def statistics(x: Pixels) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of every channel's values, on a scale from 0 to 1.

    They come from the counts of the 256 values, which are exact and need no copy of the images.
    """
    counts = np.zeros((x.shape[1], 256), np.int64)
    for start in range(0, len(x), _BLOCK):
        for channel, count in enumerate(counts):
            count += np.bincount(x[start : start + _BLOCK, channel].ravel(), minlength=256)
    values = np.arange(256) / 255
    shares = counts / counts.sum(axis=1, keepdims=True)
    mean = shares @ values
    sd = np.sqrt((shares * (values - mean[:, None]) ** 2).sum(axis=1))
    return tuple(mean.tolist()), tuple(np.maximum(sd, _LEAST_SD).tolist())


def _keep(labelled: Labelled, description: Description, data_dir: Path, name: str) -> None:
    """Write everything to a folder of its own and rename that."""
    folder = folder_of(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=folder) as aside:
        draft = Path(aside) / name
        draft.mkdir()
        for part, array in labelled.images._asdict().items():
            np.save(draft / f"{part}.npy", array, allow_pickle=False)
        (draft / PICTURE).write_bytes(picture(labelled.images))
        (draft / DESCRIPTION).write_text(description.model_dump_json(indent=2))
        try:
            with alone(folder / ".lock"):
                # Another import may have taken the name since this one has begun.
                _place(draft, folder / free_name(name, data_dir), Path(aside))
        except OSError as error:
            raise ImportRefusedError(f"cannot keep {name}: {error.strerror}") from error


def _place(draft: Path, place: Path, aside: Path) -> None:
    """Put a dataset where there is none; what a removed one has left goes aside."""
    if place.exists():
        # No dataset has such a name, this one neither.
        place.rename(aside / ".left")
    draft.rename(place)
