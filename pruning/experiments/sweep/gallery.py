"""What is drawn of one arm's networks, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import nn

from pruning.data.image_base import Classes, Pixels
from pruning.events import Frame
from pruning.experiments.sweep.arms import Arm
from pruning.experiments.sweep.networks import DenseNetwork, PrunedNetwork
from pruning.experiments.sweep.pictures import (
    confusion,
    filters,
    flips,
    has_filters,
    histograms,
    largest,
)
from pruning.experiments.sweep.setup import Setup


@dataclass(frozen=True)
class Gallery:
    """Draws the networks of one arm beside the dense one."""

    setup: Setup
    arm: Arm
    trained: DenseNetwork

    def of(self, pruned: PrunedNetwork) -> Iterator[Frame]:
        """All pictures of one network."""
        key, at = self.arm.key, pruned.sparsity
        after, shape = pruned.outcome.predictions, self.setup.dataset.shape
        yield from histograms(key, pruned.network, at, self._largest)
        if has_filters(self.trained.dense, shape):
            yield filters(key, self._before(pruned), pruned.masks, shape, at)
        yield confusion(key, self._truth, after, len(self.setup.dataset.classes), at)
        known = self.trained.outcome.predictions
        yield flips(key, self._images, self._truth, known, after, at)

    @cached_property
    def _largest(self) -> dict[str, tuple[float, float]]:
        return largest(self.trained.dense)

    @cached_property
    def _images(self) -> Pixels:
        images: Pixels = self.trained.data.test.x.cpu().numpy()
        return images

    @cached_property
    def _truth(self) -> Classes:
        return self.trained.data.test.y.cpu().numpy().astype(np.int64)

    def _before(self, pruned: PrunedNetwork) -> nn.Module:
        """A network whose filters have not gone yet: the trained one fades into the pruned."""
        return self.trained.dense if self.setup.retraining(0, self.arm) is None else pruned.network
