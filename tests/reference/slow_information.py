"""The conditional mutual information of MINT as plain loops, one pair of groups at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree

Rows = NDArray[np.float64]


def squared_distance(a: Rows, b: Rows) -> float:
    return float(((a - b) ** 2).sum())


def pool(x: Rows, y: Rows, z: Rows, as_published: bool = False) -> Rows:
    """Untouched rows of the last third, then the surrogates; samples are shuffled already.

    Published: the number of the row of the first third that is nearest to row i of the second is
    taken for that of the row of the second whose y row i of the first gets.
    """
    n = len(x) // 3
    rows = [np.concatenate([x[i], y[i], z[i]]) for i in range(2 * n, 3 * n)]
    for i in range(n):
        a, b = (n, 0) if as_published else (0, n)
        far = [squared_distance(z[a + i], z[b + j]) for j in range(n)]
        donor = n + min(range(n), key=far.__getitem__)
        rows.append(np.concatenate([x[i], y[donor], z[i]]))
    return np.stack(rows)


def all_distances(rows: Rows) -> Rows:
    """The loop over all ordered pairs that the published code has."""
    found = np.zeros((len(rows), len(rows)))
    for i in range(len(rows)):
        for j in range(len(rows)):
            found[i, j] = np.linalg.norm(rows[i] - rows[j])
    return found


def scipys_counts(distances: Rows) -> tuple[int, int]:
    """How many edges join the two halves, really and as published; all distances differ."""
    n = len(distances) // 2
    tree = minimum_spanning_tree(distances)
    real = sum((i < n) != (j < n) for i, j in zip(*tree.nonzero(), strict=True))
    published = sum((i < n) != (j < n) for i, j in enumerate(tree.tocsr().indices))
    return real, published


def prims_edges(distances: Rows) -> list[tuple[int, int]]:
    """From row 0; the lowest of rows that are as near, joined to the first that was as near."""
    inside, edges = [0], []
    while len(inside) < len(distances):
        outside = [row for row in range(len(distances)) if row not in inside]
        nearest = {row: min(inside, key=distances[row].__getitem__) for row in outside}
        joined = min(outside, key=lambda row: distances[row, nearest[row]])
        edges.append((nearest[joined], joined))
        inside.append(joined)
    return edges


def score(joining: int, n: int) -> float:
    return 1 - min(joining, n) / n
