"""Comments on dashboards and shares: off unless whoever may edit one switches them on.

Any reader writes them, under any name; others see one only once it was approved. The id of a
comment cannot be guessed, so that knowing it shows who has written it.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import ColumnElement, Engine, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.problems import Problem, not_found
from backend.store.models import CommentRow, DashboardRow, ShareRow
from backend.store.repository import now

MOST_COMMENTS = 200
LONGEST_NAME, LONGEST_TEXT = 60, 2000

Kind = Literal["dashboard", "share"]
_PARENTS: dict[Kind, type[DashboardRow | ShareRow]] = {"dashboard": DashboardRow, "share": ShareRow}
_PARENT_IDS: dict[Kind, InstrumentedAttribute[str | None]] = {
    "dashboard": CommentRow.dashboard_id,
    "share": CommentRow.share_id,
}
# They turn the direction of what follows them, beyond the comment.
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _text(value: Any) -> Any:
    """Plain text: without what controls a terminal or the direction, without blanks around it."""
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(filter(_is_plain, lines)).strip()


def _is_plain(sign: str) -> bool:
    return sign in "\n\t" or (
        unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _TURNING
    )


def _line(value: Any) -> Any:
    """Plain text in one line."""
    return " ".join(_text(value).split()) if isinstance(value, str) else value


def _something(value: str) -> str:
    if not value:
        raise ValueError("is empty")
    return value


class Written(BaseModel):
    """What a reader writes."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, BeforeValidator(_line), AfterValidator(_something)] = Field(
        max_length=LONGEST_NAME, description="What the writer wants to be called."
    )
    text: Annotated[str, BeforeValidator(_text), AfterValidator(_something)] = Field(
        max_length=LONGEST_TEXT, description="Text only; its lines stay as they are."
    )


class Comment(BaseModel):
    """A comment."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    text: str
    created_at: datetime
    approved: bool


class Discussion(BaseModel):
    """The comments on one dashboard or share, the oldest first.

    Attributes
    ----------
    on
        Whether readers may write, and see what was approved.
    room
        How many more it keeps.
    """

    on: bool
    comments: list[Comment]
    room: int


@dataclass(frozen=True)
class Subject:
    """What comments are on."""

    kind: Kind
    id: str


class Comments:
    """The comments of this installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self, subject: Subject) -> Discussion:
        """Everything that was written, for who may approve it."""
        with self._session() as session:
            return _discussion(session, subject)

    def shown(self, subject: Subject, own: Sequence[str] = ()) -> Discussion:
        """What a reader sees: what was approved, and what waits of their ``own``; a 403 if off."""
        with self._session() as session:
            seen = or_(CommentRow.approved, CommentRow.id.in_(own))
            found = _discussion(session, subject, seen)
        if not found.on:
            raise _off()
        return found

    def switch(self, subject: Subject, *, on: bool) -> Discussion:
        """Let readers write, or no more; what they have written is kept."""
        parent = _PARENTS[subject.kind]
        with self._session() as session, session.begin():
            _hold(session, subject)
            session.execute(update(parent).where(parent.id == subject.id).values(takes_comments=on))
            return _discussion(session, subject)

    def write(self, subject: Subject, written: Written) -> Comment:
        """Keep a comment, which waits to be approved.

        Raises
        ------
        Problem
            404 for what does not exist, 403 where comments are off, 409 where there is no room.
        """
        row = CommentRow(
            id=secrets.token_hex(16),
            **{f"{subject.kind}_id": subject.id},
            **written.model_dump(),
            approved=False,
            created_at=now(),
        )
        with self._session() as session, session.begin():
            _hold(session, subject)
            if not _is_on(session, subject):
                raise _off()
            if _count(session, subject) >= MOST_COMMENTS:
                raise _full()
            session.add(row)
        return Comment.model_validate(row)

    def approve(self, subject: Subject, comment_id: str) -> Comment:
        """Show a comment to all readers."""
        with self._session() as session, session.begin():
            _hold(session, subject)
            row = _found(session, subject, comment_id)
            row.approved = True
        return Comment.model_validate(row)

    def delete(self, subject: Subject, comment_id: str) -> None:
        """Remove a comment for good."""
        with self._session() as session, session.begin():
            _hold(session, subject)
            session.delete(_found(session, subject, comment_id))

    def waiting(self, kind: Kind) -> dict[str, int]:
        """How many comments wait to be approved, by the id of what they are on."""
        parent_id = _PARENT_IDS[kind]
        counted = select(parent_id, func.count()).where(
            parent_id.is_not(None), CommentRow.approved.is_(False)
        )
        with self._engine.connect() as connection:
            found = connection.execute(counted.group_by(parent_id))
            return {str(parent): count for parent, count in found}

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)


def _discussion(session: Session, subject: Subject, *seen: ColumnElement[bool]) -> Discussion:
    wanted = select(CommentRow).where(_PARENT_IDS[subject.kind] == subject.id, *seen)
    rows = session.scalars(wanted.order_by(CommentRow.created_at, CommentRow.id))
    return Discussion(
        on=_is_on(session, subject),
        comments=[Comment.model_validate(row) for row in rows],
        room=max(0, MOST_COMMENTS - _count(session, subject)),
    )


def _there(subject: Subject) -> list[ColumnElement[bool]]:
    """What is there to be commented: of a share that was revoked nothing is left."""
    there = [_PARENTS[subject.kind].id == subject.id]
    return [*there, ShareRow.revoked_at.is_(None)] if subject.kind == "share" else there


def _is_on(session: Session, subject: Subject) -> bool:
    on = session.scalar(select(_PARENTS[subject.kind].takes_comments).where(*_there(subject)))
    if on is None:
        raise _missing(subject)
    return on


def _hold(session: Session, subject: Subject) -> None:
    """Let nobody else change the comments on it before this transaction ends.

    Without reading the row: what a share shows may be megabytes.
    """
    parent = _PARENTS[subject.kind]
    held = session.execute(
        update(parent).where(*_there(subject)).values(id=parent.id).returning(parent.id)
    )
    if held.one_or_none() is None:
        raise _missing(subject)


def _count(session: Session, subject: Subject) -> int:
    counted = select(func.count()).where(_PARENT_IDS[subject.kind] == subject.id)
    return session.scalar(counted) or 0


def _found(session: Session, subject: Subject, comment_id: str) -> CommentRow:
    wanted = select(CommentRow).where(
        CommentRow.id == comment_id, _PARENT_IDS[subject.kind] == subject.id
    )
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise not_found(f"comment {comment_id!r} on {subject.kind} {subject.id!r}")
    return row


def _missing(subject: Subject) -> Problem:
    return not_found(f"{subject.kind} {subject.id!r}")


def _off() -> Problem:
    return Problem(403, "Comments are off", "Whoever may edit it can switch them on.")


def _full() -> Problem:
    detail = f"It keeps {MOST_COMMENTS} comments at most; one has to be deleted first."
    return Problem(409, "There is no room for another comment", detail)
