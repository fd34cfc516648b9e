"""Sessions: a signed cookie that says who logged in, and ends when the password changes."""

from __future__ import annotations

import hmac
import math
import secrets
from contextlib import suppress
from datetime import timedelta

from itsdangerous import BadData
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from backend.access.key import Key
from backend.access.users import User, Users
from backend.store.models import EndedSession
from backend.store.repository import now

COOKIE = "prunelab_session"


class Sessions:
    """The sessions of this installation.

    Nothing of a session is stored, but for those that were ended by logging out: the database has
    their ids until they would have ended by themselves, for all processes and over restarts.
    Changing the password ends all sessions for good.
    """

    def __init__(self, key: Key, users: Users, engine: Engine, hours: float) -> None:
        self._key = key
        self._users = users
        self._engine = engine
        self._seconds = math.ceil(3600 * hours)

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
        if said is None or user is None or not hmac.compare_digest(user.mark, said["mark"]):
            return None
        return None if self._has_ended(said["id"]) else user

    def end(self, response: Response, cookie: str) -> None:
        """End a session for good, and let the browser forget it."""
        if said := self._read(cookie):
            self._note_ended(said["id"])
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def _has_ended(self, session_id: str) -> bool:
        wanted = select(EndedSession.id).where(EndedSession.id == session_id)
        with self._engine.connect() as connection:
            return connection.scalar(wanted) is not None

    def _note_ended(self, session_id: str) -> None:
        over = EndedSession.ended_at < now() - timedelta(seconds=self._seconds)
        # Of two windows that log out of one session, either may be first.
        with suppress(IntegrityError), self._engine.begin() as connection:
            connection.execute(delete(EndedSession).where(over))
            connection.execute(insert(EndedSession).values(id=session_id, ended_at=now()))

    def _read(self, cookie: str) -> dict[str, str] | None:
        try:
            said = self._key.serializer("session").loads(cookie, max_age=self._seconds)
        except BadData:
            return None
        return dict(said)
