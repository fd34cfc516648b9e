"""Runs and dashboards that come whole, out of a package."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from backend.store.facts import describe
from backend.store.models import LISTED, DashboardRevision, DashboardRow, HandMaskRow, RunRow
from backend.store.repository import Record, record_row


class Arrivals:
    """Stores what comes, all of it or nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        runs: Sequence[tuple[RunRow, Record]],
        dashboards: Sequence[tuple[DashboardRow, Sequence[DashboardRevision]]],
        known: Sequence[str] = (),
        masks: Sequence[HandMaskRow] = (),
    ) -> None:
        """Store runs that have ended, their masks, and dashboards; ``known`` ones leave the bin.

        Raises
        ------
        sqlalchemy.exc.IntegrityError
            If an id is taken.
        """
        with Session(self._engine) as session, session.begin():
            back = update(RunRow).where(RunRow.id.in_(known))
            session.execute(back.values(shelf=LISTED, deleted_at=None))
            for row, record in runs:
                if record.main:
                    row.main_result, row.main_value = record.main.text, record.main.value
                session.add(describe(row))
            session.add_all(row for row, _ in dashboards)
            session.flush()
            session.add_all(record_row(row.id, record) for row, record in runs)
            session.add_all(masks)
            session.add_all(each for _, revisions in dashboards for each in revisions)
