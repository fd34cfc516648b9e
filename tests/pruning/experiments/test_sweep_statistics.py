"""Means, bands and rows over the seeds so far."""

from __future__ import annotations

import numpy as np
import pytest

from pruning.evaluation.accuracy import Outcome
from pruning.events import fold
from pruning.experiments.images.dense import dense_level
from pruning.experiments.sweep.statistics import Measured, Statistics


def measured(
    accuracy: float,
    compression: float = 2.0,
    speedup: tuple[float | None, float, float | None] = (1.4, 1.5, 1.7),
) -> Measured:
    return Measured(
        sparsity_achieved=0.5,
        test_accuracy=accuracy,
        test_loss=1 - accuracy,
        compression=compression,
        speedup_theoretical=3.0,
        speedup_measured=speedup[1],
        speedup_measured_q1=speedup[0],
        speedup_measured_q3=speedup[2],
        latency_ms=4.0,
        latency_ms_q1=speedup[2] and 6.0 / speedup[2],
        latency_ms_q3=speedup[0] and 6.0 / speedup[0],
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
    assert row[:7] == ["weight", "unit", 0.5, 0.5, 3, pytest.approx(mean), pytest.approx(sd)]


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
    assert result.tables["summary"].rows[0][6] is None
    assert points(result, "accuracy/weight/unit/sparsity", "lower") == [(0.5, 0.7)]


def test_quartiles_of_a_mean_speed_up_are_means_of_the_networks_own():
    statistics, found = Statistics(2), [(1.0, 1.2, 1.3), (2.0, 2.2, 2.6)]
    said = [
        e for each in found for e in statistics.add("lrp", "unit", 0.5, measured(0.7, speedup=each))
    ]
    result = fold(said)
    summary = result.tables["summary"]
    (row,) = (dict(zip(summary.columns, row, strict=True)) for row in summary.rows)
    low, mean, high = (float(x) for x in np.mean(found, axis=0))
    assert row["speedup_measured"] == pytest.approx(mean)
    assert row["speedup_measured_q1"] == pytest.approx(low)
    assert row["speedup_measured_q3"] == pytest.approx(high)
    for measure, y in (("accuracy", 0.7), ("loss", 0.3)):
        for statistic, x in (("q1", low), ("mean", mean), ("q3", high)):
            series = f"{measure}/lrp/unit/speedup_measured"
            assert points(result, series, statistic) == [(pytest.approx(x), pytest.approx(y))]
        assert points(result, f"{measure}/lrp/unit/speedup_theoretical", "q1") == []


def test_the_dense_network_is_as_fast_as_itself_without_any_spread():
    said = list(Statistics(1).add("weight", "unit", 0, measured(0.9, speedup=(None, 1.0, None))))
    result = fold(said)
    assert points(result, "accuracy/weight/unit/speedup_measured", "q1") == []
    summary = result.tables["summary"]
    row = dict(zip(summary.columns, summary.rows[0], strict=True))
    assert row["speedup_measured"] == 1
    assert row["speedup_measured_q1"] is row["speedup_measured_q3"] is None


def test_the_dense_level_is_a_mean_too():
    result = fold(dense_level([outcome(0.9, 0.1), outcome(0.8, 0.3)]))
    assert points(result, "accuracy/dense", "mean") == [(0, pytest.approx(0.85))]
    assert points(result, "loss/dense", "mean") == [(0, pytest.approx(0.2))]
