"""Many one-shot prunings of one network: every ranking loses the same number of units at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pruning.experiments.toy_study.masked import EvaluationSet, MaskedNetwork
from pruning.masks.ranking import rank_units, unit_masks, usable
from pruning.threads import side_by_side
from pruning.toy.mlp import MLP


@dataclass(frozen=True)
class Pruned:
    """The accuracies, from 0 to 1, of one pruned network."""

    train: float
    test: float


def masks_of(network: MLP, scores: Tensor, removed: int) -> list[Tensor]:
    """The masks of one ranking, its joined scores of shape ``(units,)``: what stays per layer."""
    return unit_masks(rank_units(torch.split(scores, network.widths)), removed)


def prune_sets(
    network: MLP,
    scores: Mapping[str, Tensor],
    removed: int,
    train: EvaluationSet,
    tests: Sequence[EvaluationSet],
) -> dict[str, list[Pruned | None]]:
    """Prune by each criterion's scores over each set of reference samples.

    Parameters
    ----------
    scores
        By the criterion's name, as :func:`.score_sets` gives them; one row stands
        for all sets, and its mask is evaluated once.
    removed
        How many of the lowest units go.
    tests
        One per set.

    Returns
    -------
    dict[str, list[Pruned | None]]
        By the criterion's name one entry per set; None where the scores rank nothing.
    """
    return {name: _prune(network, rows, removed, train, tests) for name, rows in scores.items()}


def _prune(
    network: MLP,
    rows: Tensor,
    removed: int,
    train: EvaluationSet,
    tests: Sequence[EvaluationSet],
) -> list[Pruned | None]:
    """Prune by one criterion's scores."""
    masks = [masks_of(network, row, removed) for row in rows]
    # Rankings by the same criterion differ little: what they share is computed once.
    shared = train.near(network, torch.stack([mask[0] for mask in masks]))

    def work(place: int) -> list[Pruned | None]:
        mine = tests if len(rows) == 1 else tests[place : place + 1]
        if not usable([rows[place]]):
            return [None] * len(mine)
        masked = MaskedNetwork(network, masks[place])
        on_train = masked.accuracy(shared)
        return [Pruned(on_train, masked.accuracy(test)) for test in mine]

    return [outcome for found in side_by_side(work, range(len(rows))) for outcome in found]
