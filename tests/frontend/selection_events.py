"""What input selections say of their masks, without any training."""

from __future__ import annotations

import numpy as np

from pruning.data.image_base import image_datasets
from pruning.events import Array, Event, Frame, Result, fold
from pruning.experiments.input_selection.config import InputSelectionConfig, Kind
from pruning.experiments.input_selection.outputs import MASK, TRADE_OFF
from pruning.experiments.input_selection.pictured import pictured_epochs


def mask_of(config: InputSelectionConfig, kind: Kind, epoch: int) -> np.ndarray:
    """A mask that no other kind or epoch has; in colours where values may differ in them."""
    channels, height, width = image_datasets[config.dataset].shape
    own = channels if config.granularity == "subpixel" else 1
    place = config.kinds.index(kind) + len(config.kinds) * epoch
    values = np.random.default_rng(place).integers(0, 2, (height, width, own))
    return (255 * values).astype(np.uint8).squeeze()


def selection_result(config: InputSelectionConfig) -> Result:
    """Accuracies against the share that is sent, and masks."""
    events: list[Event] = []
    for kind in config.kinds:
        events += TRADE_OFF.band(0.5, 0.9, 0.01, {"kind": kind})
        events += [
            Frame(
                name=MASK.name.format(kind=kind),
                at=epoch,
                arrays={"image": Array.of(mask_of(config, kind, epoch), "u1")},
            )
            for epoch in pictured_epochs(config.epochs)
        ]
    return fold(events)
