"""Events add up to a result, and saying something twice changes nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest
from pydantic import ValidationError

from pruning.events import (
    EVENT,
    TERMINAL,
    Array,
    Artifact,
    End,
    Event,
    Frame,
    Note,
    Point,
    Progress,
    Table,
    fold,
)

COLUMNS = ["criterion", "sparsity", "accuracy"]

EVENTS: list[Event] = [
    Progress(done=0, total=2, message="Training"),
    Point(series="accuracy", x=0.0, y=0.9, labels={"scenario": "train"}),
    Point(series="accuracy", x=0.0, y=0.8, labels={"scenario": "test"}),
    Point(series="accuracy", x=0.5, y=0.7, labels={"scenario": "train"}),
    Frame(name="boundary", at=0.0, arrays={"class": Array.of([[0, 1], [1, 0]], "u1")}),
    Frame(name="boundary", at=0.5, arrays={"class": Array.of([[1, 1], [1, 1]], "u1")}),
    Table(name="accuracy", columns=COLUMNS, key=COLUMNS[:2], rows=[["lrp", 0.0, 0.9]]),
    Table(name="accuracy", columns=COLUMNS, key=COLUMNS[:2], rows=[["lrp", 0.5, 0.7]]),
    Artifact(name="network", media_type="application/octet-stream", size=3, path="network.bin"),
    Note(level="warning", text="careful"),
    Progress(done=2, total=2),
    End(status="done"),
]


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "f2", "f4", "f8"])
@pytest.mark.parametrize("shape", [(6,), (2, 3), (1, 2, 3), (0,)])
def test_an_array_comes_back_as_it_was(dtype: str, shape: tuple[int, ...]):
    values = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
    array = Array.of(values, dtype)
    assert array.dtype == dtype
    np.testing.assert_array_equal(array.numpy(), values)
    assert array.numpy().shape == shape


def test_integers_are_rounded_to_the_nearest():
    assert Array.of([0.4, 0.6, 99.5000001], "u1").numpy().tolist() == [0, 1, 100]


def test_bytes_are_little_endian_whatever_the_machine():
    assert Array.of(np.array([1], ">i4"), "i4").bdata == "AQAAAA=="


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_an_event_survives_json(event: Event):
    assert EVENT.validate_json(event.model_dump_json()) == event


def test_an_unknown_kind_or_field_is_refused():
    for text in ('{"kind": "gossip"}', '{"kind": "end", "status": "done", "why": 1}'):
        with pytest.raises(ValidationError):
            EVENT.validate_json(text)


def test_a_result_is_the_sum_of_its_events():
    result = fold(EVENTS)
    assert result.series["accuracy"].x == [0.0, 0.0, 0.5]
    assert result.series["accuracy"].y == [0.9, 0.8, 0.7]
    assert result.series["accuracy"].labels == {"scenario": ["train", "test", "train"]}
    assert [frame.at for frame in result.frames["boundary"]] == [0.0, 0.5]
    assert result.tables["accuracy"].columns == COLUMNS
    assert result.tables["accuracy"].rows == [["lrp", 0.0, 0.9], ["lrp", 0.5, 0.7]]
    assert [artifact.name for artifact in result.artifacts] == ["network"]
    assert [note.text for note in result.notes] == ["careful"]
    assert result.progress == Progress(done=2, total=2)
    assert result.status == "done"
    assert result.status in TERMINAL


def test_an_unfinished_result_is_running():
    assert fold([]).status == "running"
    assert "running" not in TERMINAL


@pytest.mark.parametrize("seed", range(5))
def test_events_that_are_said_again_change_nothing(seed: int):
    again = EVENTS.copy()
    for event in random.Random(seed).sample(EVENTS[:-2], 6):
        after = EVENTS.index(event)
        again.insert(again.index(EVENTS[after]) + 1, event)
    assert fold(again) == fold(EVENTS)
    assert fold([*EVENTS, *EVENTS]) == fold(EVENTS)


def test_the_later_of_two_events_with_one_key_replaces_the_earlier():
    result = fold(
        [
            *EVENTS,
            Point(series="accuracy", x=0.0, y=0.1, labels={"scenario": "test"}),
            Frame(name="boundary", at=0.0, arrays={}),
            Table(name="accuracy", columns=COLUMNS, key=COLUMNS[:2], rows=[["lrp", 0.0, 0.2]]),
        ]
    )
    assert result.series["accuracy"].y == [0.9, 0.1, 0.7]
    assert result.frames["boundary"][0].arrays == {}
    assert len(result.frames["boundary"]) == 2
    assert result.tables["accuracy"].rows == [["lrp", 0.0, 0.2], ["lrp", 0.5, 0.7]]


def test_a_label_that_comes_late_is_empty_before():
    result = fold([Point(series="s", x=0, y=1), Point(series="s", x=1, y=1, labels={"seed": 3})])
    assert result.series["s"].labels == {"seed": [None, 3]}


def test_a_failed_run_keeps_what_it_had_and_says_why():
    result = fold([*EVENTS[:4], End(status="failed", error="it broke")])
    assert (result.status, result.error) == ("failed", "it broke")
    assert result.series["accuracy"].y == [0.9, 0.8, 0.7]
