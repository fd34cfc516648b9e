"""The datasets that people brought: one folder each in the data directory, found at every look-up.

A folder holds the arrays of :class:`~pruning.data.image_base.Images` as ``.npy`` files, a picture,
and ``dataset.json``. It appears and disappears by being renamed, so that nobody sees half of one.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pruning.data.image_base import (
    ImageDataset,
    Images,
    MissingDataError,
    UnreadableDataError,
    image_datasets,
)
from pruning.data.limits import NAME_LENGTH
from pruning.data.places import data_directory
from pruning.events import Progress

log = logging.getLogger(__name__)

DESCRIPTION = "dataset.json"
PICTURE = "picture.png"
_IMAGES = "x_train.npy"
_Positive = Annotated[int, Field(ge=1)]


class Description(BaseModel):
    """What is known of an imported dataset; the fields are those of :class:`ImageDataset`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=NAME_LENGTH)
    source: str
    shape: tuple[_Positive, _Positive, _Positive]
    classes: tuple[str, ...] = Field(min_length=2)
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    counts: tuple[_Positive, _Positive]
    notes: tuple[str, ...] = ()


def folder_of(data_dir: Path) -> Path:
    """Where imported datasets are."""
    return data_dir / "imported"


def own_names(data_dir: Path) -> list[str]:
    """The names of the imported datasets, in alphabetical order."""
    return [name for name in _described_names(data_dir) if _has_images(name, data_dir)]


def _described_names(data_dir: Path) -> list[str]:
    found = folder_of(data_dir).glob(f"[!.]*/{DESCRIPTION}")
    return sorted(path.parent.name for path in found)


def _has_images(name: str, data_dir: Path) -> bool:
    return (folder_of(data_dir) / name / _IMAGES).exists()


def own_datasets() -> list[ImageDataset]:
    """The imported datasets that there are right now."""
    data_dir = data_directory()
    return _datasets(own_names(data_dir), data_dir) if data_dir else []


def removed_datasets() -> list[ImageDataset]:
    """Those that were removed: runs that used them are still to be understood."""
    data_dir = data_directory()
    if data_dir is None:
        return []
    names = [name for name in _described_names(data_dir) if not _has_images(name, data_dir)]
    return [
        replace(dataset, missing=_removed(dataset.name)) for dataset in _datasets(names, data_dir)
    ]


def _removed(name: str) -> str:
    return f"the dataset {name} was removed; import it again, or choose another"


def _datasets(names: list[str], data_dir: Path) -> list[ImageDataset]:
    found = ((name, _described(name, data_dir)) for name in names)
    return [_dataset(name, description) for name, description in found if description]


def remove(name: str, data_dir: Path) -> None:
    """Delete the images of a dataset; its description stays for the runs that used it.

    Raises
    ------
    LookupError
        If there is none of that name.
    """
    if name not in own_names(data_dir):
        raise LookupError(f"there is no imported dataset {name!r}")
    folder = folder_of(data_dir) / name
    # The first to go is what says that the dataset is there.
    for path in [folder / _IMAGES, *folder.iterdir()]:
        if path.name != DESCRIPTION:
            path.unlink(missing_ok=True)


def _described(name: str, data_dir: Path) -> Description | None:
    path = folder_of(data_dir) / name / DESCRIPTION
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read, so its dataset is left out: %s", path, error)
        return None


@lru_cache(maxsize=256)
def _read(path: Path, _: int) -> Description:
    """A description, read again when its file is another one."""
    return Description.model_validate_json(path.read_bytes())


def _dataset(name: str, description: Description) -> ImageDataset:
    train, test = description.counts
    return ImageDataset(
        name,
        description.title,
        f"Imported from {description.source}: {train:,} training and {test:,} test images.",
        description.shape,
        description.classes,
        description.mean,
        description.sd,
        "crop",
        partial(_load, name),
        description.counts,
        brought=True,
        notes=description.notes,
    )


def _load(name: str, data_dir: Path) -> Generator[Progress, None, Images]:
    folder = folder_of(data_dir) / name
    yield Progress(done=0, total=1, message=f"Reading {name}")
    try:
        arrays = (np.load(folder / f"{part}.npy", allow_pickle=False) for part in Images._fields)
        return Images(*arrays)
    except FileNotFoundError:
        raise MissingDataError(_removed(name)) from None
    except (OSError, ValueError) as error:
        raise UnreadableDataError(
            f"the files of {name} in {folder} are damaged; remove and import it again: {error}"
        ) from error


image_datasets.add_source(own_datasets)
image_datasets.add_removed(removed_datasets)
