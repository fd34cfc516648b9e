"""From scores to masks: normalise per layer, rank, remove the lowest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor

from pruning.masks.quantile import below_quantile

Normalisation = Literal["sum", "l2", "none"]


def normalise(scores: Sequence[Tensor], how: Normalisation) -> list[Tensor]:
    """Divide each layer's scores, shape ``(…, units)``, by the size of their sum or their L2 norm.

    After that layers compare.
    """
    if how == "sum":
        return [score / score.sum(dim=-1, keepdim=True).abs() for score in scores]
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


def unit_masks(ranks: Sequence[Tensor], removed: int) -> list[Tensor]:
    """Which units stay when the ``removed`` lowest go; masks of one ranking are nested."""
    return [rank >= removed for rank in ranks]


def keep_highest(
    scores: Mapping[str, Tensor],
    kept: Mapping[str, Tensor],
    sparsity: float,
    *,
    together: bool = False,
    spare: bool = False,
) -> dict[str, Tensor]:
    """Remove the lowest scores until ``sparsity`` is reached; what is gone stays gone.

    Parameters
    ----------
    scores
        By the name of a layer or a group, of any shape, finite. Among equal scores the earlier
        goes first.
    kept
        What is left by now, truth values in the same shapes.
    sparsity
        The share of all scores to remove, counted from the beginning.
    together
        Whether all are ranked together; else each entry loses the same share.
    spare
        Whether the highest score of each entry stays whatever its rank, so that no layer is
        emptied.

    Returns
    -------
    dict[str, Tensor]
        What is left, on the CPU.
    """
    ready = {name: _ready(scores[name], kept[name], spare=spare) for name in scores}
    parts = [list(ready)] if together else [[name] for name in ready]
    left: dict[str, Tensor] = {}
    for names in parts:
        joined = torch.cat([ready[name] for name in names])
        stay = torch.ones(len(joined), dtype=torch.bool)
        stay[joined.argsort(stable=True)[: below_quantile(sparsity, len(joined))]] = False
        sizes = [len(ready[name]) for name in names]
        left |= dict(zip(names, torch.split(stay, sizes), strict=True))
    return {name: left[name].view(scores[name].shape) & kept[name].cpu() for name in scores}


def places_within_outputs(score: Tensor) -> Tensor:
    """The place of each weight among those of its output: 0 for the lowest, below 1 the highest.

    Ranked together, every output so loses the same share of its inputs.

    Parameters
    ----------
    score
        Shape ``(units, …)``.
    """
    rows = score.flatten(1)
    places = rows.argsort(dim=1, stable=True).argsort(dim=1)
    return (places.double() / rows.shape[1]).view(score.shape)


def _ready(score: Tensor, kept: Tensor, *, spare: bool) -> Tensor:
    """Scores in which what is gone ranks lowest and what is spared ranks highest."""
    ready = score.detach().cpu().double().flatten().masked_fill(~kept.cpu().flatten(), -math.inf)
    if spare:
        ready[ready.argmax()] = math.inf
    return ready


def share_removed(kept: Mapping[str, Tensor]) -> float:
    """The share of all entries of the masks that is gone."""
    return 1 - sum(int(mask.sum()) for mask in kept.values()) / sum(
        mask.numel() for mask in kept.values()
    )
