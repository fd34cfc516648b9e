"""What a dataset of images is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from pruning.context import CannotRunError
from pruning.events import Progress
from pruning.registry import Choice, Registry

Pixels = npt.NDArray[np.uint8]
Classes = npt.NDArray[np.int64]
Augmentation = Literal["none", "crop", "crop_and_flip"]


class Images(NamedTuple):
    """A dataset in memory: images of shape ``(n, channels, height, width)``, classes ``(n,)``."""

    x_train: Pixels
    y_train: Classes
    x_test: Pixels
    y_test: Classes


# Downloads and imports take a while: what they yield is shown while they last.
Load = Callable[[Path], Generator[Progress, None, Images]]


class MissingDataError(CannotRunError):
    """A dataset is not there and cannot be had; the message names the directory to fill."""


class UnreadableDataError(CannotRunError):
    """The files of a dataset are there but damaged; the message names their directory."""


def _always(_: Path) -> bool:
    return True


@dataclass(frozen=True)
class ImageDataset:
    """A dataset of images.

    Attributes
    ----------
    shape
        Of one image: channels, height, width.
    classes
        The names of the classes.
    mean, sd
        Of the training images' values per channel, on a scale from 0 to 1: batches are normalised
        with them.
    augmentation
        What training does to images when it is asked to augment: ``crop`` pads by an eighth and
        crops at random, ``crop_and_flip`` also mirrors half of them.
    load
        ``load(data_dir)`` yields progress and returns the images.
    counts
        How many training and test images there are, where that is known without loading them.
    at_hand
        ``at_hand(data_dir)`` says whether the images can be loaded without a download.
    papers
        Where they come from, as keys of :mod:`pruning.references`.
    brought
        Whether people bring it: another may have its name later.
    missing
        What to do, where it was removed or has not been brought yet.
    notes
        What was left out or changed when it was imported, a sentence each.
    """

    name: str
    title: str
    description: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    augmentation: Augmentation
    load: Load
    counts: tuple[int, int] | None = None
    at_hand: Callable[[Path], bool] = _always
    papers: tuple[str, ...] = ()
    brought: bool = False
    missing: str = ""
    notes: tuple[str, ...] = ()


image_datasets: Registry[ImageDataset] = Registry("dataset", "pruning.data")

ImageDatasetName = Annotated[str, Choice(image_datasets)]


def image_dataset(
    name: str,
    *,
    title: str,
    description: str,
    shape: tuple[int, int, int],
    classes: tuple[str, ...],
    mean: tuple[float, ...],
    sd: tuple[float, ...],
    augmentation: Augmentation = "none",
    counts: tuple[int, int] | None = None,
    at_hand: Callable[[Path], bool] = _always,
    papers: tuple[str, ...] = (),
) -> Callable[[Load], Load]:
    """Register the decorated function as what loads the dataset ``name``."""

    def register(load: Load) -> Load:
        image_datasets.add(
            ImageDataset(
                name,
                title,
                description,
                shape,
                classes,
                mean,
                sd,
                augmentation,
                load,
                counts,
                at_hand,
                papers,
            )
        )
        return load

    return register
