"""Sets of images that carry their versions with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from pruning.context import Context
from pruning.evaluation.batches import ImageSet, Splits
from pruning.inputs.versions import Costs, Versions, mean_costs


def with_versions(splits: Splits, versions: Versions, context: Context) -> tuple[Splits, Tensor]:
    """Give all images their versions, as further channels.

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
    (train, costs), (validation, _), (test, _) = (
        _versioned(images, versions, context)
        for images in (splits.train, splits.validation, splits.test)
    )
    means = torch.from_numpy(mean_costs(costs)).to(train.x.device)
    return Splits(train, validation, test), means


def _versioned(images: ImageSet, versions: Versions, context: Context) -> tuple[ImageSet, Costs]:
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
    return replace(images, x=x, mean=images.mean * count, sd=images.sd * count), costs
