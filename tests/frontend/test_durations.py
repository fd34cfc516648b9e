from __future__ import annotations

from datetime import timedelta

import pytest

from frontend.durations import ago, exactly, roughly


@pytest.mark.parametrize(
    ("seconds", "exact", "rough"),
    [
        (4, "4.0 s", "About 10 s"),
        (52.16, "52.2 s", "About 50 s"),
        (113.9, "1 min 53 s", "About 2 min"),
        (3601, "1 h 0 min", "About 1 h"),
        (9300, "2 h 35 min", "About 2.5 h"),
    ],
)
def test_durations(seconds: float, exact: str, rough: str):
    assert (exactly(timedelta(seconds=seconds)), roughly(seconds)) == (exact, rough)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1, seconds=50), "1 minute ago"),
        (timedelta(hours=25), "1 day ago"),
    ],
)
def test_how_long_ago(passed: timedelta, said: str):
    assert ago(passed) == said
