"""Everything about access, put together once per process."""

from __future__ import annotations

import ipaddress
from functools import partial

import anyio
from sqlalchemy import Engine

from backend.access.errors import AccessError
from backend.access.key import Key
from backend.access.passwords import is_right
from backend.access.sessions import Sessions
from backend.access.slowdown import Slowdown
from backend.access.tokens import Tokens
from backend.access.users import User, Users
from backend.settings import Settings

# Argon2 takes 64 MiB and a core for a moment: strangers may have this many of each.
_AT_ONCE = 2


class TooSoonError(Exception):
    """Too many wrong passwords, or comments, came; the next is looked at after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = seconds


class Access:
    """Users, their sessions and their tokens."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.is_on = settings.needs_login
        self.key = Key(settings)
        self.users = Users(settings, self.key)
        self.sessions = Sessions(self.key, self.users, engine, settings.session_hours)
        self.tokens = Tokens(engine)
        self._logins = Slowdown()
        self._unlocks = Slowdown()
        self._comments = Slowdown()
        self._at_once = anyio.CapacityLimiter(_AT_ONCE)

    def check(self) -> None:
        """Raise :class:`AccessError` if it is set up in a way that lets nobody in, or anybody."""
        self.key.check()
        self.users.check()

    async def log_in(self, client: str, name: str, password: str) -> User | None:
        """The user whose password it is, or None; :class:`TooSoonError` for the impatient."""
        _wait(self._logins, client)
        look = partial(self.users.log_in, name, password)
        user = await anyio.to_thread.run_sync(look, limiter=self._at_once)
        if user is not None:
            self._logins.succeeded(client)
        return user

    async def unlock(self, client: str, share_id: str, password: str, hashed: str) -> bool:
        """Whether it is the password of a share; :class:`TooSoonError` for the impatient."""
        who = f"{client} {share_id}"
        _wait(self._unlocks, who)
        look = partial(is_right, password, hashed)
        right = await anyio.to_thread.run_sync(look, limiter=self._at_once)
        if right:
            self._unlocks.succeeded(who)
        return right

    def pace_comment(self, client: str) -> None:
        """Count a comment of a client; :class:`TooSoonError` for who writes too many at once."""
        _wait(self._comments, client)


def _wait(slowdown: Slowdown, client: str) -> None:
    seconds = slowdown.begin(client)
    if seconds > 0:
        raise TooSoonError(seconds)


def check_access(settings: Settings, host: str) -> None:
    """Raise :class:`AccessError` where nobody would be let in, or anybody in the network."""
    if not settings.needs_login and not is_loopback(host):
        raise AccessError(
            f"{host or 'an empty host'} can be reached from other machines; set PRUNELAB_PASSWORD, "
            "or PRUNELAB_USERS to a file of users (`prunelab password`), or leave --host out"
        )
    key = Key(settings)
    key.check()
    Users(settings, key).check()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it. Any unusual way to write an address counts as no."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
