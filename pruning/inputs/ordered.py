"""Masks that are not learned: elements go one after another, in an order that is known before.

Published as ``given`` and ``random`` masks [oehmcke2022]_: the ``random_num_del`` least important
elements are removed every ``random_change_iter`` training steps, by importances that are given, or
in a random order.
"""

from __future__ import annotations

import numpy.typing as npt
import torch
from torch import Tensor, nn

from pruning.inputs.names import Shape
from pruning.inputs.nearest import upscaled
from pruning.masks.ranking import rank_units
from pruning.randomness import torch_generator
from pruning.training.hooks import Hook, Step


class OrderedMask(nn.Module):
    """Keeps all elements but the first ones of an order; at least one stays.

    It has no parameters. How many are gone is a buffer, so that a training that was killed goes on
    from it.

    Attributes
    ----------
    ranks
        When each element goes: the one of rank 0 first. Shape ``(c, h, w)``, int64.
    removed
        How many are gone, one number.

    Parameters
    ----------
    image
        The shape of an image: channels, height, width.
    """

    ranks: Tensor
    removed: Tensor

    def __init__(self, ranks: Tensor, image: Shape) -> None:
        super().__init__()
        self.register_buffer("ranks", ranks)
        self.register_buffer("removed", torch.zeros((), dtype=torch.int64))
        self._size = image[1:]

    @classmethod
    def given(cls, importances: npt.ArrayLike, image: Shape) -> OrderedMask:
        """The least important elements go first; of equals the earlier one (ordinal ranks).

        Parameters
        ----------
        importances
            Of the elements, shape ``(c, h, w)``, finite: see
            :func:`pruning.inputs.importance.element_importances`.
        """
        scores = torch.as_tensor(importances)
        return cls(rank_units([scores.flatten()])[0].view(scores.shape), image)

    @classmethod
    def random(cls, elements: Shape, image: Shape, seed: int) -> OrderedMask:
        """Elements of this shape go in the order that ``seed`` draws."""
        generator = torch_generator("order of mask elements", seed)
        count = int(torch.Size(elements).numel())
        return cls(torch.randperm(count, generator=generator).view(elements), image)

    def forward(self, _images: Tensor | None = None, _temperature: float = 1.0) -> Tensor:
        """What is kept: zeros and ones, shape ``(1, c, height, width)``.

        Parameters
        ----------
        _images, _temperature
            What masks that are learned go by; this one is the same for all.
        """
        return upscaled((self.ranks >= self.removed).float().unsqueeze(0), *self._size)

    def q(self) -> float:
        """The share of the input that is sent, counted on the pixels that elements cover."""
        return float(self().mean(dtype=torch.float64))

    def remove(self, count: int) -> None:
        """Remove the next elements, so many or as many as there are but one."""
        # Without reading it: steps do not wait for a GPU.
        self.removed.add_(count).clamp_(max=self.ranks.numel() - 1)


class RemoveInOrder(Hook):
    """Removes elements of an :class:`OrderedMask` while the network behind it is trained.

    Parameters
    ----------
    count
        How many go each time, at least 1 (``random_num_del``).
    every
        After how many steps, at least 1 (``random_change_iter``).
    """

    def __init__(self, mask: OrderedMask, count: int = 1, every: int = 1) -> None:
        if count < 1 or every < 1:
            raise ValueError(
                f"{count} elements every {every} steps is nothing: choose at least 1 of each"
            )
        self._mask, self._count, self._every = mask, count, every

    def after_step(self, step: Step) -> None:
        """Remove some where it is time."""
        if step.number % self._every == 0:
            self._mask.remove(self._count)
