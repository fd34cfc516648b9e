"""How much information groups of units share with groups of the layer before, given the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruning.information.distances import (
    Coarse,
    Floats,
    add_distances,
    coarse_scale,
    coarsened,
    on_grid,
)
from pruning.information.surrogates import Parents, pooled
from pruning.information.trees import Own, Shared, joining, joining_as_published, spanning_tree
from pruning.information.working import Check, in_pieces
from pruning.randomness import numpy_generator


@dataclass(frozen=True)
class ParentScores:
    """What one group of parents shares with every group of children, given all other parents.

    Attributes
    ----------
    parent
        Which group of parents.
    scores
        By group of children, from 0 to 1.
    """

    parent: int
    scores: Floats


def conditional_information(
    parents: NDArray[Any],
    children: NDArray[Any],
    parent_groups: Sequence[slice],
    child_groups: Sequence[slice],
    seed: int,
    check: Check,
    *,
    as_published: bool = False,
) -> Iterator[ParentScores]:
    """Score all pairs of a group of children X and a group of parents Y, given other parents Z.

    The conditional mutual information I(X; Y | Z) of [ganesh2020]_: samples are shuffled and split
    into thirds, what is left over is dropped. A surrogate is made of X and Z of the first third,
    with, for each row, the Y of that row of the second third whose Z is nearest, the first of
    those that are equally near. Untouched rows of the last third and surrogates, in this order,
    are spanned by a euclidean minimum spanning tree (:func:`.trees.spanning_tree`). With R edges
    that join the two kinds the score is ``1 - min(R, n/3) / (n/3)``.

    A single group of parents leaves no Z: each row then takes the Y of the row in the same place.

    Everything is computed in double precision, and distances are whole numbers below 2⁵³
    (:func:`.distances.on_grid`): the scores depend neither on the number of cores nor on the
    machine.

    Memory: ``2 · groups of children + 24`` bytes for each pair of the ``2n/3`` rows.

    Parameters
    ----------
    parents, children
        ``(samples, units)``.
    parent_groups, child_groups
        The units of each group, as :func:`.groups.equal_runs` makes them; parents together are
        all that is given, so a unit that is in no group is not looked at.
    seed
        Of the order of the samples.
    check
        Called several times a second; raises to stop, as :meth:`pruning.context.Context.check`.
    as_published
        Do what the code published with the paper does in place of what the paper says, for
        comparison: it takes the Y of other rows than the nearest
        (:meth:`.surrogates.Parents.with_surrogate`), and counts other edges than those that join
        the two kinds (:func:`.trees.joining_as_published`).

    Yields
    ------
    ParentScores
        One group of parents after another.

    Raises
    ------
    ValueError
        If there are fewer than nine samples, or activations that are not finite.
    """
    third = len(parents) // 3
    if len(parents) != len(children):
        raise ValueError(
            f"There are {len(parents)} samples of parents, {len(children)} of children."
        )
    if third < 3:
        raise ValueError(
            f"There are {len(parents)} samples, and at least 9 are needed, three for each third: "
            "take more samples per class."
        )
    generator = numpy_generator("order of the samples whose information is estimated", seed)
    order = generator.permutation(len(parents))[: 3 * third]
    above, below = on_grid(np.asarray(parents)[order], np.asarray(children)[order])
    groups = [above[:, units] for units in parent_groups]
    own = [np.ascontiguousarray(pooled(below[:, units])) for units in child_groups]
    scale = coarse_scale(_typical(pooled(above)) + max(map(_typical, own)))
    trees = [Own(columns, _coarse_distances(columns, scale, check)) for columns in own]
    every = Parents(groups, check, mixed_up=as_published)
    count = joining_as_published if as_published else joining
    for parent in range(len(groups)):
        distances = every.with_surrogate(parent, check)
        grow = partial(spanning_tree, Shared(distances, coarsened(distances, scale)), scale=scale)
        edges = np.array([count(tree, third) for tree in in_pieces(grow, trees, check)])
        yield ParentScores(parent, 1 - np.minimum(edges, third) / third)


def _typical(rows: Floats) -> float:
    """A distance that half of the samples exceed, so that a few far ones do not matter."""
    half = len(rows) // 2
    return float(np.median(((rows[:half] - rows[half:]) ** 2).sum(axis=1)))


def _coarse_distances(columns: Floats, scale: float, check: Check) -> Coarse:
    distances = np.zeros((len(columns), len(columns)))
    add_distances(distances, columns, columns, check)
    return coarsened(distances, scale)
