"""From scores to masks: normalise per layer, rank all units together, remove the lowest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from pruning.criteria.base import Normalisation


def normalise(scores: Sequence[Tensor], how: Normalisation) -> list[Tensor]:
    """Divide each layer's scores by their sum or their L2 norm, so that layers compare."""
    if how == "sum":
        return [score / score.sum() for score in scores]
    if how == "l2":
        return [score / score.norm() for score in scores]
    return list(scores)


def usable(scores: Sequence[Tensor]) -> bool:
    """Whether normalised scores rank anything: all are finite, and not all are zero."""
    joined = torch.cat(list(scores))
    return bool(joined.isfinite().all() and joined.any())


def rank_units(scores: Sequence[Tensor]) -> list[Tensor]:
    """Rank the units of all layers together; rank 0 goes first.

    Parameters
    ----------
    scores
        One tensor of shape ``(units,)`` per hidden layer. Among equal scores the unit of the
        earlier layer, then of the lower index, goes first.

    Returns
    -------
    list[Tensor]
        The ranks in the shapes of ``scores``, int64, on the CPU.
    """
    order = torch.cat([score.detach().cpu() for score in scores]).argsort(stable=True)
    ranks = torch.empty_like(order)
    ranks[order] = torch.arange(len(order))
    return list(torch.split(ranks, [len(score) for score in scores]))


def units_removed(sparsity: float, units: int) -> int:
    """How many of ``units`` are removed at ``sparsity``."""
    return round(sparsity * units)


def unit_masks(ranks: Sequence[Tensor], removed: int) -> list[Tensor]:
    """Which units stay when the ``removed`` lowest go; masks of one ranking are nested."""
    return [rank >= removed for rank in ranks]
