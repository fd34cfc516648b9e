"""What all networks of an experiment on images share: images, model and how they are trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from torch import nn

from pruning.context import Context
from pruning.data.image_base import ImageDataset, Images, image_datasets
from pruning.evaluation.batches import Splits, fingerprint
from pruning.initial_weights.base import initial_weights
from pruning.models.base import Model, models
from pruning.training.cache import NetworkSpec
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


@dataclass(frozen=True)
class ImageSetup:
    """The surroundings of a run, made once."""

    config: LearnsImages
    context: Context
    images: Images

    @property
    def dataset(self) -> ImageDataset:
        """Where the images come from."""
        return image_datasets[self.config.dataset]

    @property
    def model(self) -> Model:
        """What is trained."""
        return models[self.config.model]

    @cached_property
    def _content(self) -> str:
        return fingerprint(self.images, self.dataset)

    @cached_property
    def _code(self) -> str:
        return self.model.code

    def spec(self, seed: int) -> NetworkSpec:
        """What the trained dense network is kept under."""
        return NetworkSpec(
            self.config.model,
            self.config.dataset,
            self._content,
            self._code,
            self.config.training(seed),
            validation=self.config.validation,
            training_images=self.config.training_images,
            weights=initial_weights[self.config.start].path,
        )

    def untrained(self, seed: int) -> nn.Module:
        """The network that training starts from, on the device."""
        return self.spec(seed).untrained(self.context)

    def splits(self, seed: int) -> Splits:
        """The images on the device; the seed decides which are held out."""
        return Splits.of(
            self.images,
            self.dataset,
            self.context.device,
            validation=self.config.validation,
            training_images=self.config.training_images,
            test_images=self.config.test_images,
            seed=seed,
        )
