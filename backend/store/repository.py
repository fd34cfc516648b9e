"""What can be done to a run in the database, each step one atomic statement.

A run goes ``queued → running → done | failed | cancelled``; a run whose worker died goes back to
``queued``. Every step names the state that it starts from in its WHERE clause, so of two workers,
or a worker and a sweeper, that want the same run, exactly one gets it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, func, select, update
from sqlalchemy.orm import Session

from backend.store.models import BINNED, LISTED, RunRecord, RunRow
from pruning.events import TERMINAL, Status
from pruning.experiments.base import MainResult


@dataclass(frozen=True)
class Record:
    """What a run left behind: gzipped JSON of the folded result and of the event log.

    ``light`` is the result without frames, and ``main`` what it comes to.
    """

    last_event_id: str
    result: bytes
    events: bytes
    light: bytes = b""
    main: MainResult | None = None


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Repository:
    """The runs of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, row: RunRow, parts: Sequence[RunRow] = ()) -> RunRow:
        """Store a new run, with its parts if it is divided."""
        with self._session() as session, session.begin():
            session.add(row)
            session.flush()
            session.add_all(parts)
        return row

    def get(self, run_id: str) -> RunRow | None:
        """One run, or None."""
        with self._session() as session:
            return session.get(RunRow, run_id)

    def page(self, limit: int, offset: int = 0) -> list[RunRow]:
        """A page of runs, the newest first, without those in the bin."""
        listed = select(RunRow).where(RunRow.shelf == LISTED)
        newest = listed.order_by(RunRow.created_at.desc(), RunRow.id.desc())
        with self._session() as session:
            return list(session.scalars(newest.limit(limit).offset(offset)))

    def of_configuration(self, config_hash: str, limit: int) -> list[RunRow]:
        """Runs of one configuration, the newest first, without those in the bin."""
        listed = select(RunRow).where(
            RunRow.config_hash == config_hash,
            RunRow.parent_id.is_(None),
            RunRow.deleted_at.is_(None),
        )
        with self._session() as session:
            return list(session.scalars(listed.order_by(RunRow.created_at.desc()).limit(limit)))

    def uses(self, upload: str) -> bool:
        """Whether what was uploaded under this name is that of any run, also of one in the bin."""
        named = select(RunRow.id).where(RunRow.config["upload"].as_string() == upload).limit(1)
        with self._session() as session:
            return session.scalar(named) is not None

    def delete(self, run_id: str) -> bool:
        """Remove a run that is in the bin, with its record; False if it is not there any more."""
        binned = delete(RunRow).where(RunRow.id == run_id, RunRow.shelf == BINNED)
        with self._engine.begin() as connection:
            return connection.execute(binned).rowcount == 1

    def discard(self, run_id: str) -> None:
        """Remove a run that never reached the queue."""
        with self._engine.begin() as connection:
            connection.execute(delete(RunRow).where(RunRow.id == run_id, RunRow.status == "queued"))

    def claim(self, run_id: str, owner: str, lease: timedelta) -> RunRow | None:
        """Take a queued run: it is the owner's until the lease runs out. None if it is not free."""
        started = func.coalesce(RunRow.started_at, now())
        taken = self._step(
            [RunRow.id == run_id, RunRow.status == "queued", ~RunRow.divided],
            status="running",
            started_at=started,
            attempts=RunRow.attempts + 1,
            lease_owner=owner,
            lease_expires_at=now() + lease,
            **_NOTHING_MISSING,
        )
        return self.get(run_id) if taken else None

    def give_back(self, run_id: str, owner: str) -> bool:
        """Return a run to the queue that the owner cannot go on with, for no fault of the run."""
        return self._step(
            _owned(run_id, owner), status="queued", attempts=RunRow.attempts - 1, **_NO_LEASE
        )

    def note_missing(self, run_id: str, what: str) -> bool:
        """Note what was not known where somebody has looked at a run that waits."""
        waits = _waits() | _divided_and_active()
        since = func.coalesce(RunRow.missing_since, now())
        return self._step([RunRow.id == run_id, waits], missing=what, missing_since=since)

    def note_known(self, run_id: str) -> bool:
        """Note that somebody knows all that a run names; False if that was never in doubt."""
        doubted = [RunRow.id == run_id, RunRow.missing.is_not(None)]
        return self._step(doubted, **_NOTHING_MISSING)

    def missing_since(self, moment: datetime) -> list[RunRow]:
        """The runs that have been waiting since before ``moment`` for who knows what they name."""
        waits = _waits() | _divided_and_active()
        with self._session() as session:
            return list(session.scalars(select(RunRow).where(waits, RunRow.missing_since < moment)))

    def renew(self, run_id: str, owner: str, lease: timedelta) -> bool:
        """Keep a lease alive; False if it is the owner's no more."""
        return self._step(_owned(run_id, owner), lease_expires_at=now() + lease)

    def request_cancel(self, run_id: str) -> bool:
        """Ask whoever works on a run, now or next, to stop; False if it has ended."""
        active = RunRow.status.not_in(TERMINAL)
        return self._step([RunRow.id == run_id, active], cancel_requested=True)

    def start_divided(self, run_id: str) -> bool:
        """Say that a divided run is running; False if that was said before."""
        return self._step(
            [RunRow.id == run_id, RunRow.status == "queued", RunRow.divided.is_(True)],
            status="running",
            started_at=now(),
            attempts=1,
        )

    def unblock(self, run_id: str) -> bool:
        """Let a part into the queue; of several callers one hears True."""
        return self._step([RunRow.id == run_id, RunRow.status == "blocked"], status="queued")

    def parts(self, run_id: str) -> list[RunRow]:
        """The parts of a divided run that has not ended, in their order."""
        mine = select(RunRow).where(RunRow.parent_id == run_id)
        with self._session() as session:
            return list(session.scalars(mine.order_by(RunRow.id)))

    def divided(self) -> list[RunRow]:
        """The divided runs that have not ended."""
        active = select(RunRow).where(RunRow.divided, RunRow.status.not_in(TERMINAL))
        with self._session() as session:
            return list(session.scalars(active))

    def requeue(self, run_id: str) -> bool:
        """Give a running run whose lease ran out back to the queue, unless it is to stop."""
        wanted = RunRow.cancel_requested.is_(False)
        return self._step([*_abandoned(run_id), wanted], status="queued", **_NO_LEASE)

    def finish(
        self,
        run_id: str,
        status: Status,
        error: str | None,
        record: Record,
        *,
        owner: str | None = None,
    ) -> bool:
        """Bring a run to its end and store what it left, all or nothing.

        A worker names itself as the ``owner`` and may end what it holds; without one, a run is
        ended that waits, whose lease ran out, or that is divided.
        """
        if owner is None:
            where = [RunRow.id == run_id, _waits() | _lease_over() | _divided_and_active()]
        else:
            where = _owned(run_id, owner)
        with self._session() as session, session.begin():
            step = update(RunRow).where(*where)
            finished = now()
            values = {"status": status, "error": error, "finished_at": finished, **_NO_LEASE}
            values |= _NOTHING_MISSING
            if session.connection().execute(step.values(**values)).rowcount != 1:
                return False
            row = session.get_one(RunRow, run_id)
            if row.started_at:
                row.duration = (finished - row.started_at).total_seconds()
            if record.main:
                row.main_result, row.main_value = record.main.text, record.main.value
            session.add(record_row(run_id, record))
            # What the parts of a divided run said is in its own record now.
            parts = select(RunRow.id).where(RunRow.parent_id == run_id)
            session.execute(delete(RunRecord).where(RunRecord.run_id.in_(parts)))
            session.execute(delete(RunRow).where(RunRow.parent_id == run_id))
        return True

    def never_begun(self, experiments: Collection[str], until: datetime) -> list[RunRow]:
        """The waiting runs of these experiments that nobody has worked on, the oldest first."""
        asked = [RunRow.experiment.in_(experiments), RunRow.created_at <= until]
        waiting = select(RunRow).where(*_never_begun(), *asked)
        with self._session() as session:
            return list(session.scalars(waiting.order_by(RunRow.created_at)))

    def waiting_whole(self, experiments: Collection[str], until: datetime) -> list[RunRow]:
        """The runs of these experiments that wait, divided ones too."""
        waits = [RunRow.status == "queued", RunRow.parent_id.is_(None)]
        asked = [RunRow.experiment.in_(experiments), RunRow.created_at <= until]
        waiting = select(RunRow).where(*waits, *asked)
        with self._session() as session:
            return list(session.scalars(waiting))

    def cancel_never_begun(self, run_ids: Sequence[str], record: Record) -> list[str]:
        """Cancel those of these runs that nobody has begun meanwhile, all in one step.

        Returns
        -------
        list of str
            Those that were cancelled: of each ``record`` is all that there is.
        """
        values = {"status": "cancelled", "finished_at": now(), **_NOTHING_MISSING}
        cancelled: list[str] = []
        with self._session() as session, session.begin():
            for first in range(0, len(run_ids), _AT_ONCE):
                some = RunRow.id.in_(run_ids[first : first + _AT_ONCE])
                step = update(RunRow).where(*_never_begun(), some).values(**values)
                cancelled += session.scalars(step.returning(RunRow.id))
            session.add_all(record_row(run_id, record) for run_id in cancelled)
        return cancelled

    def record(self, run_id: str) -> Record | None:
        """What an ended run left behind."""
        with self._session() as session:
            row = session.get(RunRecord, run_id)
        if row is None:
            return None
        return Record(row.last_event_id, row.result, row.events, row.light)

    def light(self, run_id: str) -> tuple[bytes, str] | None:
        """The result of an ended run without its frames, and the id of its last event."""
        wanted = select(RunRecord.light, RunRecord.last_event_id)
        with self._session() as session:
            found = session.execute(wanted.where(RunRecord.run_id == run_id)).one_or_none()
        return (found.light, found.last_event_id) if found else None

    def abandoned(self) -> list[RunRow]:
        """The running runs whose lease ran out."""
        with self._session() as session:
            return list(session.scalars(select(RunRow).where(_lease_over())))

    def waiting(self) -> int:
        """How many runs wait; the parts of one count as one."""
        waits = select(func.count()).select_from(RunRow)
        with self._session() as session:
            return session.scalar(waits.where(_waits(), RunRow.parent_id.is_(None))) or 0

    def queued_before(self, moment: datetime) -> list[RunRow]:
        """The runs that have been waiting since before ``moment``."""
        waiting = select(RunRow).where(
            RunRow.status == "queued", ~RunRow.divided, RunRow.created_at < moment
        )
        with self._session() as session:
            return list(session.scalars(waiting.order_by(RunRow.created_at)))

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)

    def _step(self, where: list[ColumnElement[bool]], **values: Any) -> bool:
        with self._engine.begin() as connection:
            return connection.execute(update(RunRow).where(*where).values(**values)).rowcount == 1


_NOTHING_MISSING: dict[str, Any] = {"missing": None, "missing_since": None}
# How many values databases take in one statement.
_AT_ONCE = 500
_NO_LEASE: dict[str, Any] = {"lease_owner": None, "lease_expires_at": None}


def record_row(run_id: str, record: Record) -> RunRecord:
    """What a run left behind, as a row."""
    return RunRecord(
        run_id=run_id,
        last_event_id=record.last_event_id,
        result=record.result,
        events=record.events,
        light=record.light,
    )


def _lease_over() -> ColumnElement[bool]:
    return (RunRow.status == "running") & (RunRow.lease_expires_at < now())


def _waits() -> ColumnElement[bool]:
    return RunRow.status.in_(("queued", "blocked"))


def _never_begun() -> list[ColumnElement[bool]]:
    whole = RunRow.parent_id.is_(None) & ~RunRow.divided
    return [RunRow.status == "queued", RunRow.attempts == 0, whole]


def _divided_and_active() -> ColumnElement[bool]:
    return RunRow.divided & RunRow.status.not_in(TERMINAL)


def _owned(run_id: str, owner: str) -> list[ColumnElement[bool]]:
    return [RunRow.id == run_id, RunRow.status == "running", RunRow.lease_owner == owner]


def _abandoned(run_id: str) -> list[ColumnElement[bool]]:
    return [RunRow.id == run_id, _lease_over()]
