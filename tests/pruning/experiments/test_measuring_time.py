"""Measuring takes its share of a run, however many networks there are and however noisy it is."""

from __future__ import annotations

import pytest

from pruning.evaluation.latency import LIMIT
from pruning.experiments.sweep import measuring_time as module
from pruning.experiments.sweep.measuring_time import FIRST_LOOK, LEAST, SHARE, MeasuringTime


class Clock:
    now = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module.time, "perf_counter", lambda: clock.now)
    return clock


def measured(time: MeasuringTime, clock: Clock, first_look: float, taken: float = 1.0) -> float:
    """What a network may take; it takes this share of it."""
    with time.of_one(first_look) as seconds:
        clock.now += taken * seconds
    return seconds


def test_networks_that_never_settle_share_alike(clock: Clock):
    time = MeasuringTime(50, begun=0)
    given = [measured(time, clock, 0) for _ in range(50)]
    assert given == pytest.approx([LEAST / 50] * 50)


def test_what_one_leaves_the_others_have(clock: Clock):
    time = MeasuringTime(11, begun=0)
    first, *rest = [measured(time, clock, 0, taken=0 if not i else 1) for i in range(11)]
    assert first == pytest.approx(LEAST / 11)
    assert rest == pytest.approx([LEAST / 10] * 10)


def test_a_long_run_may_measure_for_a_quarter_of_its_time(clock: Clock):
    time = MeasuringTime(100, begun=0)
    clock.now = 400.0
    assert measured(time, clock, 0) == pytest.approx(SHARE * 400 / 100)


def test_no_network_takes_longer_than_the_limit(clock: Clock):
    time = MeasuringTime(1, begun=0)
    clock.now = 1e6
    assert measured(time, clock, 0) == LIMIT


def test_a_first_look_is_always_free_but_not_of_slow_networks(clock: Clock):
    time = MeasuringTime(10_000, begun=0)
    assert measured(time, clock, 0.2) == 0.2
    assert measured(time, clock, 60) == FIRST_LOOK
    # Even where all that there was is spent.
    time.spent = 1e9
    assert measured(time, clock, 0.2) == 0.2
