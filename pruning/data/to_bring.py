"""Datasets that recipes name and that people have to bring, since nobody may hand them on.

They are found by name like one that was removed, so that recipes are understood; whoever imports a
dataset of that name has it found in their place.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from pruning.data.image_base import ImageDataset, Images, MissingDataError, image_datasets
from pruning.data.own import removed_datasets
from pruning.events import Progress

_IMAGENET_CLASSES = 1000
_BRING_IMAGENET = (
    "ImageNet is not shipped: add a folder train/CLASS/*.JPEG beside val/CLASS/*.JPEG of a part of "
    "it, up to some 14,000 images, with `prunelab data add FOLDER --name imagenet --side 224`"
)


def _nowhere(_: Path) -> bool:
    return False


def _not_brought(_: Path) -> Generator[Progress, None, Images]:
    yield Progress(done=0, total=1, message="Looking for imagenet")
    raise MissingDataError(_BRING_IMAGENET)


IMAGENET = ImageDataset(
    "imagenet",
    title="ImageNet",
    description="Photographs of a thousand kinds of things (Russakovsky et al. 2015). It is not "
    "shipped: you bring a part of it.",
    shape=(3, 224, 224),
    classes=tuple(map(str, range(_IMAGENET_CLASSES))),
    mean=(0.485, 0.456, 0.406),
    sd=(0.229, 0.224, 0.225),
    augmentation="crop_and_flip",
    load=_not_brought,
    at_hand=_nowhere,
    papers=("russakovsky2015",),
    brought=True,
    missing=_BRING_IMAGENET,
)


def not_brought() -> list[ImageDataset]:
    """Those that nobody has brought; one that was removed is what stored runs mean."""
    removed = {dataset.name for dataset in removed_datasets()}
    return [dataset for dataset in (IMAGENET,) if dataset.name not in removed]


image_datasets.add_removed(not_brought)
