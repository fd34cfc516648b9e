"""Dashboards: arrangements of panels. Every change is a revision, so that all can be undone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from backend.problems import Problem, not_found
from backend.store.locked import locked
from backend.store.models import DashboardRevision, DashboardRow
from backend.store.repository import now

COLUMNS = 12
Grouping = Literal["variant", "dataset", "run"]


def _renamed(by: Any) -> Any:
    """What was called a criterion before there were other variants."""
    return "variant" if by == "criterion" else by


By = Annotated[Grouping, BeforeValidator(_renamed)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
# So far back a dashboard can be undone.
_REVISIONS = 100


class Panel(BaseModel):
    """One panel: a note, or a part of a run's view, or of the comparison of several runs.

    Attributes
    ----------
    runs
        The runs that it shows; a note has none.
    part
        Which part of their view: the name of a section, or ``table-NAME``.
    figure
        One figure of the section; all of them where it is empty.
    x, y, width, height
        Where it stands, in columns and rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[\w-]{1,32}$")
    title: Title = ""
    runs: list[Annotated[str, Field(max_length=32)]] = Field(default_factory=list, max_length=20)
    by: By = "variant"
    part: str = Field("", max_length=100)
    figure: str = Field("", max_length=100)
    note: str = Field("", max_length=20_000)
    x: int = Field(0, ge=0, lt=COLUMNS)
    y: int = Field(0, ge=0, le=2000)
    width: int = Field(6, ge=1, le=COLUMNS)
    height: int = Field(5, ge=1, le=40)


class Content(BaseModel):
    """What is on a dashboard."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Title = "Dashboard"
    panels: list[Panel] = Field(default_factory=list, max_length=60)

    @model_validator(mode="after")
    def _check(self) -> Content:
        ids = [panel.id for panel in self.panels]
        if len(set(ids)) < len(ids):
            raise ValueError("two panels have the same id")
        if any(panel.x + panel.width > COLUMNS for panel in self.panels):
            raise ValueError(f"a panel ends beyond the last of the {COLUMNS} columns")
        return self


class Dashboard(BaseModel):
    """A dashboard as it stands."""

    id: str
    content: Content
    revision: int
    can_undo: bool
    can_redo: bool
    created_at: datetime
    updated_at: datetime


class DashboardState(BaseModel):
    """Which state of a dashboard is the newest: undoing gives an earlier revision a new moment."""

    revision: int
    updated_at: datetime


class Dashboards:
    """The dashboards of this installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, content: Content) -> Dashboard:
        """A new dashboard."""
        moment = now()
        row = DashboardRow(id=secrets.token_hex(6), created_at=moment, updated_at=moment, current=1)
        with self._session() as session, session.begin():
            session.add(row)
            session.flush()
            session.add(_revision(row.id, 1, content))
        return self.get(row.id)

    def get(self, dashboard_id: str) -> Dashboard:
        """One dashboard; a 404 if there is none of that id."""
        with self._session() as session:
            return _described(session, _row(session, dashboard_id))

    def state(self, dashboard_id: str) -> DashboardState:
        """Which state of it is the newest; a 404 if there is none of that id."""
        wanted = select(DashboardRow.current, DashboardRow.updated_at)
        with self._engine.connect() as connection:
            found = connection.execute(wanted.where(DashboardRow.id == dashboard_id)).one_or_none()
        if found is None:
            raise _missing(dashboard_id)
        return DashboardState(revision=found.current, updated_at=found.updated_at)

    def everything(self) -> list[Dashboard]:
        """All dashboards, the one that was changed last first."""
        rows = select(DashboardRow).order_by(DashboardRow.updated_at.desc())
        with self._session() as session:
            return [_described(session, row) for row in session.scalars(rows)]

    def save(self, dashboard_id: str, content: Content, revision: int) -> Dashboard:
        """Store a change that was made to ``revision``; a 409 if that is not the newest one."""
        with self._session() as session, session.begin():
            row = _row_to_change(session, dashboard_id, revision)
            if content == _content(session, row):
                return _described(session, row)
            session.execute(
                delete(DashboardRevision).where(
                    DashboardRevision.dashboard_id == row.id,
                    (DashboardRevision.number > revision)
                    | (DashboardRevision.number <= revision - _REVISIONS),
                )
            )
            session.add(_revision(row.id, revision + 1, content))
            row.current, row.updated_at = revision + 1, now()
            session.flush()
            return _described(session, row)

    def step(self, dashboard_id: str, by: Literal[-1, 1], revision: int | None = None) -> Dashboard:
        """Undo or redo a change; where there is none, the dashboard stays as it is.

        Whoever looks at it names the ``revision`` that they see: a 409 if that is not the newest
        one, so that nobody takes back what they have not seen.
        """
        with self._session() as session, session.begin():
            row = _row_to_change(session, dashboard_id, revision)
            first, last = _span(session, row.id)
            row.current = min(last, max(first, row.current + by))
            row.updated_at = now()
            session.flush()
            return _described(session, row)

    def delete(self, dashboard_id: str) -> None:
        """Remove a dashboard and its comments; the shares of it stay as they are."""
        with self._session() as session, session.begin():
            session.delete(_row_to_change(session, dashboard_id))

    def history(self, dashboard_id: str) -> list[Content]:
        """What it was, revision by revision, up to what it is."""
        with self._session() as session:
            row = _row(session, dashboard_id)
            kept = (
                select(DashboardRevision.content)
                .where(
                    DashboardRevision.dashboard_id == row.id,
                    DashboardRevision.number <= row.current,
                )
                .order_by(DashboardRevision.number)
            )
            return [Content.model_validate(content) for content in session.scalars(kept)]

    def restore(self, history: Sequence[Content]) -> Dashboard:
        """A new dashboard with the history of another."""
        made = self.create(history[0])
        for content in history[1:]:
            made = self.save(made.id, content, made.revision)
        return made

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)


def _changed_elsewhere() -> Problem:
    detail = "Somebody, or another window, has changed it. Reload it, then change it again."
    return Problem(409, "The dashboard was changed elsewhere", detail)


def _revision(dashboard_id: str, number: int, content: Content) -> DashboardRevision:
    return DashboardRevision(
        dashboard_id=dashboard_id,
        number=number,
        content=content.model_dump(mode="json"),
        saved_at=now(),
    )


def _row(session: Session, dashboard_id: str) -> DashboardRow:
    return _found(session.get(DashboardRow, dashboard_id), dashboard_id)


def _row_to_change(
    session: Session, dashboard_id: str, revision: int | None = None
) -> DashboardRow:
    """The row, held against others; a 409 if ``revision`` is given and not the newest one."""
    row = _found(locked(session, DashboardRow, dashboard_id), dashboard_id)
    if revision not in (None, row.current):
        raise _changed_elsewhere()
    return row


def _found(row: DashboardRow | None, dashboard_id: str) -> DashboardRow:
    if row is None:
        raise _missing(dashboard_id)
    return row


def _missing(dashboard_id: str) -> Problem:
    return not_found(f"dashboard {dashboard_id!r}")


def _content(session: Session, row: DashboardRow) -> Content:
    revision = session.get_one(DashboardRevision, (row.id, row.current))
    return Content.model_validate(revision.content)


def _span(session: Session, dashboard_id: str) -> tuple[int, int]:
    """The numbers of the first and the last revision."""
    number = DashboardRevision.number
    ends = select(func.min(number), func.max(number))
    first, last = session.execute(ends.where(DashboardRevision.dashboard_id == dashboard_id)).one()
    return int(first), int(last)


def _described(session: Session, row: DashboardRow) -> Dashboard:
    first, last = _span(session, row.id)
    return Dashboard(
        id=row.id,
        content=_content(session, row),
        revision=row.current,
        can_undo=row.current > first,
        can_redo=row.current < last,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
