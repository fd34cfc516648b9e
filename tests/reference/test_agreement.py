"""Agreement of rankings against scipy and plain loops, one pair of rankings at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement
from statistics import mean, stdev

import pytest
import torch
from scipy.stats import kendalltau, spearmanr

from pruning.experiments.toy_study.agreement import Row, across_criteria, across_samples
from pruning.experiments.toy_study.outputs import AGREEMENT_TABLE
from pruning.experiments.toy_study.rank_correlation import kendall, spearman
from tests.pruning.checks import generator

SEEDS = 4
UNITS = 260
DEPTHS = (125, 250)

Scores = list[float]
Pair = tuple[Scores, Scores]


def scores(seed: int, ties: bool, rows: int = SEEDS, unusable: int | None = None) -> torch.Tensor:
    found = torch.randn(rows, UNITS, generator=generator(seed), dtype=torch.float64)
    found += torch.linspace(0, 2, UNITS, dtype=torch.float64)
    if ties:
        found = found.relu().round(decimals=1)
    if unusable is not None:
        found[unusable] = [torch.nan, torch.inf, 0.0, 0.5][seed % 4]
        found[unusable, 0] = [1.0, 1.0, 0.0, 0.5][seed % 4]
    return found


def removed_first(values: Scores, k: int) -> set[int]:
    return set(sorted(range(UNITS), key=lambda unit: (values[unit], unit))[:k])


def agreement(a: Scores, b: Scores, measure: str) -> float:
    if measure == "spearman":
        return float(spearmanr(a, b).statistic)
    if measure == "kendall":
        return float(kendalltau(a, b).statistic)
    end, k = measure.split("_")
    if end == "first":
        return len(removed_first(a, int(k)) & removed_first(b, int(k))) / int(k)
    stay = UNITS - int(k)
    return (UNITS - len(removed_first(a, stay) | removed_first(b, stay))) / int(k)


def usable(values: Scores) -> bool:
    return all(abs(value) < float("inf") for value in values) and len(set(values)) > 1


def expected(labels: list[object], case: str, pairs: list[Pair]) -> Iterator[list[object]]:
    compared = [(a, b) for a, b in pairs if usable(a) and usable(b)]
    for measure in (
        "spearman",
        "kendall",
        *(f"{e}_{k}" for e in ("first", "last") for k in DEPTHS),
    ):
        values = [agreement(a, b, measure) for a, b in compared]
        center = mean(values) if values else None
        spread = stdev(values) if len(values) > 1 else None
        yield ["moon", case, *labels, measure, center, spread, len(values)]


def seeds_of(group: torch.Tensor) -> list[Scores]:
    return group.expand(SEEDS, UNITS).tolist()


def all_pairs(a: list[Scores], b: list[Scores]) -> list[Pair]:
    return [(x, y) for x in a for y in b]


def assert_same(rows: list[Row], wanted: list[list[object]]) -> None:
    found = AGREEMENT_TABLE.rows(rows).rows
    assert len(found) == len(wanted)
    by_key = {tuple(row[:7]): row[7:] for row in found}
    for row in wanted:
        assert by_key[tuple(row[:7])] == pytest.approx(row[7:], abs=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("rows", [(1, 1), (3, 4), (4, 1), (2, 3)], ids=str)
@pytest.mark.parametrize("units", [2, 3, 57, 2100])
def test_correlations_are_scipys(units: int, rows: tuple[int, int], dtype: torch.dtype):
    """With and without ties; at 2,100 units one product of signs does not hold all pairs."""
    draw = generator(units)
    a = torch.randn(rows[0], units, generator=draw, dtype=dtype)
    b = torch.randn(rows[1], units, generator=draw, dtype=dtype)
    a[0, 0], a[0, 1], b[0, 0], b[0, 1] = 2, 1, 3, 4
    a[1:, 2:] = a[1:, 2:].relu()
    b[:, 2:] = (b[:, 2:] + a[0, 2:]).round(decimals=1)
    for found, scipys in [(spearman(a, b), spearmanr), (kendall(a, b), kendalltau)]:
        wanted = [[scipys(x, y).statistic for y in b.numpy()] for x in a.numpy()]
        torch.testing.assert_close(found, torch.tensor(wanted, dtype=torch.float64))


@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
def test_rows_across_criteria_are_what_plain_loops_compute(ties: bool):
    groups = {
        "weight": scores(1, ties, rows=1),
        "grad": scores(2, ties, unusable=1),
        "lrp": scores(3, ties),
        "nan": scores(4, ties, unusable=2),
        "inf": scores(5, ties, unusable=0),
    }
    wanted = []
    for first, second in combinations_with_replacement(groups, 2):
        a, b = seeds_of(groups[first]), seeds_of(groups[second])
        labels = [first, second, 5, 5]
        if first == second:
            wanted += expected(labels, "seeds", list(combinations(a, 2)))
        else:
            wanted += expected(labels, "criteria", all_pairs(a, b))
            wanted += expected(labels, "criteria_equal_seeds", list(zip(a, b, strict=True)))
    assert_same(list(across_criteria("moon", 5, groups, SEEDS)), wanted)


@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "tied"])
def test_rows_across_samples_are_what_plain_loops_compute(ties: bool):
    groups = {
        20: scores(1, ties),
        5: scores(7, ties, unusable=3),
        100: scores(2, ties),
        1: scores(4, ties, unusable=0),
    }
    wanted = []
    for first, second in combinations(sorted(groups), 2):
        a, b = seeds_of(groups[first]), seeds_of(groups[second])
        labels = ["lrp", "lrp", first, second]
        wanted += expected(labels, "samples", all_pairs(a, b))
        wanted += expected(labels, "samples_equal_seeds", list(zip(a, b, strict=True)))
    assert_same(list(across_samples("moon", "lrp", groups, SEEDS)), wanted)
