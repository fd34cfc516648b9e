"""Attempts at passwords: the more of them are wrong, the longer until the next one.

Comments are paced in the same way; none of them is ever the right one.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MOST_CLIENTS = 10_000
# An address of IPv6 is one of a household's, which has a network of so many bits.
_HOME = "/64"


@dataclass(frozen=True)
class Pace:
    """How many wrong attempts are free, how fast they are forgotten, how long a wait may get."""

    free: int
    forget_seconds: float
    longest_seconds: float


ONE_CLIENT = Pace(free=5, forget_seconds=120.0, longest_seconds=60.0)
# Whoever has a network of IPv6 has as many clients as there are, but is one attacker.
ONE_NETWORK = Pace(free=20, forget_seconds=60.0, longest_seconds=60.0)
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
    """Paces attempts per client, per network of IPv6, and over all clients.

    Nobody is kept out by wrong attempts of their own: a client waits a minute at most. An attack
    from ever new places does keep strangers out for as long as it goes on: one attempt every few
    seconds is looked at, whoever is the first to make it. Whoever had the right password before
    from the same place does not wait for the others; nor do sessions and tokens, which are no
    attempts.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counted: OrderedDict[str, _Count] = OrderedDict()
        self._all = _Count(ALL_CLIENTS, clock())
        self._known: OrderedDict[str, None] = OrderedDict()

    def begin(self, client: str) -> float:
        """How many seconds a client has to wait; with 0 its attempt may be looked at.

        The attempt counts as wrong until :meth:`succeeded`, so that many at once gain nothing.
        """
        now = self._clock()
        counts = self._counts(client, now)
        own, *others = [*counts.values(), self._all]
        obeyed = [own] if client in self._known else [own, *others]
        due = max(count.due for count in obeyed)
        if due > now:
            return due - now
        self._all.add(now)
        for name, count in counts.items():
            count.add(now)
            self._remember(name, count, now)
        return 0.0

    def succeeded(self, client: str) -> None:
        """The attempt was right. Earlier wrong ones stay: they may have been at other names."""
        now = self._clock()
        counts = self._counts(client, now)
        for count in (self._all, *counts.values()):
            count.take_back(now)
        counts[client].due = now
        self._known[client] = None
        if len(self._known) > _MOST_CLIENTS:
            self._known.popitem(last=False)

    def _counts(self, client: str, now: float) -> dict[str, _Count]:
        """What attempts of a client count for: itself first, then the network that it is in."""
        paces = {client: ONE_CLIENT}
        if network := _network_of(client):
            paces[network] = ONE_NETWORK
        return {name: self._counted.get(name) or _Count(pace, now) for name, pace in paces.items()}

    def _remember(self, name: str, count: _Count, now: float) -> None:
        self._counted[name] = count
        self._counted.move_to_end(name)
        while self._counted:
            oldest, found = next(iter(self._counted.items()))
            if found.level(now) > 0 and len(self._counted) <= _MOST_CLIENTS:
                break
            del self._counted[oldest]


def client_of(address: str | None) -> str:
    """Who counts as one client: an IPv4 address, or a whole IPv6 network of 64 bits."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network(f"{found}{_HOME}", strict=False))


def _network_of(client: str) -> str | None:
    """What a provider gives to one customer at most: 65,536 clients of IPv6."""
    address, *what = client.split(" ")
    if not address.endswith(_HOME):
        return None
    return " ".join((str(ipaddress.ip_network(address).supernet(new_prefix=48)), *what))
