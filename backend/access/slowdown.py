"""Attempts at passwords: the more of them are wrong, the longer until the next one."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MOST_CLIENTS = 10_000


@dataclass(frozen=True)
class Pace:
    """How many wrong attempts are free, how fast they are forgotten, how long a wait may get."""

    free: int
    forget_seconds: float
    longest_seconds: float


ONE_CLIENT = Pace(free=5, forget_seconds=120.0, longest_seconds=60.0)
# An attack from many places: everybody new has to wait, but never long.
ALL_CLIENTS = Pace(free=100, forget_seconds=6.0, longest_seconds=4.0)


class _Count:
    """Wrong attempts that are forgotten by and by."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._level = 0.0
        self._at = now
        self.due = now

    def level(self, now: float) -> float:
        forgotten = (now - self._at) / self._pace.forget_seconds
        return max(0.0, self._level - forgotten)

    def add(self, now: float) -> None:
        self._level, self._at = self.level(now) + 1, now
        over = round(self._level) - self._pace.free
        if over >= 0:
            self.due = now + min(self._pace.longest_seconds, 2.0 ** min(over, 10))

    def take_back(self, now: float) -> None:
        self._level, self._at = max(0.0, self.level(now) - 1), now


class Slowdown:
    """Paces attempts per client and over all clients.

    Nobody is locked out for ever: a client waits a minute at most. Where an attack comes from many
    places, whoever had the right password before from the same place does not wait for the others.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, _Count] = OrderedDict()
        self._all = _Count(ALL_CLIENTS, clock())
        self._known: OrderedDict[str, None] = OrderedDict()

    def begin(self, client: str) -> float:
        """How many seconds a client has to wait; with 0 its attempt may be looked at.

        The attempt counts as wrong until :meth:`succeeded`, so that many at once gain nothing.
        """
        now = self._clock()
        count = self._clients.get(client) or _Count(ONE_CLIENT, now)
        due = count.due if client in self._known else max(count.due, self._all.due)
        if due > now:
            return due - now
        count.add(now)
        self._all.add(now)
        self._remember(client, count, now)
        return 0.0

    def succeeded(self, client: str) -> None:
        """The attempt was right. Earlier wrong ones stay: they may have been at other names."""
        now = self._clock()
        self._all.take_back(now)
        if count := self._clients.get(client):
            count.take_back(now)
            count.due = now
        self._known[client] = None
        if len(self._known) > _MOST_CLIENTS:
            self._known.popitem(last=False)

    def _remember(self, client: str, count: _Count, now: float) -> None:
        self._clients[client] = count
        self._clients.move_to_end(client)
        while self._clients:
            oldest, found = next(iter(self._clients.items()))
            if found.level(now) > 0 and len(self._clients) <= _MOST_CLIENTS:
                break
            del self._clients[oldest]


def client_of(address: str | None) -> str:
    """Who counts as one client: an IPv4 address, or a whole IPv6 network of 64 bits."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network(f"{found}/64", strict=False))
