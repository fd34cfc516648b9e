"""Lists of runs: narrowed, sorted and paged by the database; and what people mark them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, Select, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from backend.store.facts import searchable
from backend.store.locked import locked
from backend.store.models import BINNED, LISTED, RunRow
from backend.store.repository import now
from pruning.events import TERMINAL

Sort = Literal[
    "created",
    "title",
    "experiment",
    "dataset",
    "model",
    "criteria",
    "status",
    "result",
    "duration",
    "tags",
    "starred",
]
_COLUMNS: dict[Sort, InstrumentedAttribute[Any]] = {
    "created": RunRow.created_at,
    "title": RunRow.sort_title,
    "experiment": RunRow.experiment,
    "dataset": RunRow.dataset,
    "model": RunRow.model,
    "criteria": RunRow.criteria,
    "status": RunRow.status,
    "result": RunRow.main_value,
    "duration": RunRow.duration,
    "tags": RunRow.tag_line,
    "starred": RunRow.starred,
}


@dataclass(frozen=True)
class Wanted:
    """Which runs are wanted, and in which order.

    Attributes
    ----------
    dataset, model, criteria
        Parts of these columns; that of the criteria holds variants of any kind.
    tag
        One tag, whole.
    search
        Words, each of which has to be somewhere in title, tags, id, experiment, dataset, model
        or criteria.
    bin
        Those in the bin instead of all others.
    """

    experiment: str = ""
    dataset: str = ""
    model: str = ""
    criteria: str = ""
    status: Sequence[str] = ()
    tag: str = ""
    starred: bool = False
    search: str = ""
    bin: bool = False
    sort: Sort = "created"
    descending: bool = True


class Listing:
    """The lists of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, wanted: Wanted, limit: int, offset: int = 0) -> tuple[list[RunRow], int]:
        """A page of runs, and how many there are in all."""
        where = _where(wanted)
        # Sorting moves ids alone; whole rows, with their configurations, are read for one page.
        ids = select(RunRow.id).where(*where).order_by(*_order(wanted))
        count = select(func.count()).select_from(RunRow).where(*where)
        with Session(self._engine) as session:
            chosen = session.scalars(ids.limit(limit).offset(offset)).all()
            rows = session.scalars(_rows().where(RunRow.id.in_(chosen))).all()
            total = session.scalar(count) or 0
        places = {run_id: place for place, run_id in enumerate(chosen)}
        return sorted(rows, key=lambda row: places[row.id]), total

    def any_active(self) -> bool:
        """Whether any run has not ended."""
        active = select(RunRow.id).where(
            RunRow.status.in_(("queued", "running")), RunRow.shelf == LISTED
        )
        with Session(self._engine) as session:
            return session.scalar(active.limit(1)) is not None

    def parts_done(self, run_id: str) -> tuple[int, int]:
        """How many parts of a divided run have ended, and how many it has."""
        ended = func.count().filter(RunRow.status.in_(TERMINAL))
        counted = select(ended, func.count()).where(RunRow.parent_id == run_id)
        with Session(self._engine) as session:
            done, total = session.execute(counted).one()
        return done, total

    def active(self) -> list[RunRow]:
        """The runs and parts that wait or run, the oldest first, without configurations."""
        active = select(RunRow).where(RunRow.status.in_(("queued", "running")))
        small = active.options(defer(RunRow.config), defer(RunRow.search))
        with Session(self._engine) as session:
            return list(session.scalars(small.order_by(RunRow.created_at, RunRow.id)))

    def active_configs(self) -> dict[str, dict[str, Any]]:
        """The configurations of the runs that wait or run, without their parts."""
        active = select(RunRow.id, RunRow.config).where(
            RunRow.status.in_(("queued", "running")), RunRow.parent_id.is_(None)
        )
        with Session(self._engine) as session:
            return {run_id: config for run_id, config in session.execute(active)}

    def mark(self, run_id: str, **marks: Any) -> None:
        """Change title, tags or star, and with them what the run is found by."""
        with Session(self._engine) as session, session.begin():
            row = locked(session, RunRow, run_id)
            if row is None:
                return
            found_by = searchable(row, marks.get("title", row.title), marks.get("tags", row.tags))
            for name, value in (marks | found_by).items():
                setattr(row, name, value)

    def put_in_bin(self, run_id: str) -> bool:
        """Take a run that has ended out of the lists; False if it has not, or is in the bin."""
        is_free = RunRow.status.in_(TERMINAL) & (RunRow.shelf == LISTED)
        return self._move(run_id, is_free, shelf=BINNED, deleted_at=now())

    def restore(self, run_id: str) -> bool:
        """Take a run out of the bin; False if it is not there."""
        return self._move(run_id, RunRow.shelf == BINNED, shelf=LISTED, deleted_at=None)

    def in_bin(self, before: datetime | None = None) -> list[str]:
        """The runs in the bin; or those that came there before some moment."""
        binned = select(RunRow.id).where(RunRow.shelf == BINNED)
        if before:
            binned = binned.where(RunRow.deleted_at < before)
        with Session(self._engine) as session:
            return list(session.scalars(binned))

    def _move(self, run_id: str, where: ColumnElement[bool], **values: Any) -> bool:
        step = update(RunRow).where(RunRow.id == run_id, where).values(**values)
        with self._engine.begin() as connection:
            return connection.execute(step).rowcount == 1


def _rows() -> Select[RunRow]:
    return select(RunRow).options(defer(RunRow.search), defer(RunRow.tag_line))


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    shelf = RunRow.shelf == (BINNED if wanted.bin else LISTED)
    parts = (
        (RunRow.dataset, wanted.dataset),
        (RunRow.model, wanted.model),
        (RunRow.criteria, wanted.criteria),
        *((RunRow.search, word) for word in wanted.search.split()),
    )
    where: list[ColumnElement[bool]] = [shelf]
    where += [column.contains(part.lower(), autoescape=True) for column, part in parts if part]
    if wanted.experiment:
        where.append(RunRow.experiment == wanted.experiment)
    if wanted.status:
        where.append(RunRow.status.in_(wanted.status))
    if wanted.tag:
        where.append(RunRow.tag_line.contains(f"\n{wanted.tag.lower()}\n", autoescape=True))
    if wanted.starred:
        where.append(RunRow.starred.is_(True))
    return where


def _order(wanted: Wanted) -> list[ColumnElement[Any]]:
    """By the column, then by age, so that a page is the same when it is asked for again."""
    columns = dict.fromkeys((_COLUMNS[wanted.sort], RunRow.created_at, RunRow.id))
    ordered = [column.desc() if wanted.descending else column.asc() for column in columns]
    if wanted.sort in ("result", "duration"):
        # What has none yet stands behind, whichever way.
        ordered[0] = ordered[0].nulls_last()
    return list(ordered)
