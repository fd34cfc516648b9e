"""The event log: a Redis stream per run, read by id, so that a reader who was away misses nothing.

An entry holds one event as JSON. Ids grow, so "what came after the id that I have" is well
defined, and a log that was written to the store keeps the ids of its stream.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from pruning.events import EVENT, Event, Fold, Result

BEGINNING = "0"
_FIELD = b"event"


class Entry(NamedTuple):
    """One event of a run: its id in the log and its JSON."""

    id: str
    json: bytes

    @property
    def event(self) -> Event:
        """The event itself."""
        return EVENT.validate_json(self.json)

    @property
    def is_end(self) -> bool:
        """Whether the event is the run's last, told without parsing a frame's arrays."""
        return self.json.startswith(b'{"kind":"end"')

    @property
    def is_progress(self) -> bool:
        """Whether the event says how far the run is, told in the same way."""
        return self.json.startswith(b'{"kind":"progress"')


def encode(event: Event) -> bytes:
    """The JSON of one event."""
    return event.model_dump_json().encode()


def stream_key(run_id: str) -> str:
    """The key of a run's stream."""
    return f"prunelab:run:{run_id}:events"


class EventLog:
    """Writes and reads the streams of runs."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def append(self, run_id: str, events: Sequence[Event]) -> list[Entry]:
        """Add events in one round trip."""
        documents = [encode(event) for event in events]
        with self._redis.pipeline(transaction=False) as pipe:
            for json in documents:
                pipe.xadd(stream_key(run_id), {_FIELD: json})
            written = pipe.execute()
        return [Entry(_text(i), json) for i, json in zip(written, documents, strict=True)]

    def close(self, run_id: str, end: Entry, seconds: int) -> None:
        """Add the last entry under the id that it has in the store, and let the stream expire.

        It expires also if the entry is refused: the store has it all.
        """
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.xadd(stream_key(run_id), {_FIELD: end.json}, id=end.id)
            pipe.expire(stream_key(run_id), seconds)
            pipe.execute()

    def close_all(self, run_ids: Sequence[str], end: Entry, seconds: int) -> None:
        """Do so for many runs of which nothing else was said, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipe:
            for run_id in run_ids:
                pipe.xadd(stream_key(run_id), {_FIELD: end.json}, id=end.id)
                pipe.expire(stream_key(run_id), seconds)
            # One whose stream holds something already refuses the entry; the store has it all.
            pipe.execute(raise_on_error=False)

    def read(self, run_id: str, after: str = BEGINNING) -> list[Entry]:
        """All entries after the one whose id is ``after``."""
        return _entries(self._redis.xrange(stream_key(run_id), min=f"({after}"))

    def last(self, run_id: str) -> list[Entry]:
        """The last entry, if there is one."""
        return self.latest(run_id, 1)

    def latest(self, run_id: str, count: int) -> list[Entry]:
        """The last entries, the latest first."""
        return _entries(self._redis.xrevrange(stream_key(run_id), count=count))


class EventTail:
    """Waits for new entries, for the live stream."""

    def __init__(self, redis: AsyncRedis) -> None:
        self._redis = redis

    async def wait(self, run_id: str, after: str, seconds: float, most: int) -> list[Entry]:
        """The entries after ``after``, as soon as there are any; none after ``seconds``."""
        answer: Any = await self._redis.xread(
            {stream_key(run_id): after}, block=int(seconds * 1000), count=most
        )
        return [entry for _, found in answer or () for entry in _entries(found)]

    async def read(self, run_id: str, after: str, until: str, most: int) -> list[Entry]:
        """The first entries after ``after``, up to ``until``, of those that are there."""
        found = await self._redis.xrange(stream_key(run_id), f"({after}", until, count=most)
        return _entries(found)

    async def last_id(self, run_id: str) -> str:
        """The id of the last entry, or the beginning."""
        found = _entries(await self._redis.xrevrange(stream_key(run_id), count=1))
        return found[0].id if found else BEGINNING


def fold_entries(entries: Iterable[Entry]) -> Result:
    """The result that the entries of a log add up to."""
    folding = Fold()
    for entry in entries:
        folding.add(entry.event)
    return folding.result


def next_id(entries: Sequence[Entry]) -> str:
    """An id just after all of the entries', whatever their order."""
    moment, count = max((order(entry.id) for entry in entries), default=(0, 0))
    return f"{moment}-{count + 1}"


def pack(entries: Iterable[Entry]) -> bytes:
    """A whole log as gzipped JSON lines, for the store."""
    return gzip.compress(b"\n".join(map(as_json, entries)), compresslevel=3)


def as_json(entry: Entry) -> bytes:
    """An entry as the store and the live stream have it."""
    return orjson.dumps({"id": entry.id, "event": orjson.Fragment(entry.json)})


def unpack(packed: bytes, after: str = BEGINNING) -> list[Entry]:
    """The entries of a stored log that come after the one whose id is ``after``."""
    lines = (orjson.loads(line) for line in gzip.decompress(packed).splitlines())
    entries = (Entry(line["id"], orjson.dumps(line["event"])) for line in lines)
    return [entry for entry in entries if order(entry.id) > order(after)]


def order(event_id: str) -> tuple[int, int]:
    """What ids are sorted by: the moment, and the place within it."""
    moment, _, count = event_id.partition("-")
    return int(moment), int(count or 0)


def _entries(found: Any) -> list[Entry]:
    return [Entry(_text(event_id), fields[_FIELD]) for event_id, fields in found]


def _text(event_id: Any) -> str:
    return event_id.decode() if isinstance(event_id, bytes) else str(event_id)
