"""Squared distances between samples: exact whole numbers, which add over blocks of columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruning.information.compiling import compiled
from pruning.information.working import Check, in_pieces

Floats = NDArray[np.float64]
Coarse = NDArray[np.int16]

# A coarse distance is at most this, so that two of them add up within 16 bits.
_LARGEST_COARSE = 2**14 - 1
# Multiply-adds of one piece of work, some hundredth of a second.
_PIECE = 2**25


def on_grid(*activations: NDArray[Any]) -> list[Floats]:
    """Scale activations so that their squared distances, all columns together, stay below 2⁵³.

    Distances that are rounded to whole numbers then add and subtract without error, in any order:
    what is left of a total without one group is exactly the sum of the others, and equal samples
    are at distance 0. The scale is a power of two, so the values themselves are not rounded.

    Raises
    ------
    ValueError
        If a value is not a finite number.
    """
    values = [np.asarray(each, np.float64) for each in activations]
    with np.errstate(over="ignore", invalid="ignore"):
        bound = sum(float((np.ptp(each, axis=0) ** 2).sum()) for each in values)
    if not np.isfinite(bound):
        raise ValueError(
            "Some activations are not finite numbers. Train the network with a lower learning "
            "rate, or bring weights that are finite."
        )
    _, exponent = np.frexp(bound)
    return [np.ldexp(each, (52 - int(exponent)) // 2 if bound else 0) for each in values]


def add_distances(
    to: Floats, left: Floats, right: Floats, check: Check, *, sign: float = 1.0
) -> None:
    """Add the rounded squared distances of all rows of ``left`` to all of ``right``.

    Parameters
    ----------
    to
        ``(rows of left, rows of right)``, changed in place.
    left, right
        A row a sample, a column a unit.
    sign
        -1 subtracts them.
    """
    columns = np.ascontiguousarray(right.T)
    height = max(1, _PIECE // max(1, columns.size))

    def part(start: int) -> None:
        rows = slice(start, start + height)
        _add_rows(to[rows], left[rows], columns, sign)

    in_pieces(part, range(0, len(left), height), check)


@compiled
def _add_rows(to: Floats, left: Floats, columns: Floats, sign: float) -> None:
    # Column by column: that goes through memory in order, four samples to an instruction.
    width, count = columns.shape
    sums = np.empty(count)
    for row in range(len(left)):
        sums[:] = 0.0
        for unit in range(width):
            value, column = left[row, unit], columns[unit]
            for sample in range(count):
                difference = column[sample] - value
                sums[sample] += difference * difference
        for sample in range(count):
            to[row, sample] += sign * np.rint(sums[sample])


def coarse_scale(typical: float) -> float:
    """The power of two that brings a typical distance to an eighth to a quarter of 16 bits."""
    return float(2.0 ** (13 - np.frexp(typical)[1])) if typical else 1.0


@compiled
def coarsened(distances: Floats, scale: float) -> Coarse:
    """Distances in 16 bits, times ``scale``: rounded down, and never more than half of the range.

    With a power of two for a scale they are never above the truth.
    """
    coarse = np.empty(distances.shape, np.int16)
    for row in range(len(distances)):
        for column in range(distances.shape[1]):
            coarse[row, column] = np.int16(min(distances[row, column] * scale, _LARGEST_COARSE))
    return coarse
