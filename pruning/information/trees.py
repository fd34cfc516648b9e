"""Minimum spanning trees of samples, and how many of their edges join two kinds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pruning.information.compiling import compiled
from pruning.information.distances import Coarse, Floats

Edges = NDArray[np.int64]

_BLOCK = 64
_ANY, _NONE = 2**15 - 1, -1


class Shared(NamedTuple):
    """The part of all distances that many trees have in common, and the same coarsely."""

    distances: Floats
    coarse: Coarse


class Own(NamedTuple):
    """The columns that a tree has for itself, a row a sample, and their distances coarsely."""

    columns: Floats
    coarse: Coarse


def spanning_tree(shared: Shared, own: Own, scale: float) -> Edges:
    """Build the minimum spanning tree of samples whose distances are sums of two parts.

    It grows by Prim's algorithm from row 0. Of rows that are equally near the lowest is joined
    next, and to the one that was the first to be as near; distances of zero are edges of length
    zero. So the tree is defined for equal samples, too.

    Memory bounds this: a row of distances is read for every row that is joined. What is read are
    the coarse distances, which fit into a quarter of the memory and are never above the truth; the
    exact ones are looked up where those do not rule out that a row comes nearer, some eight
    times a row. The tree is that of the exact distances.

    Parameters
    ----------
    scale
        That of the coarse distances, a power of two.

    Returns
    -------
    Edges
        ``(rows - 1, 2)``: the row that was there and the one that is joined to it, in the order
        in which they are joined.
    """
    edges = np.empty((len(own.columns) - 1, 2), np.int64)
    _grow(shared.distances, shared.coarse, own.columns, own.coarse, scale, edges)
    return edges


@compiled
def _grow(
    distances: Floats,
    coarse: Coarse,
    columns: Floats,
    own_coarse: Coarse,
    scale: float,
    edges: Edges,
) -> None:
    rows, width = columns.shape
    blocks = (rows + _BLOCK - 1) // _BLOCK
    # How near each row is to the tree, and the nearest of each block of rows.
    nearness, nearest = np.full(blocks * _BLOCK, np.inf), np.full(blocks, np.inf)
    neighbour = np.zeros(rows, np.int64)
    # Up to which coarse distance a row may come nearer.
    limit = np.full(rows, _ANY, np.int16)
    limit[0] = _NONE
    candidate = np.zeros(blocks * _BLOCK, np.uint8)
    eights = candidate.view(np.uint64)
    newest = 0
    for edge in range(rows - 1):
        one, other = coarse[newest], own_coarse[newest]
        for row in range(rows):
            candidate[row] = np.int16(one[row] + other[row]) <= limit[row]
        for eight in range(len(eights)):
            if eights[eight] == 0:
                continue
            for row in range(8 * eight, 8 * eight + 8):
                if candidate[row] == 0:
                    continue
                own = 0.0
                for unit in range(width):
                    difference = columns[row, unit] - columns[newest, unit]
                    own += difference * difference
                distance = distances[newest, row] + np.rint(own)
                if distance < nearness[row]:
                    nearness[row], neighbour[row] = distance, newest
                    limit[row] = np.int16(min(np.ceil(distance * scale) - 1, _ANY))
                    nearest[row // _BLOCK] = min(nearest[row // _BLOCK], distance)
        block = 0
        for each in range(blocks):
            if nearest[each] < nearest[block]:
                block = each
        newest = block * _BLOCK
        while nearness[newest] != nearest[block]:
            newest += 1
        edges[edge, 0], edges[edge, 1] = neighbour[newest], newest
        nearness[newest], limit[newest] = np.inf, _NONE
        nearest[block] = np.inf
        for row in range(block * _BLOCK, block * _BLOCK + _BLOCK):
            nearest[block] = min(nearest[block], nearness[row])


def joining(edges: Edges, first: int) -> int:
    """Count the edges that join one of the ``first`` rows to one of the others."""
    return int(((edges[:, 0] < first) != (edges[:, 1] < first)).sum())


def joining_as_published(edges: Edges, first: int) -> int:
    """Count as the code published with [ganesh2020]_ does, for comparison.

    It keeps the tree as a sparse matrix, each edge once, above the diagonal, and takes the place
    of an edge among all edges for its row.
    """
    above = np.sort(edges, axis=1)
    columns = above[np.lexsort((above[:, 1], above[:, 0])), 1]
    return int(((np.arange(len(edges)) < first) != (columns < first)).sum())
