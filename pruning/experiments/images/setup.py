"""What all networks of an experiment on images share: images, model and how they are trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from safetensors import safe_open
from torch import nn

from pruning.context import CannotRunError, Context
from pruning.data.image_base import ImageDataset, Images, image_datasets
from pruning.evaluation.batches import Splits, fingerprint
from pruning.experiments.images.learning import LearnsImages
from pruning.initial_weights.base import initial_weights
from pruning.models.base import Model, models
from pruning.models.weights import prefix_in
from pruning.structure.fitness import why_not
from pruning.training.cache import NetworkSpec


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
        """The network that training starts from, on the device.

        Raises
        ------
        CannotRunError
            If it cannot be used with these images.
        """
        if reason := self._unfit:
            raise CannotRunError(f"{self.model.title} cannot be used: {reason}")
        return self.spec(seed).untrained(self.context)

    @cached_property
    def wrapped(self) -> str:
        """What stands before the names in the file of weights that training starts from."""
        path = self.spec(0).weights
        if path is None:
            return ""
        dataset = self.dataset
        network = self.model.untrained(dataset.shape, len(dataset.classes), seed=0)
        with safe_open(path, framework="pt") as file:
            return prefix_in(file.keys(), network.state_dict())

    @cached_property
    def _unfit(self) -> str | None:
        """Why such networks cannot be used, found out once."""
        spec, dataset = self.spec(0), self.dataset
        network = spec.untrained(self.context)
        return why_not(network, dataset.shape, len(dataset.classes), spec.training.batch_size)

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
