"""What it takes to train and evaluate image networks, counted; importable without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pruning.data.image_base import image_datasets
from pruning.estimates.work import CannotCountError, Here, Work
from pruning.experiments.images.learning import LearnsImages
from pruning.initial_weights.base import initial_weights
from pruning.models.base import models
from pruning.structure.described import NetworkDescription, code_of
from pruning.training.cache import NetworkSpec
from pruning.training.epochs import steps_for

# Bytes of a number.
_FLOAT = 4


class TrainsImages(LearnsImages, Protocol):
    """The same with the size of batches, which says how many steps there are."""

    @property
    def batch_size(self) -> int:
        """Images per step."""
        ...


@dataclass(frozen=True)
class ImageWork:
    """Counts what a network does with the images of a configuration.

    Attributes
    ----------
    trained, held_out, test
        How many images there are of each kind.
    """

    config: TrainsImages
    here: Here
    network: NetworkDescription
    trained: int
    held_out: int
    test: int

    @classmethod
    def of(cls, config: TrainsImages, here: Here) -> ImageWork:
        """That of a configuration.

        Raises
        ------
        CannotCountError
            If the network has not been described, or the images have not been counted.
        """
        dataset = image_datasets[config.dataset]
        if dataset.counts is None:
            raise CannotCountError(f"nobody has counted the images of {dataset.title}")
        training, test = dataset.counts
        there = min(config.training_images or training, training)
        held_out = round(config.validation * there)
        network = here.network(config.model, dataset)
        tested = min(config.test_images or test, test)
        return cls(config, here, network, there - held_out, held_out, tested)

    def loading(self) -> Work:
        """Have the images and the libraries in memory."""
        dataset = image_datasets[self.config.dataset]
        channels, height, width = dataset.shape
        values = channels * height * width * sum(dataset.counts or (0, 0))
        return Work({"start": 1, "pixel": values}, memory=values)

    def dense(self, seed: int, snapshots: tuple[int, ...] = ()) -> Work:
        """The dense network of a seed, trained unless it is kept, and evaluated."""
        if self.here.has_trained(self._settings(seed), snapshots):
            return self.evaluation()
        return self.training(self.config.training(seed).epochs) + self.evaluation() * 2

    def training(self, epochs: float) -> Work:
        """So many epochs, with what is evaluated after each."""
        steps = steps_for(self.trained, self.config.batch_size)
        each = self.steps(steps) + self.evaluation(self.held_out + self.test)
        return each * epochs + Work({"training": min(epochs, 1), "epoch": epochs})

    def steps(self, steps: float) -> Work:
        """So many steps of training, and nothing else."""
        batch = min(self.config.batch_size, self.trained)
        images = steps * batch
        network = self.network
        return Work(
            {
                "step": steps,
                "layer step": steps * len(network.layers),
                "weight step": steps * network.parameters,
                "linear training": images * network.multiply_adds("linear"),
                "convolution training": images * network.multiply_adds("convolution"),
                "value training": images * network.values,
            },
            # Weights have gradients, and what layers hand on is kept for the way back: at least
            # half of it, for a sum of two is kept once.
            memory=_FLOAT * (batch * network.values / 2 + 2 * network.parameters),
        )

    def evaluation(self, images: float | None = None) -> Work:
        """One pass over the test images, or over so many."""
        images = self.test if images is None else images
        network = self.network
        return Work(
            {
                "layer pass": len(network.layers),
                "linear evaluation": images * network.multiply_adds("linear"),
                "convolution evaluation": images * network.multiply_adds("convolution"),
                "value evaluation": images * network.values,
            }
        )

    def scoring(self, samples: int) -> Work:
        """A criterion that looks at so many images, forwards and backwards."""
        images, network = min(samples, self.trained), self.network
        return Work(
            {
                "layer step": len(network.layers),
                "linear training": images * network.multiply_adds("linear"),
                "convolution training": images * network.multiply_adds("convolution"),
                "value training": images * network.values,
            }
        )

    def _settings(self, seed: int) -> str:
        config = self.config
        return NetworkSpec(
            config.model,
            config.dataset,
            "",
            code_of(models[config.model]),
            config.training(seed),
            validation=config.validation,
            training_images=config.training_images,
            weights=initial_weights[config.start].path,
        ).settings
