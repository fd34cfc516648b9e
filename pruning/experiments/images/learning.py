"""What a configuration says of the networks that learn images; importable without torch."""

from __future__ import annotations

from typing import Protocol

from pruning.training.optimisers import Training


class LearnsImages(Protocol):
    """A configuration that says which images a network learns, and how.

    :class:`pruning.experiments.images.fields.TrainingFields` is one.
    """

    @property
    def dataset(self) -> str:
        """The name of the images."""
        ...

    @property
    def model(self) -> str:
        """The name of what is trained."""
        ...

    @property
    def start(self) -> str:
        """The name of the weights that training starts from."""
        ...

    @property
    def validation(self) -> float:
        """The share of the training images that is held out."""
        ...

    @property
    def training_images(self) -> int:
        """Take only so many; 0: all."""
        ...

    @property
    def test_images(self) -> int:
        """The same of those to test."""
        ...

    def training(self, seed: int) -> Training:
        """How the network of a seed is trained."""
        ...
