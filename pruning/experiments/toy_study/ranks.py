"""How a toy study says how far rankings agree: table rows, and matrices for heat maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt
from torch import Tensor

from pruning.events import Array, Cell, Event, Frame
from pruning.experiments.toy_study.agreement import Row, across_criteria, across_samples
from pruning.experiments.toy_study.outputs import AGREEMENT_TABLE

# The cases that fill a matrix, by what the frame is called.
_ALL, _EQUAL = "all_seeds", "equal_seeds"
_FRAMES = {
    "seeds": _ALL,
    "criteria": _ALL,
    "criteria_equal_seeds": _EQUAL,
    "samples": _ALL,
    "samples_equal_seeds": _EQUAL,
}


def compare_criteria(
    dataset: str, count: int, scores: Mapping[str, Tensor], seeds: int
) -> Iterator[Iterable[Event]]:
    """Compare the rankings of criteria at one number of reference samples, bit by bit.

    Yields
    ------
    Iterable[Event]
        What is new after each bit: table rows, and at the end the matrices, ``(criteria,
        criteria)``, of the frames ``DATASET/agreement/all_seeds`` and ``…/equal_seeds``.
    """
    rows: list[Row] = []
    for _, group in groupby(
        across_criteria(dataset, count, scores, seeds), key=lambda row: row["criterion_a"]
    ):
        new = list(group)
        rows += new
        yield [AGREEMENT_TABLE.rows(new)]
    names: list[Cell] = list(scores)
    places = [(names.index(row["criterion_a"]), names.index(row["criterion_b"])) for row in rows]
    yield _frames(f"{dataset}/agreement", count, rows, places, len(names), diagonal=1.0)


def compare_counts(
    dataset: str, criterion: str, scores: Mapping[int, Tensor], seeds: int
) -> Iterator[Iterable[Event]]:
    """Compare one criterion's rankings by different numbers of reference samples, bit by bit.

    Yields
    ------
    Iterable[Event]
        As from :func:`compare_criteria`; the frames are called
        ``DATASET/agreement/CRITERION/…``, their matrices are ``(counts, counts)``.
    """
    rows: list[Row] = []
    for _, group in groupby(
        across_samples(dataset, criterion, scores, seeds), key=lambda row: row["samples_a"]
    ):
        new = list(group)
        rows += new
        yield [AGREEMENT_TABLE.rows(new)]
    counts: list[Cell] = list(scores)
    places = [(counts.index(row["samples_a"]), counts.index(row["samples_b"])) for row in rows]
    yield _frames(f"{dataset}/agreement/{criterion}", 0, rows, places, len(counts), np.nan)


def _frames(
    name: str,
    at: float,
    rows: Sequence[Row],
    places: Sequence[tuple[int, int]],
    side: int,
    diagonal: float,
) -> list[Frame]:
    """The means of the rows as symmetric matrices by measure, one frame per choice of seeds.

    A ranking agrees with itself: with equal seeds that is the ``diagonal`` of criteria.
    """
    matrices: dict[str, dict[str, npt.NDArray[np.float64]]] = {_ALL: {}, _EQUAL: {}}
    for row, (i, j) in zip(rows, places, strict=True):
        frame, mean = _FRAMES[str(row["case"])], row["mean"]
        empty = np.diag([diagonal if frame == _EQUAL else np.nan] * side)
        empty[~np.eye(side, dtype=bool)] = np.nan
        matrix = matrices[frame].setdefault(str(row["measure"]), empty)
        matrix[i, j] = matrix[j, i] = np.nan if mean is None else mean
    return [
        Frame(
            name=f"{name}/{frame}",
            at=at,
            arrays={measure: Array.of(matrix, "f4") for measure, matrix in by_measure.items()},
        )
        for frame, by_measure in matrices.items()
        if by_measure
    ]
