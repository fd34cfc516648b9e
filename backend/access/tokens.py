"""Bearer tokens for the API: shown once, kept as hashes, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, delete, or_, select, update
from sqlalchemy.orm import Session

from backend.problems import not_found
from backend.store.models import TokenRow
from backend.store.repository import now

# One sees by it what a string is that was found in a log or a repository.
PREFIX = "prunelab_"
_LAST_USED_STEP = timedelta(minutes=1)


class Token(BaseModel):
    """A token, without itself."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Tokens:
    """The tokens of one database. They are random: their hashes need no salt and no slowness."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, user: str, name: str) -> tuple[Token, str]:
        """A new token of a user, and what to send; that cannot be shown again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        row = TokenRow(
            id=secrets.token_hex(8),
            name=name,
            user=user,
            token_hash=digest(secret),
            created_at=now(),
            last_used_at=None,
        )
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.add(row)
        return Token.model_validate(row), secret

    def of(self, user: str) -> list[Token]:
        """A user's tokens, the newest first."""
        wanted = select(TokenRow).where(TokenRow.user == user)
        with Session(self._engine) as session:
            rows = session.scalars(wanted.order_by(TokenRow.created_at.desc()))
            return [Token.model_validate(row) for row in rows]

    def revoke(self, user: str, token_id: str) -> None:
        """Make a token of a user's worthless."""
        wanted = (TokenRow.id == token_id, TokenRow.user == user)
        with self._engine.begin() as connection:
            if connection.execute(delete(TokenRow).where(*wanted)).rowcount == 0:
                raise not_found(f"token {token_id!r} of yours")

    def user(self, secret: str) -> str | None:
        """Whose token it is, or None."""
        wanted = TokenRow.token_hash == digest(secret)
        with self._engine.begin() as connection:
            user = connection.scalar(select(TokenRow.user).where(wanted))
            if user is not None:
                # A script that asks all the time need not write all the time.
                old = or_(
                    TokenRow.last_used_at.is_(None),
                    TokenRow.last_used_at < now() - _LAST_USED_STEP,
                )
                connection.execute(update(TokenRow).where(wanted, old).values(last_used_at=now()))
        return user


def digest(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
