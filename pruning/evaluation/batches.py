"""Images as training and evaluation take them: in one tensor, turned into batches on the device."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from pruning.data.image_base import Augmentation, Classes, ImageDataset, Images, Pixels
from pruning.data.split import stratified
from pruning.randomness import numpy_generator
from pruning.structure.layout import USUAL, channels_last


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images that become batches where they lie, all of a batch at once.

    Attributes
    ----------
    x
        Values from 0 to 255, shape ``(n, channels, height, width)``, type uint8.
    y
        Classes, shape ``(n,)``, type int64, on the same device.
    mean, sd
        Of the values per channel, on a scale from 0 to 1: what batches are normalised with.
    augmentation
        What happens to images in training: ``crop`` pads them with an eighth of black on every
        side and crops them at random, ``crop_and_flip`` also mirrors half of them.
    """

    x: Tensor
    y: Tensor
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    augmentation: Augmentation = "none"

    def __len__(self) -> int:
        return len(self.y)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one image: channels, height, width."""
        channels, height, width = self.x.shape[1:]
        return channels, height, width

    def batch(
        self,
        indices: Tensor | slice,
        generator: torch.Generator | None = None,
        layout: torch.memory_format = USUAL,
    ) -> tuple[Tensor, Tensor]:
        """Normalised images of shape ``(b, channels, height, width)`` and their classes.

        Parameters
        ----------
        indices
            Which images: int64 of shape ``(b,)`` on the device, or a slice.
        generator
            Of the device; with one the images are augmented by what it draws.
        layout
            How they lie in memory; see :func:`pruning.structure.layout.layout_for`.
        """
        if isinstance(indices, slice):
            x, y = self.x[indices], self.y[indices]
        else:
            # Many times faster than x[indices]: it copies whole images.
            x, y = self.x.index_select(0, indices), self.y.index_select(0, indices)
        if generator is not None:
            x = augmented(x, self.augmentation, generator)
        scale, shift = self._normalisation
        # However the dataset's own lie: axes of length 1 may have strides of any kind.
        x = x.to(torch.float32, memory_format=USUAL).mul_(scale).add_(shift)
        return (x if layout == USUAL else channels_last(x)), y

    @cached_property
    def _normalisation(self) -> tuple[Tensor, Tensor]:
        """Factor and summand that take values from 0 to 255 to mean 0 and deviation 1."""
        mean, sd = (torch.tensor(part, device=self.x.device) for part in (self.mean, self.sd))
        return (1 / (255 * sd)).view(-1, 1, 1), (-mean / sd).view(-1, 1, 1)


def augmented(x: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """Each image of a batch shifted, and perhaps mirrored, by numbers of its own.

    Parameters
    ----------
    x
        Shape ``(b, channels, height, width)``; what shifts out of sight is lost, black comes in.
    """
    if augmentation == "none":
        return x
    x = _cropped(x, generator)
    if augmentation == "crop":
        return x
    mirror = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) < 0.5
    return torch.where(mirror, x.flip(3), x)


def _cropped(x: Tensor, generator: torch.Generator) -> Tensor:
    count, _, height, width = x.shape
    tall, wide = height // 8, width // 8
    # A view that holds every crop of every image; indexing copies the chosen ones only.
    crops = pad(x, (wide, wide, tall, tall)).unfold(2, height, 1).unfold(3, width, 1)
    rows, columns = (
        torch.randint(2 * margin + 1, (count,), generator=generator, device=x.device)
        for margin in (tall, wide)
    )
    return crops[torch.arange(count, device=x.device), :, rows, columns]


@dataclass(frozen=True, eq=False)
class Splits:
    """The images to train on, those held out to choose the best epoch, and those to report.

    ``validation`` may be empty.
    """

    train: ImageSet
    validation: ImageSet
    test: ImageSet

    @classmethod
    def of(
        cls,
        images: Images,
        dataset: ImageDataset,
        device: str,
        *,
        validation: float = 0.0,
        training_images: int = 0,
        test_images: int = 0,
        seed: int = 0,
    ) -> Splits:
        """Move a dataset to the device, with every class in proportion in each part.

        Parameters
        ----------
        validation
            The share of the training images that is held out.
        training_images, test_images
            Take only so many, the held-out ones included; 0, or more than there are: all.
        seed
            Decides which.

        Raises
        ------
        ValueError
            If nothing is left to train on or to test.
        """

        def rng(purpose: str) -> np.random.Generator:
            return numpy_generator(purpose, seed)

        training = _capped(images.x_train, images.y_train, training_images, rng("training images"))
        test = _capped(images.x_test, images.y_test, test_images, rng("test images"))
        held_out = round(validation * len(training[1]))
        kept, held = stratified(training[1], held_out, rng("validation images"))
        if not (len(kept) and len(test[1])):
            raise ValueError("there must be at least one image to train on and one to test")

        def part(x: Pixels, y: Classes) -> ImageSet:
            return ImageSet(
                torch.from_numpy(np.ascontiguousarray(x)).to(device),
                torch.from_numpy(np.ascontiguousarray(y)).to(device),
                dataset.mean,
                dataset.sd,
                dataset.augmentation,
            )

        x, y = training
        return cls(part(x[kept], y[kept]), part(x[held], y[held]), part(*test))


def _capped(x: Pixels, y: Classes, count: int, rng: np.random.Generator) -> tuple[Pixels, Classes]:
    if not 0 < count < len(y):
        return x, y
    chosen = stratified(y, count, rng)[1]
    return x[chosen], y[chosen]


def fingerprint(images: Images, dataset: ImageDataset) -> str:
    """The first 16 hex digits of the SHA-256 of all images and classes, and how networks see them.

    A dataset's name does not say what is in it: people replace their own.
    """
    digest = hashlib.sha256(f"{dataset.mean}{dataset.sd}{dataset.augmentation}".encode())
    for part in images:
        digest.update(f"{part.dtype}{part.shape}".encode())
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()[:16]
