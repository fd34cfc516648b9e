"""What all trainings of one input selection share: images and their versions, masks, settings."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import nn

from pruning.data.image_base import ImageDataset, Images, Pixels
from pruning.evaluation.batches import Splits
from pruning.events import Progress
from pruning.experiments.images.setup import ImageSetup
from pruning.experiments.input_selection.config import LEARNED, InputSelectionConfig, Kind
from pruning.inputs.granularity import MaskShape, parse_granularity
from pruning.inputs.heads import make_head
from pruning.inputs.masks import AnyMask, XorMask
from pruning.inputs.selection import Selection
from pruning.inputs.settings import MaskSchedule, SelectionSettings
from pruning.inputs.versions import Costs, Size, Versions, mean_costs
from pruning.randomness import torch_seed

IMPORTANCES = "importances"


@dataclass(frozen=True)
class Setup(ImageSetup):
    """The surroundings of an input selection."""

    config: InputSelectionConfig

    @cached_property
    def elements(self) -> MaskShape:
        """How many elements a mask has."""
        return parse_granularity(self.config.granularity).elements(self.dataset.shape)

    @property
    def versions(self) -> Versions:
        """What a learned mask may send in place of an image."""
        config = self.config
        sizes = tuple(Size(side, side) for side in config.thumbnails)
        return Versions(sizes, tuple(config.jpeg_qualities))

    @property
    def settings(self) -> SelectionSettings:
        """How masks are learned."""
        config = self.config
        return SelectionSettings(
            mask_rate=config.mask_learning_rate,
            network_decay=config.weight_decay,
            mask_decay=config.mask_weight_decay,
            schedule=MaskSchedule(
                config.lambda_init,
                config.lambda_factor,
                config.lambda_threshold,
                config.lambda_patience,
                config.tau_init,
                config.tau_factor,
                config.tau_min,
            ),
            floor=config.stop_below or 0.0,
        )

    @property
    def importances(self) -> Path | None:
        """The file that says how important each input is; None where forests are asked."""
        name = self.config.importances
        return self.context.data_dir / IMPORTANCES / name if name else None

    def learned(self, kind: Kind, seed: int, costs: Costs) -> Selection:
        """Masks that are learned, before they are."""
        image = self.dataset.shape
        whole = MaskShape(1, 1, 1)
        sizes, qualities = torch.from_numpy(costs[:, 0]), torch.from_numpy(costs[0])
        start = AnyMask(
            self.elements,
            image,
            torch_seed("masks of a repeat", seed),
            self.config.logit_init,
            self._head(kind, "elements", self.elements, seed),
        )
        chosen = {
            name: XorMask(
                prices, whole, image, self._head(kind, name, MaskShape(len(prices), 1, 1), seed)
            )
            for name, prices in (("thumbnails", sizes), ("qualities", qualities))
            if len(prices) > 1
        }
        return Selection(
            start,
            costs=torch.from_numpy(costs),
            upscaling=self.config.input_drop_upscaling,
            **chosen,
        ).to(self.context.device)

    def _head(self, kind: Kind, of: str, logits: MaskShape, seed: int) -> nn.Module | None:
        """What looks at the images to choose among elements, thumbnails or qualities."""
        if kind == "static":
            return None
        side = self.config.head_size
        size = (side, side) if side else None
        drawn = torch_seed(f"head for {of}", seed)
        return make_head(self.config.head, self.dataset.shape, logits, size, drawn)

    def with_versions(self) -> Generator[Progress, None, tuple[Images, Costs]]:
        """All images with their versions as further channels, and what these cost on average.

        Costs are those of the training images.
        """
        if self.versions.shape == (1, 1) or not set(self.config.kinds) & set(LEARNED):
            return self.images, np.ones((1, 1))
        x_train, costs = yield from self._made(self.images.x_train, "training")
        x_test, _ = yield from self._made(self.images.x_test, "test")
        return self.images._replace(x_train=x_train, x_test=x_test), mean_costs(costs)

    def _made(self, x: Pixels, which: str) -> Generator[Progress, None, tuple[Pixels, Costs]]:
        made, costs = [], []
        for pixels, prices in self.versions.of(x):
            self.context.check()
            made.append(pixels)
            costs.append(prices)
            done = sum(map(len, costs))
            yield Progress(done=done, total=len(x), message=f"Versions of {which} images")
        return np.concatenate(made), np.concatenate(costs)

    def splits_of(self, images: Images, seed: int) -> Splits:
        """Such images on the device; the seed decides which are held out, as of the originals."""
        config, count = self.config, images.x_train.shape[1] // self.dataset.shape[0]
        return Splits.of(
            images,
            _repeated(self.dataset, count),
            self.context.device,
            validation=config.validation,
            training_images=config.training_images,
            test_images=config.test_images,
            seed=seed,
        )


def _repeated(dataset: ImageDataset, versions: int) -> ImageDataset:
    """A dataset whose images have their versions one behind the other as channels."""
    return replace(dataset, mean=dataset.mean * versions, sd=dataset.sd * versions)
