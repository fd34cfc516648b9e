"""How far rankings of the same hidden units agree: the rows of the table ``rank_agreement``.

Rankings differ in the criterion, in the number of reference samples and in the seed of these
samples [yeom2021]_. Each row compares two groups of rankings, one ranking per seed, by one measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Literal

import torch
from torch import Tensor

from pruning.events import Cell
from pruning.experiments.toy_study.rank_correlation import kendall, spearman
from pruning.experiments.toy_study.rank_measures import DEPTHS
from pruning.masks.ranking import rank_units

Row = dict[str, Cell]

# Kendall's tau is computed for so many rankings at a time: with fewer it takes longer in all, with
# more the next row is longer in coming.
ROWS = 100


def overlap(
    a_ranks: Tensor, b_ranks: Tensor, k: int, end: Literal["first", "last"] = "first"
) -> Tensor:
    """Return the share of common units among the ``k`` that rankings put first, or last.

    Parameters
    ----------
    a_ranks, b_ranks
        Ranks of the same units as :func:`pruning.masks.ranking.rank_units` gives them, shapes
        ``(A, units)`` and ``(B, units)``.
    k
        From 1 to the number of units.
    end
        Pruning removes the first ones first and the last ones last.

    Returns
    -------
    Tensor
        From 0 to 1, shape ``(A, B)``, float64.

    Raises
    ------
    ValueError
        If ``k`` is no number of units.
    """
    units = a_ranks.shape[1]
    if not 1 <= k <= units:
        raise ValueError(f"k is {k}, but there are {units} units")
    a, b = (ranks < k if end == "first" else ranks >= units - k for ranks in (a_ranks, b_ranks))
    return (a.float() @ b.float().T).double() / k


def across_criteria(
    dataset: str, samples: int, scores: Mapping[str, Tensor], seeds: int
) -> Iterator[Row]:
    """Compare criteria, and each with itself, at one number of reference samples.

    Parameters
    ----------
    dataset, samples
        Name the dataset and the number of reference samples in the rows.
    scores
        By criterion, the normalised scores of all hidden units under each seed, shape
        ``(seeds, units)``; ``(1, units)`` stands for scores that are equal under all seeds. A
        seed whose scores are not all finite, or all equal, is left out of every comparison.
    seeds
        How many there are.

    Yields
    ------
    dict
        Rows of the table ``rank_agreement``, of the cases ``seeds``, ``criteria`` and
        ``criteria_equal_seeds``. ``mean`` and the sample standard deviation
        ``sd`` are over the ``pairs`` of rankings compared, or None where there are too few.

    Raises
    ------
    ValueError
        If a shape does not fit.
    """
    names = list(scores)
    for i, j, matrices in _compare(list(scores.values()), seeds, apart=0):
        cases = ["seeds"] if i == j else ["criteria", "criteria_equal_seeds"]
        compared = _compared(dataset, (names[i], names[j]), (samples, samples))
        yield from _rows(compared, cases, matrices)


def across_samples(
    dataset: str, criterion: str, scores: Mapping[int, Tensor], seeds: int
) -> Iterator[Row]:
    """Compare one criterion's rankings by different numbers of reference samples.

    Parameters
    ----------
    dataset, criterion
        Name the dataset and the criterion in the rows.
    scores
        By the number of reference samples, as :func:`across_criteria` takes them by criterion.
    seeds
        How many there are.

    Yields
    ------
    dict
        Rows as :func:`across_criteria` gives them, of the cases ``samples`` and
        ``samples_equal_seeds``.

    Raises
    ------
    ValueError
        If a shape does not fit.
    """
    counts = sorted(scores)
    for i, j, matrices in _compare([scores[n] for n in counts], seeds, apart=1):
        compared = _compared(dataset, (criterion, criterion), (counts[i], counts[j]))
        yield from _rows(compared, ["samples", "samples_equal_seeds"], matrices)


def _compared(dataset: str, criteria: tuple[str, str], samples: tuple[int, int]) -> Row:
    """The columns that name two groups of rankings."""
    return {
        "dataset": dataset,
        "criterion_a": criteria[0],
        "criterion_b": criteria[1],
        "samples_a": samples[0],
        "samples_b": samples[1],
    }


def _compare(
    groups: Sequence[Tensor], seeds: int, apart: int
) -> Iterator[tuple[int, int, dict[str, Tensor]]]:
    """Compare each group with those ``apart`` or more places after it, by every measure.

    Yields the two groups' places and, by measure, a matrix of shape ``(seeds, seeds)``: NaN where
    a seed is unusable.
    """
    for group in groups:
        if group.shape not in [(seeds, groups[0].shape[1]), (1, groups[0].shape[1])]:
            raise ValueError(f"{seeds} seeds, but scores of shape {tuple(group.shape)}")
    rankings = torch.cat(list(groups))
    spans = [slice(*ends) for ends in pairwise(accumulate(map(len, groups), initial=0))]
    matrices = _cheap_measures(rankings)
    with_others = spans[: len(spans) - apart]
    at_once = max(ROWS // seeds, 1)
    for i, own in enumerate(with_others):
        if i % at_once == 0:
            # Kendall's takes nearly all of the time: a part of it, then rows, then the next part.
            last = with_others[i : i + at_once][-1]
            rows, later = slice(own.start, last.stop), slice(spans[i + apart].start, None)
            matrices["kendall"][rows, later] = kendall(rankings[rows], rankings[later])
        for j, other in enumerate(spans[i + apart :], i + apart):
            pair = {name: matrix[own, other] for name, matrix in matrices.items()}
            yield i, j, {name: matrix.expand(seeds, seeds) for name, matrix in pair.items()}


def _cheap_measures(rankings: Tensor) -> dict[str, Tensor]:
    """Compare all with all by every measure; Kendall's is yet to be filled in."""
    rho = spearman(rankings, rankings)
    matrices = {"spearman": rho, "kendall": torch.full_like(rho, torch.nan)}
    (ranks,) = rank_units([rankings])
    ends: tuple[Literal["first", "last"], ...] = ("first", "last")
    for end in ends:
        for k in DEPTHS:
            if k <= rankings.shape[1]:
                shares = overlap(ranks, ranks, k, end)
                matrices[f"{end}_{k}"] = shares.where(rho.isfinite(), torch.nan)
    return matrices


def _rows(compared: Row, cases: Sequence[str], matrices: Mapping[str, Tensor]) -> Iterator[Row]:
    for case in cases:
        for measure, matrix in matrices.items():
            values = matrix[_pairs(case, len(matrix))]
            summary = _summary(values[values.isfinite()])
            yield {**compared, "case": case, "measure": measure, **summary}


def _pairs(case: str, seeds: int) -> Tensor:
    """Which pairs of seeds a case compares, shape ``(seeds, seeds)``."""
    if case == "seeds":
        # The matrix is symmetric: each two seeds once.
        return torch.ones(seeds, seeds, dtype=torch.bool).triu(1)
    if case.endswith("_equal_seeds"):
        return torch.eye(seeds, dtype=torch.bool)
    return torch.ones(seeds, seeds, dtype=torch.bool)


def _summary(values: Tensor) -> Row:
    """Mean, sample standard deviation and number."""
    pairs = len(values)
    return {
        "mean": values.mean().item() if pairs else None,
        "sd": values.std().item() if pairs > 1 else None,
        "pairs": pairs,
    }
