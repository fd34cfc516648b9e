"""Sets of images that carry their versions with them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from pruning.context import Context
from pruning.evaluation.batches import ImageSet, Splits
from pruning.events import Progress
from pruning.inputs.versions import Costs, Versions, mean_costs


def with_versions(
    splits: Splits, versions: Versions, context: Context
) -> Generator[Progress, None, tuple[Splits, Tensor]]:
    """Give all images their versions, as further channels; progress is counted in images.

    Returns
    -------
    Splits
        The same images in the same order, each with ``sizes · qualities`` times its channels.
    Tensor
        What versions cost on average over the training images, shape ``(sizes, qualities)``, in
        double precision on the device: what :class:`pruning.inputs.selection.Selection` takes.

    Raises
    ------
    ValueError
        If the images have no such versions.
    """
    sets = (splits.train, splits.validation, splits.test)
    total, before, made = sum(map(len, sets)), 0, []
    for images in sets:
        made.append((yield from _versioned(images, versions, context, before, total)))
        before += len(images)
    (train, costs), (validation, _), (test, _) = made
    means = torch.from_numpy(mean_costs(costs)).to(train.x.device)
    return Splits(train, validation, test), means


def _versioned(
    images: ImageSet, versions: Versions, context: Context, before: int, total: int
) -> Generator[Progress, None, tuple[ImageSet, Costs]]:
    """One set with its versions, and what they cost; ``before`` it so many of all images were."""
    count = versions.shape[0] * versions.shape[1]
    channels, height, width = images.shape
    # On the device from the start: a copy of all of them would not always fit beside it.
    x = images.x.new_empty((len(images), count * channels, height, width))
    costs = np.empty((len(images), *versions.shape))
    done = 0
    for made, cost in versions.of(images.x.numpy(force=True)):
        context.check()
        block = slice(done, done + len(made))
        x[block], costs[block] = torch.from_numpy(made), cost
        done = block.stop
        message = f"Making versions of {total:,} images"
        yield Progress(done=before + done, total=total, message=message)
    return replace(images, x=x, mean=images.mean * count, sd=images.sd * count), costs
