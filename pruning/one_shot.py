"""Many one-shot prunings of one network: every ranking loses the same number of units at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pruning.masked import EvaluationSet, MaskedNetwork
from pruning.masks import rank_units, unit_masks, usable
from pruning.models.mlp import MLP
from pruning.threads import side_by_side


@dataclass(frozen=True)
class Pruned:
    """The accuracies, from 0 to 1, of one pruned network."""

    train: float
    test: float


@dataclass(frozen=True)
class _Job:
    """One mask and the test sets that it is asked about."""

    criterion: str
    ranks: Tensor
    sets: list[int]


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
        By the criterion's name, as :func:`pruning.scoring.score_sets` gives them; one row stands
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
    found: dict[str, list[Pruned | None]] = {name: [None] * len(tests) for name in scores}
    jobs = [job for name, rows in scores.items() for job in _jobs(name, rows, len(tests))]

    def work(job: _Job) -> tuple[float, list[float]]:
        masked = MaskedNetwork(network, masks_of(network, job.ranks, removed))
        return masked.accuracy(train), [masked.accuracy(tests[place]) for place in job.sets]

    for job, (on_train, on_tests) in zip(jobs, side_by_side(work, jobs), strict=True):
        for place, on_test in zip(job.sets, on_tests, strict=True):
            found[job.criterion][place] = Pruned(on_train, on_test)
    return found


def _jobs(name: str, rows: Tensor, sets: int) -> list[_Job]:
    shared = list(range(sets)) if len(rows) == 1 else None
    return [
        _Job(name, row, shared or [place]) for place, row in enumerate(rows) if bool(usable([row]))
    ]
