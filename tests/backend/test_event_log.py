"""The event log: in order, by id, the same from the stream and from the store."""

from __future__ import annotations

import asyncio

import pytest
from redis import Redis, ResponseError
from redis.asyncio import Redis as AsyncRedis

from backend.event_log import (
    Entry,
    EventLog,
    EventTail,
    encode,
    fold_entries,
    next_id,
    pack,
    stream_key,
    unpack,
)
from pruning.events import Array, End, Frame, Point, Progress, fold

EVENTS = [
    Progress(done=1, total=2, message="half – √2"),
    Point(series="accuracy/lrp", x=0.5, y=0.25, labels={"scenario": "train"}),
    Frame(name="boundary/lrp", at=0.5, arrays={"class": Array.of([[0, 1], [1, 0]], "u1")}),
    End(status="done"),
]


@pytest.fixture
def log(redis: Redis) -> EventLog:
    return EventLog(redis)


def test_events_come_back_as_they_were_written(log: EventLog):
    written = log.append("a", EVENTS)
    assert log.read("a") == written
    assert [entry.event for entry in log.read("a")] == EVENTS
    assert fold_entries(log.read("a")) == fold(EVENTS)
    assert [entry.is_end for entry in written] == [False, False, False, True]
    assert log.read("b") == []


@pytest.mark.parametrize("seen", range(5))
def test_a_reader_asks_for_what_came_after_the_id_it_has(log: EventLog, seen: int):
    written = log.append("a", EVENTS)
    after = written[seen - 1].id if seen else "0"
    assert log.read("a", after) == written[seen:]
    assert unpack(pack(written), after) == written[seen:]


@pytest.mark.parametrize("count", [0, 3])
def test_a_closed_log_ends_with_the_entry_that_the_store_has_and_expires(
    log: EventLog, redis: Redis, count: int
):
    written = log.append("a", EVENTS[:count])
    assert redis.ttl(stream_key("a")) < 0
    end = Entry(next_id(written), encode(EVENTS[3]))
    log.close("a", end, 60)
    assert log.read("a") == [*written, end]
    assert 0 < redis.ttl(stream_key("a")) <= 60


def test_a_log_expires_also_when_its_last_entry_is_refused(log: EventLog, redis: Redis):
    written = log.append("a", EVENTS[:3])
    with pytest.raises(ResponseError, match="equal or smaller"):
        log.close("a", Entry("1-0", encode(EVENTS[3])), 60)
    assert log.read("a") == written
    assert 0 < redis.ttl(stream_key("a")) <= 60


def test_a_tail_wakes_up_when_something_is_written(log: EventLog, valkey):
    async def wait() -> tuple[list, list]:
        async with AsyncRedis.from_url(valkey.url, protocol=2) as client:
            tail = EventTail(client)
            nothing = await tail.wait("a", "0", 0.05, most=10)
            waiting = asyncio.create_task(tail.wait("a", "0", 5, most=10))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(log.append, "a", EVENTS[:1])
            return nothing, await waiting

    nothing, found = asyncio.run(wait())
    assert nothing == []
    assert [entry.event for entry in found] == EVENTS[:1]
