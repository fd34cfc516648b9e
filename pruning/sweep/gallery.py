"""What is drawn of one arm's networks, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import nn

from pruning.data.image_base import Classes, Pixels
from pruning.events import Frame
from pruning.sweep.arms import Arm
from pruning.sweep.pictures import confusion, filters, flips, histograms, largest
from pruning.sweep.stages import Stage, Trained
from pruning.sweep.study import Study


@dataclass(frozen=True)
class Gallery:
    """Draws the networks of one arm beside the dense one."""

    study: Study
    arm: Arm
    trained: Trained

    def of(self, stage: Stage) -> Iterator[Frame]:
        """All pictures of one network."""
        key, at = self.arm.key, stage.sparsity
        after, shape = stage.outcome.predictions, self.study.dataset.shape
        yield from histograms(key, stage.network, at, self._largest)
        yield filters(key, self._before(stage), stage.masks, shape, at)
        yield confusion(key, self._truth, after, len(self.study.dataset.classes), at)
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

    def _before(self, stage: Stage) -> nn.Module:
        """A network whose filters have not gone yet: the trained one fades into the pruned."""
        return self.trained.dense if self.study.retraining(0) is None else stage.network
