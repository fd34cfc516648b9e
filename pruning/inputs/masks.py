"""Masks over images [oehmcke2022]_: elements that are sent or not, and versions of which one is.

A mask is a module that is called with images of shape ``(b, channels, height, width)``, or with
None for what it is before it has seen any, and with a temperature. What it gives for all images
alike has 1 in place of ``b``. Where a small network, its *head*, looks at the images, what that
says is added to the logits that the mask starts from, which are no longer learned themselves.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from pruning.inputs.granularity import MaskShape
from pruning.inputs.nearest import upscaled
from pruning.inputs.rounding import any_of, one_of
from pruning.randomness import torch_generator

# Of the logits that an any-mask starts from.
START_MEAN, START_SD = 3.0, 0.01


class _Logits(nn.Module):
    """Logits to start from, which are learned unless a head looks at the images.

    Parameters
    ----------
    start
        Shape of one image's logits.
    head
        From images to logits of shape ``(b, c, h, w)`` with as many values each as ``start``.
    """

    start: Tensor

    def __init__(self, start: Tensor, head: nn.Module | None) -> None:
        super().__init__()
        if head is None:
            self.start = nn.Parameter(start)
        else:
            self.register_buffer("start", start)
        self.head = head

    def forward(self, images: Tensor | None) -> Tensor:
        """Of shape ``(b, *start)``, or ``(1, *start)`` where no head looks at them."""
        start = self.start.unsqueeze(0)
        if self.head is None or images is None:
            return start
        return start + cast(Tensor, self.head(images)).reshape(-1, *self.start.shape)


class AnyMask(nn.Module):
    """Keeps or drops each element by itself.

    Parameters
    ----------
    elements
        What :meth:`pruning.inputs.granularity.Granularity.elements` says.
    image
        The shape of an image: channels, height, width.
    seed
        Decides the logits that it starts from.
    mean
        Of these logits, whose standard deviation is 0.01: above zero all elements are kept.
    head
        Sees the images; its output has the shape ``(b, *elements)``.
    """

    def __init__(
        self,
        elements: MaskShape,
        image: tuple[int, int, int],
        seed: int,
        mean: float = START_MEAN,
        head: nn.Module | None = None,
    ) -> None:
        super().__init__()
        generator = torch_generator("logits of an input mask", seed)
        start = torch.randn(tuple(elements), generator=generator) * START_SD + mean
        self.logits = _Logits(start, head)
        self._size = image[1:]

    def forward(self, images: Tensor | None, temperature: float) -> Tensor:
        """What is kept: zeros and ones, ``(b, c, height, width)`` with one or all channels."""
        return upscaled(any_of(self.logits(images), temperature), *self._size)


class XorMask(nn.Module):
    """Chooses, for each element, exactly one of several versions of the image.

    Parameters
    ----------
    costs
        What each version takes, as a share of the original; the dearer, the larger its logits are
        at the start: the square of the cost times the number of versions.
    elements, image
        As those of :class:`AnyMask`.
    head
        Sees the images; its output has the shape ``(b, versions · c, h, w)``, version by version.
    """

    def __init__(
        self,
        costs: Tensor,
        elements: MaskShape,
        image: tuple[int, int, int],
        head: nn.Module | None = None,
    ) -> None:
        super().__init__()
        start = (costs.square() * len(costs)).to(torch.float32).view(-1, 1, 1, 1)
        self.logits = _Logits(start.repeat(1, *elements), head)
        self._size = image[1:]

    def forward(self, images: Tensor | None, temperature: float) -> Tensor:
        """Which version is chosen: a one and zeros, ``(b, versions, c, height, width)``."""
        chosen = one_of(self.logits(images), temperature)
        flat = upscaled(chosen.flatten(0, 1), *self._size)
        return flat.reshape(*chosen.shape[:3], *self._size)
