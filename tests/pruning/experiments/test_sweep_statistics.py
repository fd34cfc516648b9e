"""Means, bands and rows over the seeds so far."""

from __future__ import annotations

import numpy as np
import pytest

from pruning.evaluation.accuracy import Outcome
from pruning.events import fold
from pruning.experiments.images.dense import dense_level
from pruning.experiments.sweep.statistics import Measured, Statistics


def measured(accuracy: float, compression: float = 2.0) -> Measured:
    return Measured(
        test_accuracy=accuracy,
        test_loss=1 - accuracy,
        compression=compression,
        speedup_theoretical=3.0,
        speedup_measured=1.5,
        latency_ms=4.0,
        channel_ratio=0.5,
        parameter_ratio=0.25,
        nonzero_parameters=10,
        bytes=40,
    )


def outcome(accuracy: float, loss: float) -> Outcome:
    return Outcome(accuracy, loss, np.zeros(0, np.int64))


def points(result, series: str, statistic: str) -> list[tuple[float, float]]:
    found = result.series.get(series)
    if found is None:
        return []
    return [
        (x, y)
        for x, y, label in zip(found.x, found.y, found.labels["statistic"], strict=True)
        if label == statistic
    ]


def test_the_band_is_one_standard_deviation_around_the_mean():
    statistics, accuracies = Statistics(3), [0.7, 0.8, 0.95]
    said = [e for a in accuracies for e in statistics.add("weight", "unit", 0.5, measured(a))]
    result = fold(said)
    mean, sd = np.mean(accuracies), np.std(accuracies, ddof=1)
    for statistic, y in (("mean", mean), ("lower", mean - sd), ("upper", mean + sd)):
        assert points(result, "accuracy/weight/unit/sparsity", statistic) == [
            (0.5, pytest.approx(y))
        ]
    (row,) = result.tables["summary"].rows
    assert row[:6] == ["weight", "unit", 0.5, 3, pytest.approx(mean), pytest.approx(sd)]


def test_other_axes_wait_for_all_seeds_and_stand_at_their_mean():
    statistics = Statistics(2)
    early = fold(statistics.add("weight", "unit", 0.5, measured(0.7, compression=2)))
    assert points(early, "accuracy/weight/unit/compression", "mean") == []
    late = fold(statistics.add("weight", "unit", 0.5, measured(0.9, compression=4)))
    assert points(late, "accuracy/weight/unit/compression", "mean") == [(3, pytest.approx(0.8))]


def test_what_waits_for_a_seed_that_never_comes_is_said_at_the_end():
    statistics = Statistics(2)
    list(statistics.add("weight", "unit", 0.5, measured(0.7)))
    late = fold(statistics.rest())
    assert points(late, "loss/weight/unit/compression", "mean") == [(2, pytest.approx(0.3))]


def test_a_single_seed_has_no_spread():
    result = fold(Statistics(1).add("weight", "unit", 0.5, measured(0.7)))
    assert result.tables["summary"].rows[0][5] is None
    assert points(result, "accuracy/weight/unit/sparsity", "lower") == [(0.5, 0.7)]


def test_the_dense_level_is_a_mean_too():
    result = fold(dense_level([outcome(0.9, 0.1), outcome(0.8, 0.3)]))
    assert points(result, "accuracy/dense", "mean") == [(0, pytest.approx(0.85))]
    assert points(result, "loss/dense", "mean") == [(0, pytest.approx(0.2))]
