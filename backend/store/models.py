"""The tables, as SQLAlchemy sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backend.utc import in_utc


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, in UTC on both ways: SQLite keeps no time zone and PostgreSQL gives its own.

    One without a time zone is taken to be in UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Store the moment in UTC."""
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return the stored moment in UTC."""
        return None if value is None else in_utc(value)


# Where a run stands: in the lists, in the bin, or nowhere, being only a part of one.
LISTED, BINNED, PART = "listed", "binned", "part"


class Base(DeclarativeBase):
    """The base of every table."""


def _sorted_by(name: str, *covered: str) -> Index:
    """An index of what stands on a shelf, in one of the orders that people ask for."""
    columns = dict.fromkeys(("shelf", name, "created_at", "id"))
    return Index(f"ix_runs_shelf_{name}", *columns, *covered)


class RunRow(Base):
    """One submitted experiment. This row, not Celery's state, is the truth about a run.

    A divided run has no worker of its own: its parts are rows that name it as their parent, until
    it ends. A part that waits for another one is ``blocked``.

    The last columns follow from the others and from the result; lists are made of them, so that
    none has to look into JSON (see :mod:`backend.store.facts`).
    """

    __tablename__ = "runs"
    __table_args__ = (
        # With the text in it a search reads the index alone, not ten times as much.
        *(_sorted_by(name, "search") for name in ("created_at", "experiment", "status")),
        *map(_sorted_by, ("sort_title", "dataset", "model", "criteria", "main_value")),
        *map(_sorted_by, ("duration", "starred", "tag_line")),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    experiment: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    config_hash: Mapped[str] = mapped_column(String(16), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    error: Mapped[str | None] = mapped_column(Text)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    divided: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[str | None] = mapped_column(
        ForeignKey("runs.id", ondelete="CASCADE"), index=True
    )
    part: Mapped[str | None] = mapped_column(String(128))
    lease_owner: Mapped[str | None] = mapped_column(String(128))
    lease_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    missing: Mapped[str | None] = mapped_column(Text)
    missing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    starred: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    imported: Mapped[bool] = mapped_column(default=False, server_default=false())
    shelf: Mapped[str] = mapped_column(String(8), default=LISTED)
    dataset: Mapped[str] = mapped_column(Text, default="")
    model: Mapped[str] = mapped_column(Text, default="")
    criteria: Mapped[str] = mapped_column(Text, default="")
    duration: Mapped[float | None] = mapped_column(Float)
    main_result: Mapped[str] = mapped_column(Text, default="")
    main_value: Mapped[float | None] = mapped_column(Float)
    sort_title: Mapped[str] = mapped_column(Text, default="")
    tag_line: Mapped[str] = mapped_column(Text, default="")
    search: Mapped[str] = mapped_column(Text, default="")


class RunRecord(Base):
    """What a run left behind: the folded result and the event log, as gzipped JSON.

    ``light`` is the result without its frames: all that curves and tables need, and a hundredth
    of the size.
    """

    __tablename__ = "run_records"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    last_event_id: Mapped[str] = mapped_column(String(64))
    light: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    result: Mapped[bytes] = mapped_column(LargeBinary)
    events: Mapped[bytes] = mapped_column(LargeBinary)


class HandMaskRow(Base):
    """A mask that somebody has made by hand in the network of a run.

    Its id is its own among those of its run, so that a run takes its masks along to anywhere.
    """

    __tablename__ = "hand_masks"
    __table_args__ = (UniqueConstraint("run_id", "name"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    author: Mapped[str] = mapped_column(String(128), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    units: Mapped[list[int]] = mapped_column(JSON)
    connections: Mapped[list[list[int]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TokenRow(Base):
    """A bearer token for the API: only its SHA-256 is kept."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    user: Mapped[str] = mapped_column(String(128))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class EndedSession(Base):
    """A session that somebody has logged out of, until its cookie is too old anyway."""

    __tablename__ = "ended_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ShareRow(Base):
    """A snapshot that a link opens. Of the link's token only the SHA-256 is kept.

    ``snapshot`` is gzipped JSON; ``source`` says what it was made of, for the list of shares.
    """

    __tablename__ = "shares"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(Text)
    source: Mapped[dict[str, Any]] = mapped_column(JSON)
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    password_hash: Mapped[str | None] = mapped_column(Text)
    frame_ancestors: Mapped[str] = mapped_column(Text, default="*")
    takes_comments: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened: Mapped[int] = mapped_column(default=0)


class DashboardRow(Base):
    """A dashboard; what is on it is its current revision."""

    __tablename__ = "dashboards"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    current: Mapped[int] = mapped_column(default=1)
    takes_comments: Mapped[bool] = mapped_column(default=False)


class DashboardRevision(Base):
    """A dashboard as it was at some time: undoing goes back to an earlier one."""

    __tablename__ = "dashboard_revisions"

    dashboard_id: Mapped[str] = mapped_column(
        ForeignKey("dashboards.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CommentRow(Base):
    """What a reader has written below a dashboard or a share: one of the two ids is there."""

    __tablename__ = "comments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    dashboard_id: Mapped[str | None] = mapped_column(
        ForeignKey("dashboards.id", ondelete="CASCADE"), index=True
    )
    share_id: Mapped[str | None] = mapped_column(
        ForeignKey("shares.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    approved: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
