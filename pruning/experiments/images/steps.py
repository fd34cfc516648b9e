"""How many steps a training has, known before its images are there; importable without torch."""

from __future__ import annotations

from typing import Protocol

from pruning.data.image_base import image_datasets
from pruning.training.epochs import steps_for


class TakesSteps(Protocol):
    """A configuration that says how many images there are, and how many a step takes."""

    @property
    def dataset(self) -> str:
        """The name of the images."""
        ...

    @property
    def training_images(self) -> int:
        """Take only so many; 0: all."""
        ...

    @property
    def validation(self) -> float:
        """The share of them that is held out."""
        ...

    @property
    def batch_size(self) -> int:
        """Images per step."""
        ...


def steps_per_epoch(config: TakesSteps) -> int | None:
    """As the one loop counts them; None where nobody knows before the images are there."""
    counts = image_datasets[config.dataset].counts
    if counts is None:
        return None
    images = min(config.training_images or counts[0], counts[0])
    return steps_for(images - round(config.validation * images), config.batch_size)
