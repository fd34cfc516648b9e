"""What a network says about images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from pruning.context import Context
from pruning.evaluation.batches import ImageSet
from pruning.structure.hooks import evaluating
from pruning.structure.layout import layout_for
from pruning.threads import side_by_side

# On the CPU a block's activations should stay in a core's cache; other devices want much to do.
LEAST_BLOCK, MOST_BLOCK, OTHER_BLOCK = 32, 512, 2048
PIXELS = 1 << 17


@dataclass(frozen=True)
class Outcome:
    """How good a network is on some images.

    Attributes
    ----------
    accuracy
        The share of images, from 0 to 1, whose largest logit is that of their class.
    loss
        The mean cross-entropy.
    predictions
        The class with the largest logit, int64 of shape ``(n,)``.
    """

    accuracy: float
    loss: float
    predictions: npt.NDArray[np.int64]

    @classmethod
    def of(cls, logits: Tensor, y: Tensor) -> Outcome:
        """Compare logits of shape ``(n, classes)`` with the classes."""
        predictions = logits.argmax(1)
        hits = int((predictions == y).sum())
        return cls(hits / len(y), float(cross_entropy(logits, y)), predictions.cpu().numpy())


def evaluate(network: nn.Module, images: ImageSet, context: Context) -> Outcome:
    """What ``network`` says about all of the images; it is left in the mode that it was in."""
    layout = layout_for(network, images.batch(slice(2))[0])
    with evaluating(network):
        logits = block_by_block(
            lambda block: network(images.batch(block, layout=layout)[0]),
            blocks_of(images),
            context,
        )
    return Outcome.of(torch.cat(logits), images.y)


def blocks_of(images: ImageSet) -> list[slice]:
    """The images in blocks that are evaluated at a time."""
    _, height, width = images.shape
    size = min(max(PIXELS // (height * width), LEAST_BLOCK), MOST_BLOCK)
    if images.x.device.type != "cpu":
        size = OTHER_BLOCK
    return [slice(start, start + size) for start in range(0, len(images), size)]


def block_by_block(
    work: Callable[[slice], Tensor], blocks: Sequence[slice], context: Context
) -> list[Tensor]:
    """Call ``work`` on each block without gradients, on the CPU on all cores side by side."""

    def checked(block: slice) -> Tensor:
        context.check()
        return work(block)

    if context.device == "cpu":
        return side_by_side(checked, blocks)
    with torch.inference_mode():
        return [checked(block) for block in blocks]
