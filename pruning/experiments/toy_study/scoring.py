"""The scores of many sets of reference samples at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from pruning.criteria.base import Criterion
from pruning.data.base import Classes, Points
from pruning.masks.ranking import normalise
from pruning.threads import side_by_side
from pruning.toy.mlp import MLP
from pruning.toy.samples import ReferenceSamples

# How many pre-activations go through the network together: a few such arrays fit the caches, and
# matrix products are as fast as with more.
BLOCK_VALUES = 3 << 19

ReferenceSet = tuple[Points, Classes]


def score_sets(
    network: MLP,
    criteria: Sequence[Criterion],
    references: Sequence[ReferenceSet],
    seeds: Sequence[int],
) -> dict[str, Tensor]:
    """Score all hidden units by each criterion over each set of reference samples.

    Parameters
    ----------
    references
        Sets of equal size.
    seeds
        One per set, for criteria that draw.

    Returns
    -------
    dict[str, Tensor]
        By the criterion's name the normalised scores, layer after layer, on the CPU: shape
        ``(sets, units)``, or ``(1, units)`` for a criterion that looks at the weights alone.
    """
    values = len(references[0][0]) * sum(network.widths)
    size = max(1, BLOCK_VALUES // values)
    blocks = [slice(start, start + size) for start in range(0, len(references), size)]

    def score(block: slice) -> dict[str, Tensor]:
        x, y = _stacked(references[block], network.output.weight.device)
        samples = ReferenceSamples(network, x, y, seeds[block])
        # The weights are the same in every block.
        entries = [e for e in criteria if e.source != "weights" or block.start == 0]
        return {entry.name: _joined(entry, samples) for entry in entries}

    parts = side_by_side(score, blocks)
    joined = {e.name: torch.cat([p[e.name] for p in parts if e.name in p]) for e in criteria}
    return {e.name: joined[e.name][: 1 if e.source == "weights" else None] for e in criteria}


def _stacked(references: Sequence[ReferenceSet], device: torch.device) -> tuple[Tensor, Tensor]:
    points, classes = zip(*references, strict=True)
    x, y = (torch.from_numpy(np.stack(parts)).to(device) for parts in (points, classes))
    return x, y


def _joined(entry: Criterion, samples: ReferenceSamples) -> Tensor:
    return torch.cat(normalise(entry.score_units(samples), entry.normalisation), dim=-1).cpu()
