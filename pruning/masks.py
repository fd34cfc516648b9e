"""From scores to masks: normalise per layer, rank all units together, remove the lowest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from pruning.criteria.base import Normalisation


def normalise(scores: Sequence[Tensor], how: Normalisation) -> list[Tensor]:
    """Divide each layer's scores, shape ``(…, units)``, by their sum or their L2 norm.

    After that layers compare.
    """
    if how == "sum":
        return [score / score.sum(dim=-1, keepdim=True) for score in scores]
    if how == "l2":
        return [score / score.norm(dim=-1, keepdim=True) for score in scores]
    return list(scores)


def usable(scores: Sequence[Tensor]) -> Tensor:
    """Whether normalised scores rank anything: all are finite, and not all are zero.

    Returns
    -------
    Tensor
        One truth value per set of scores, shape ``(…)``.
    """
    joined = torch.cat(list(scores), dim=-1)
    return joined.isfinite().all(dim=-1) & joined.any(dim=-1)


def rank_units(scores: Sequence[Tensor]) -> list[Tensor]:
    """Rank the units of all layers together; rank 0 goes first.

    Parameters
    ----------
    scores
        One tensor of shape ``(…, units)`` per hidden layer. Among equal scores the unit of the
        earlier layer, then of the lower index, goes first.

    Returns
    -------
    list[Tensor]
        The ranks in the shapes of ``scores``, int64, on the CPU.
    """
    joined = torch.cat([score.detach().cpu() for score in scores], dim=-1)
    order = joined.argsort(dim=-1, stable=True)
    places = torch.arange(order.shape[-1]).expand_as(order)
    ranks = torch.empty_like(order).scatter_(-1, order, places)
    return list(torch.split(ranks, [score.shape[-1] for score in scores], dim=-1))


def units_removed(sparsity: float, units: int) -> int:
    """How many of ``units`` are removed at ``sparsity``."""
    return round(sparsity * units)


def unit_masks(ranks: Sequence[Tensor], removed: int) -> list[Tensor]:
    """Which units stay when the ``removed`` lowest go; masks of one ranking are nested."""
    return [rank >= removed for rank in ranks]
