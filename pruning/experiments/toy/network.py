"""The network of a toy run, as far as it is known before anything is computed."""

from __future__ import annotations

from pruning.data.base import datasets
from pruning.experiments.layer_widths import LayerWidths
from pruning.experiments.toy.config import ToyConfig

INPUTS = 2


def network(config: ToyConfig) -> LayerWidths:
    """How wide its layers are; points of the plane go in."""
    return LayerWidths(INPUTS, tuple(config.hidden), datasets[config.dataset].classes)
