"""What is watched live: each thing is looked after once, however many watch it."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar

# So many watchers are told in one go; then everybody else has a turn, and threads, which answer
# most requests, find the interpreter free.
_TOLD_AT_ONCE = 10
_TURN_SECONDS = 0.002
# After so many have left, what they took is given back to the system.
_MANY = 100
_PAUSE_SECONDS = 2.0


class TooManyWatchersError(Exception):
    """As many connections watch as are let in."""


class Feed(ABC):
    """One thing that is watched: a task looks after it and tells those who wait.

    Attributes
    ----------
    watchers, most_watchers
        How many there are, and were at most.
    """

    def __init__(self) -> None:
        self.watchers = self.most_watchers = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def follow(self) -> None:
        """Look after it until there is nothing more to come; :meth:`tell` whenever it is."""

    async def news(self) -> None:
        """Wait until there is something new, and raise what went wrong with looking."""
        if self._task is not None and self._task.done():
            self._task.result()
            return
        told = asyncio.get_running_loop().create_future()
        self._waiting.append(told)
        await told

    async def tell(self) -> None:
        """Wake all who wait, a few at a time: what each sends takes its time."""
        waiting, self._waiting = self._waiting, []
        for place, told in enumerate(waiting):
            if not told.done():
                told.set_result(None)
            if place % _TOLD_AT_ONCE == _TOLD_AT_ONCE - 1:
                await asyncio.sleep(_TURN_SECONDS)

    def start(self) -> None:
        """Begin to look after it."""
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Nobody watches any more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._task

    async def _follow(self) -> None:
        try:
            await self.follow()
        finally:
            # Whoever still waits finds that the task is over, or why.
            asyncio.get_running_loop().call_soon(self._release)

    def _release(self) -> None:
        for told in self._waiting:
            if not told.done():
                told.set_result(None)
        self._waiting = []


F = TypeVar("F", bound=Feed)


class Feeds(Generic[F]):
    """The feeds that are watched right now, by the id of what is watched.

    Parameters
    ----------
    make
        Makes the feed of an id.
    most
        How many may watch at the same time, all feeds together.
    """

    def __init__(self, make: Callable[[str], F], most: int) -> None:
        self._make = make
        self._most = most
        self._feeds: dict[str, F] = {}

    @property
    def watchers(self) -> int:
        """How many watch."""
        return sum(feed.watchers for feed in self._feeds.values())

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[F]:
        """Watch what has this id; its feed begins with the first watcher, ends with the last.

        Raises
        ------
        TooManyWatchersError
            If nobody more is let in.
        """
        if self.watchers >= self._most:
            raise TooManyWatchersError
        if key not in self._feeds:
            self._feeds[key] = self._make(key)
            self._feeds[key].start()
        feed = self._feeds[key]
        feed.watchers += 1
        feed.most_watchers = max(feed.most_watchers, feed.watchers)
        try:
            yield feed
        finally:
            feed.watchers -= 1
            if not feed.watchers:
                del self._feeds[key]
                await feed.stop()
                if feed.most_watchers >= _MANY:
                    asyncio.get_running_loop().call_later(_PAUSE_SECONDS, _give_back)


def _give_back() -> None:
    """Return to the system what hundreds of connections took: by itself little of it goes."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
