"""Conditional mutual information against plain loops and scipy's spanning tree."""

from __future__ import annotations

import numpy as np
import pytest

from pruning.information.conditional import conditional_information
from pruning.information.groups import equal_runs
from pruning.randomness import numpy_generator
from tests.reference.slow_information import (
    Rows,
    all_distances,
    pool,
    prims_edges,
    scipys_counts,
    score,
)

SEEDS = range(4)
# Samples, parents in groups, children in groups.
SHAPES = [(9, 2, 2, 1, 1), (31, 5, 2, 4, 3), (90, 12, 4, 7, 3), (121, 70, 3, 40, 2)]


def draws(seed: int, samples: int, *widths: int) -> list[Rows]:
    draw = np.random.default_rng(seed)
    return [draw.normal(size=(samples, width)) for width in widths]


def shuffled(rows: Rows, seed: int) -> Rows:
    purpose = "order of the samples whose information is estimated"
    return rows[numpy_generator(purpose, seed).permutation(len(rows))]


def scores(
    parents: Rows, children: Rows, above: list[slice], under: list[slice], seed: int, way: bool
) -> list[Rows]:
    """By group of parents, in their order; as published or not."""
    found = conditional_information(
        parents, children, above, under, seed, lambda: None, as_published=way
    )
    return [each.scores for place, each in enumerate(found) if each.parent == place]


def pools(
    parents: Rows,
    children: Rows,
    groups: list[slice],
    runs: list[slice],
    seed: int,
    as_published: bool,
):
    """All pairs of groups, and what the plain loops pool for them."""
    third = len(parents) // 3
    above, below = (shuffled(rows, seed)[: 3 * third] for rows in (parents, children))
    for parent, own in enumerate(groups):
        others = np.delete(above, range(own.start, own.stop), axis=1)
        for child, units in enumerate(runs):
            yield parent, child, pool(below[:, units], above[:, own], others, as_published)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_scores_are_those_of_plain_loops(seed: int, shape: tuple[int, ...], dtype: type):
    samples, units, groups, below, runs = shape
    parents, children = (rows.astype(dtype) for rows in draws(seed, samples, units, below))
    above, under = equal_runs("a", units, groups)[0], equal_runs("b", below, runs)[0]
    both = {way: scores(parents, children, above, under, seed, way) for way in (False, True)}
    third = samples // 3
    doubles = parents.astype(float), children.astype(float)
    for as_published, found in both.items():
        for parent, child, rows in pools(*doubles, above, under, seed, as_published):
            counts = scipys_counts(all_distances(rows))
            assert found[parent][child] == score(counts[as_published], third)


@pytest.mark.parametrize("seed", SEEDS)
def test_ties_are_broken_by_the_lowest_rows(seed: int):
    """Whole numbers are at equal distances, and often at none, which scipy takes for no edge."""
    parents, children = (rows.round().clip(0, 1) for rows in draws(seed, 60, 4, 2))
    above, under = equal_runs("a", 4, 2)[0], equal_runs("b", 2, 2)[0]
    found = scores(parents, children, above, under, seed, False)
    published = scores(parents, children, above, under, seed, True)
    for parent, child, rows in pools(parents, children, above, under, seed, False):
        joining = sum((one < 20) != (other < 20) for one, other in prims_edges(squares(rows)))
        assert found[parent][child] == score(joining, 20)
    for parent, child, rows in pools(parents, children, above, under, seed, True):
        above_diagonal = sorted((min(e), max(e)) for e in prims_edges(squares(rows)))
        joining = sum((i < 20) != (column < 20) for i, (_, column) in enumerate(above_diagonal))
        assert published[parent][child] == score(joining, 20)


def squares(rows: Rows) -> Rows:
    return ((rows[:, None] - rows) ** 2).sum(axis=2)
