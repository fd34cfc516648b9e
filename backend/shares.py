"""Shares: frozen results behind links that nobody can guess and that can be revoked.

Of a link's token only the hash is kept. Revoking forgets that hash, what was shared, and what was
written below it, so that a revoked token is, to the database as to whoever tries it, one that
never was.
"""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Engine, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from backend.access.passwords import hash_password
from backend.access.tokens import digest
from backend.problems import Problem, not_found
from backend.store.models import CommentRow, ShareRow
from backend.store.repository import now

TOKEN_BYTES = 24
ANYWHERE = "*"
NOWHERE = "'none'"

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:\d{1,5})?", re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"
MOST_PICTURE_BYTES = 2 * 2**20


class Share(BaseModel):
    """A share, without what opens it and without what it shows."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    source: dict[str, Any]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_opened_at: datetime | None
    opened: int
    has_password: bool
    frame_ancestors: str
    takes_comments: bool

    @property
    def is_open(self) -> bool:
        """Whether its link leads anywhere."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now())


@dataclass(frozen=True)
class Opened:
    """What a link leads to; ``password_hash`` has to be met first where there is one."""

    share: Share
    password_hash: str | None
    has_picture: bool


class Shares:
    """The shares of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(
        self,
        snapshot: bytes,
        title: str,
        source: dict[str, Any],
        *,
        expires_at: datetime | None = None,
        password: str | None = None,
        frame_ancestors: Sequence[str] = (ANYWHERE,),
        picture: bytes | None = None,
        takes_comments: bool = False,
    ) -> tuple[Share, str]:
        """Keep a snapshot (JSON); the token that opens it cannot be had again.

        Raises
        ------
        Problem
            422 for an end in the past, a picture that is no PNG, or frames that are no origins.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = ShareRow(
            id=secrets.token_hex(8),
            token_hash=digest(token),
            title=title,
            source=source,
            snapshot=gzip.compress(snapshot, 6),
            picture=_picture(picture),
            password_hash=hash_password(password) if password else None,
            frame_ancestors=_ancestors(frame_ancestors),
            takes_comments=takes_comments,
            created_at=now(),
            expires_at=_future(expires_at),
            revoked_at=None,
            last_opened_at=None,
            opened=0,
        )
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.add(row)
        return _share(row), token

    def open(self, token: str) -> Opened:
        """What a token leads to.

        Raises
        ------
        Problem
            The same 404 for a token that was guessed, has expired, was revoked or is something
            else.
        """
        with Session(self._engine) as session:
            wanted = select(ShareRow, ShareRow.picture.is_not(None)).where(*_opened_by(token))
            found = session.execute(wanted.options(*_LIGHT)).one_or_none()
            if found is None:
                raise not_found("share behind this link")
            row, has_picture = found
            return Opened(_share(row), row.password_hash, has_picture)

    def snapshot(self, share: Share) -> bytes:
        """What was frozen, as JSON."""
        return gzip.decompress(self._column(share, ShareRow.snapshot))

    def picture(self, share: Share) -> bytes | None:
        """A picture of it as PNG, if one was given."""
        return cast("bytes | None", self._column(share, ShareRow.picture))

    def note_opened(self, share: Share) -> None:
        """Somebody looks at it."""
        with self._engine.begin() as connection:
            change = update(ShareRow).where(ShareRow.id == share.id)
            connection.execute(change.values(opened=ShareRow.opened + 1, last_opened_at=now()))

    def all(self) -> list[Share]:
        """All shares, also those that are over, the newest first."""
        wanted = select(ShareRow).options(*_LIGHT)
        with Session(self._engine) as session:
            rows = session.scalars(wanted.order_by(ShareRow.created_at.desc(), ShareRow.id))
            return [_share(row) for row in rows]

    def revoke(self, share_id: str) -> Share:
        """Let the link lead nowhere from now on, and forget what was shared.

        Raises
        ------
        Problem
            404 for a share that does not exist.
        """
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            row = session.get(ShareRow, share_id, options=_LIGHT)
            if row is None:
                raise not_found(f"share {share_id!r}")
            if row.revoked_at is None:
                row.revoked_at = now()
                row.token_hash = secrets.token_hex(32)
                row.snapshot, row.picture, row.takes_comments = b"", None, False
                session.execute(delete(CommentRow).where(CommentRow.share_id == row.id))
        return _share(row)

    def _column(self, share: Share, column: InstrumentedAttribute[Any]) -> Any:
        wanted = select(column).where(ShareRow.id == share.id, *_alive())
        with self._engine.connect() as connection:
            found = connection.execute(wanted).one_or_none()
        if found is None:
            raise not_found("share behind this link")
        return found[0]


# What is shown may be megabytes; the list of shares and a wrong password need none of it.
_LIGHT = (defer(ShareRow.snapshot), defer(ShareRow.picture))


def _share(row: ShareRow) -> Share:
    values = {name: getattr(row, name) for name in Share.model_fields if name != "has_password"}
    return Share(**values, has_password=row.password_hash is not None)


def _alive() -> list[ColumnElement[bool]]:
    endless = ShareRow.expires_at.is_(None)
    return [ShareRow.revoked_at.is_(None), or_(endless, ShareRow.expires_at > now())]


def _opened_by(token: str) -> list[ColumnElement[bool]]:
    return [ShareRow.token_hash == digest(token), *_alive()]


def _future(moment: datetime | None) -> datetime | None:
    if moment is not None and moment <= now():
        raise Problem(422, "The request is not valid", "expires_at: has to be in the future")
    return moment


def _picture(picture: bytes | None) -> bytes | None:
    if picture is None:
        return None
    if len(picture) > MOST_PICTURE_BYTES:
        detail = f"picture: may have at most {MOST_PICTURE_BYTES // 2**20} MiB"
        raise Problem(422, "The request is not valid", detail)
    if not picture.startswith(_PNG):
        raise Problem(422, "The request is not valid", "picture: is no PNG")
    return picture


def _ancestors(origins: Sequence[str]) -> str:
    """The source list of ``frame-ancestors``: only what can stand there and nowhere else."""
    for origin in origins:
        if origin != ANYWHERE and not _ORIGIN.fullmatch(origin):
            detail = f"frame_ancestors: {origin!r} is no origin such as https://example.org, nor *"
            raise Problem(422, "The request is not valid", detail)
    return ANYWHERE if ANYWHERE in origins else " ".join(origins) or NOWHERE
