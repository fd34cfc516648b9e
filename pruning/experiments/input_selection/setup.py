"""What all trainings of one input selection share: images and their versions, masks, settings."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from pruning.evaluation.batches import Splits
from pruning.events import Progress
from pruning.experiments.images.setup import ImageSetup
from pruning.experiments.input_selection.config import InputSelectionConfig, Kind
from pruning.inputs.granularity import MaskShape, parse_granularity
from pruning.inputs.heads import make_head
from pruning.inputs.masks import AnyMask, XorMask
from pruning.inputs.names import Shape
from pruning.inputs.selection import Selection
from pruning.inputs.settings import MaskSchedule, SelectionSettings
from pruning.inputs.versioned import with_versions
from pruning.inputs.versions import Size, Versions
from pruning.randomness import torch_seed


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
        return versions_of(self.config)

    def settings(self, kind: Kind) -> SelectionSettings:
        """How masks of a kind are learned."""
        config = self.config
        has_head = kind == "dynamic"
        return SelectionSettings(
            mask_rate=config.head_learning_rate if has_head else config.mask_learning_rate,
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

    def learned(self, kind: Kind, seed: int, costs: Tensor) -> Selection:
        """Masks that are learned, before they are."""
        selection = learned_selection(self.config, kind, seed, self.dataset.shape, costs)
        return selection.to(self.context.device)

    def versioned(self, data: Splits) -> Generator[Progress, None, tuple[Splits, Tensor]]:
        """Images with their versions as further channels, and what these cost on average."""
        if not self.config.has_versions:
            return data, torch.ones(1, 1, dtype=torch.float64)
        return (yield from with_versions(data, self.versions, self.context))


def versions_of(config: InputSelectionConfig) -> Versions:
    """What a learned mask may send in place of an image."""
    sizes = tuple(Size(side, side) for side in config.thumbnails)
    return Versions(sizes, tuple(config.jpeg_qualities))


def learned_selection(
    config: InputSelectionConfig, kind: Kind, seed: int, image: Shape, costs: Tensor
) -> Selection:
    """Masks that are learned, before they are: of the elements, and of the versions that there are.

    Parameters
    ----------
    image
        The shape of one image: channels, height, width.
    costs
        What versions take as a share of the original, shape ``(sizes, qualities)``.
    """
    elements, whole = parse_granularity(config.granularity).elements(image), MaskShape(1, 1, 1)

    def head(of: str, logits: MaskShape) -> nn.Module | None:
        """What looks at images to choose among elements, thumbnails or qualities."""
        if kind == "static":
            return None
        size = (config.head_size, config.head_size) if config.head_size else None
        drawn = torch_seed(f"head for {of}", seed)
        return make_head(config.head, image, logits, size, drawn)

    def one_of(of: str, prices: Tensor) -> XorMask | None:
        if len(prices) == 1:
            return None
        return XorMask(prices, whole, image, head(of, MaskShape(len(prices), 1, 1)))

    start = torch_seed("masks of a repeat", seed)
    return Selection(
        AnyMask(elements, image, start, config.logit_init, head("elements", elements)),
        thumbnails=one_of("thumbnails", costs[:, 0].cpu()),
        qualities=one_of("qualities", costs[0].cpu()),
        costs=costs,
        upscaling=config.input_drop_upscaling,
    )
