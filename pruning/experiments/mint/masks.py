"""The masks of blocks that go."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from pruning.experiments.mint.cuts import ScoredLayer
from pruning.experiments.mint.cutting import Cut


def block_mask(layer: ScoredLayer, shape: torch.Size, cut: Cut) -> Tensor:
    """The mask of a layer's weight, of this shape, without the blocks that go."""
    mask = torch.ones(shape, dtype=torch.bool)
    for child, parent in np.argwhere(cut.gone):
        mask[layer.groups.children[child], layer.groups.parents[parent]] = False
    return mask
