"""Sessions: a signed cookie that says who logged in, and ends when the password changes."""

from __future__ import annotations

import hmac
import math
import secrets
import time

from itsdangerous import BadData
from starlette.responses import Response

from backend.access.key import Key
from backend.access.users import User, Users

COOKIE = "prunelab_session"


class Sessions:
    """The sessions of this installation.

    Nothing of a session is stored. One that was ended by logging out is remembered by this process
    until it would have ended by itself; changing the password ends all sessions for good.
    """

    def __init__(self, key: Key, users: Users, hours: float) -> None:
        self._key = key
        self._users = users
        self._seconds = math.ceil(3600 * hours)
        self._ended: dict[str, float] = {}

    def begin(self, response: Response, user: User, *, secure: bool) -> None:
        """Give the browser the cookie of a new session."""
        said = {"user": user.name, "mark": user.mark, "id": secrets.token_urlsafe(12)}
        response.set_cookie(
            COOKIE,
            self._key.serializer("session").dumps(said),
            max_age=self._seconds,
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def user(self, cookie: str) -> User | None:
        """Whose session it is; None if it is nobody's (any more)."""
        said = self._read(cookie)
        user = self._users.get(said["user"]) if said else None
        if said is None or user is None or said["id"] in self._ended:
            return None
        return user if hmac.compare_digest(user.mark, said["mark"]) else None

    def end(self, response: Response, cookie: str) -> None:
        """Let the browser and this process forget a session."""
        now = time.monotonic()
        self._ended = {name: until for name, until in self._ended.items() if until > now}
        if said := self._read(cookie):
            self._ended[said["id"]] = now + self._seconds
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def _read(self, cookie: str) -> dict[str, str] | None:
        try:
            said = self._key.serializer("session").loads(cookie, max_age=self._seconds)
        except BadData:
            return None
        return dict(said)
