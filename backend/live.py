"""The live streams: of a run its events, its state and the machine room's health; of a dashboard
which state of it is the newest.

Each is looked after once for all who watch it (:mod:`backend.feeds`): what comes is gathered into
ticks, each encoded once, kept for a while under the id that it comes after. A watcher holds
nothing but the id that it has, and asks for what comes after it: whoever is slow, or was away,
gets the same bytes later, or has them read again from the log.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import orjson
from redis import RedisError

from backend.dashboards import Dashboards
from backend.event_log import BEGINNING, Entry, EventTail, as_json, order
from backend.feeds import Feed, Feeds
from backend.runs import Health, Run, Runs
from backend.services import Services
from pruning.experiments.base import experiments

# How long to wait for an event before looking after the run's state and the workers.
_LOOK_SECONDS = 1.0
# Ten ticks a second look fluent; where many watch, sending one takes longer than that, and the
# server has other things to do, too.
_TICK_SECONDS = 0.1
_TICK_SECONDS_PER_WATCHER = 0.001
# What one message holds at most, if it is more than one event, and what is kept of a run.
_TICK_BYTES = 256 * 1024
_TICK_ENTRIES = 256
_KEPT_BYTES = 4 * 2**20


class Tick(NamedTuple):
    """Events that travel together: the message, and the id of the last of them."""

    last: str
    message: str
    is_end: bool


class RunFeed(Feed):
    """What comes of one run.

    Attributes
    ----------
    run, health
        The messages that say its state, once it is known, and whether it can be worked on.
    ended
        Whether it has.
    """

    def __init__(self, runs: Runs, tail: EventTail, run_id: str) -> None:
        super().__init__()
        self.run: str | None = None
        self.health: str | None = None
        self.ended = False
        self._runs = runs
        self._tail = tail
        self._id = run_id
        self._state: Run | None = None
        self._well = Health(ok=True)
        self._newest = BEGINNING
        self._kept: OrderedDict[str, Tick] = OrderedDict()
        self._reading = asyncio.Lock()
        self._log: list[Entry] | None = None

    async def follow(self) -> None:
        """Gather ticks until the run has ended."""
        await self._look()
        self._newest = await self._start()
        await self.tell()
        looked = time.monotonic()
        while not self.ended:
            entries = await self._wait()
            is_due = time.monotonic() - looked >= _LOOK_SECONDS or self._is_queued
            if is_due or not entries or entries[-1].is_end:
                # The row knows before the stream does, but a look for every tick is too much.
                looked = time.monotonic()
                await self._look()
            if not entries:
                await self._look_at_health()
            for some in _cut(entries):
                self._keep(self._newest, some)
                self._newest = some[-1].id
            await self.tell()
            if len(entries) < _TICK_ENTRIES:
                await asyncio.sleep(max(_TICK_SECONDS, _TICK_SECONDS_PER_WATCHER * self.watchers))

    async def after(self, position: str) -> Tick | None:
        """The events that come after an id; None while there are no more of them."""
        while (tick := self._kept.get(position)) is None:
            # Once it has ended the store is complete, whatever the stream has lost.
            if not self.ended and order(position) >= order(self._newest):
                return None
            async with self._reading:
                if position not in self._kept:
                    entries = await self._read(position)
                    if not entries:
                        return None
                    self._keep(position, next(_cut(entries)))
        return tick

    @property
    def _is_queued(self) -> bool:
        return self._state is not None and self._state.status == "queued"

    async def _start(self) -> str:
        try:
            return await self._tail.last_id(self._id)
        except RedisError:
            return BEGINNING

    async def _wait(self) -> list[Entry]:
        try:
            return await self._tail.wait(self._id, self._newest, _LOOK_SECONDS, _TICK_ENTRIES)
        except RedisError:
            await asyncio.sleep(_LOOK_SECONDS)
            return []

    async def _look(self) -> None:
        state = await asyncio.to_thread(self._runs.get, self._id)
        if state != self._state:
            self._state = state
            self.run = _json({"kind": "run", "run": state.model_dump(mode="json")})
            self.ended = state.ended

    async def _look_at_health(self) -> None:
        if self._state is None or self.ended:
            return
        queue = experiments[self._state.experiment].queue
        health = await asyncio.to_thread(self._runs.health, queue)
        if health != self._well:
            self._well = health
            self.health = _json({"kind": "health", **health.model_dump()})

    async def _read(self, position: str) -> list[Entry]:
        """Some of what comes after an id, from the stream or, once it is complete, the store."""
        if self.ended:
            return [entry for entry in await self._whole() if order(entry.id) > order(position)]
        try:
            return await self._tail.read(self._id, position, self._newest, _TICK_ENTRIES)
        except RedisError:
            return []

    async def _whole(self) -> list[Entry]:
        if self._log is None:
            entries = await asyncio.to_thread(self._runs.events, self._id)
            self._log = sorted(entries, key=lambda entry: order(entry.id))
        return self._log

    def _keep(self, position: str, entries: Sequence[Entry]) -> None:
        self._kept[position] = Tick(entries[-1].id, _events(entries), entries[-1].is_end)
        held = sum(len(tick.message) for tick in self._kept.values())
        while held > _KEPT_BYTES and len(self._kept) > 1:
            held -= len(self._kept.popitem(last=False)[1].message)


async def follow(feeds: Feeds[RunFeed], run_id: str, after: str) -> AsyncGenerator[str]:
    """Yield messages until the run has ended and all its events were sent.

    Three kinds: ``events`` with entries after ``after``, ``run`` when the state changes, and
    ``health`` when Redis or the worker is gone and when they are back.

    Raises
    ------
    Problem
        404 if there is no such run.
    TooManyWatchersError
        If nobody more is let in.
    """
    async with feeds.of(run_id) as feed:
        run = health = None
        while True:
            if feed.run is not run:
                run = feed.run
                yield str(run)
                continue
            tick = await feed.after(after) if run else None
            # From here on to the wait for news nothing else has a turn: none is missed.
            if tick:
                after = tick.last
                yield tick.message
                if tick.is_end:
                    return
            elif feed.run is not run:
                continue
            elif feed.ended:
                return
            elif feed.health is not health:
                health = feed.health
                yield str(health)
            else:
                await feed.news()


class DashboardFeed(Feed):
    """Which state of one dashboard is the newest.

    The database is asked, by its primary key: whichever web process has made the change, it is
    seen there.
    """

    def __init__(self, dashboards: Dashboards, dashboard_id: str) -> None:
        super().__init__()
        self.state: str | None = None
        self._dashboards = dashboards
        self._id = dashboard_id

    async def follow(self) -> None:
        """Look until the dashboard is gone, which is a Problem."""
        while True:
            found = await asyncio.to_thread(self._dashboards.state, self._id)
            state = _json({"kind": "dashboard", **found.model_dump(mode="json")})
            if state != self.state:
                self.state = state
                await self.tell()
            await asyncio.sleep(_LOOK_SECONDS)


async def follow_dashboard(feeds: Feeds[DashboardFeed], dashboard_id: str) -> AsyncGenerator[str]:
    """Yield which state of a dashboard is the newest: at once, and whenever it is another.

    Raises
    ------
    Problem
        404 once there is no such dashboard.
    TooManyWatchersError
        If nobody more is let in.
    """
    async with feeds.of(dashboard_id) as feed:
        known = None
        while True:
            if feed.state is not known:
                known = feed.state
                yield str(known)
            else:
                await feed.news()


def feeds_of(services: Services, tail: EventTail) -> tuple[Feeds[RunFeed], Feeds[DashboardFeed]]:
    """What this process looks after for those who watch."""
    most = services.settings.most_watchers
    return (
        Feeds(partial(RunFeed, services.runs, tail), most),
        Feeds(partial(DashboardFeed, services.dashboards), most),
    )


def _cut(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Entries in pieces of a size that can be sent; one that is larger is a piece of its own."""
    first = size = 0
    for place, entry in enumerate(entries):
        size += len(entry.json)
        if place > first and size > _TICK_BYTES:
            yield entries[first:place]
            first, size = place, len(entry.json)
    if entries:
        yield entries[first:]


def _events(entries: Sequence[Entry]) -> str:
    # When the tick was made: what it takes from there to a page is the network's and the page's.
    told = [orjson.Fragment(as_json(entry)) for entry in entries]
    return _json({"kind": "events", "at": time.time(), "events": told})


def _json(message: dict[str, object]) -> str:
    return orjson.dumps(message).decode()
