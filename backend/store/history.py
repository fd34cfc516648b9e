"""What runs have taken here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from backend.store.models import RunRow

# Of each experiment so many runs are looked at, the latest.
MOST = 40


@dataclass(frozen=True)
class Finished:
    """A run that was carried out here, without interruption, and is done."""

    id: str
    experiment: str
    config: dict[str, Any]
    config_hash: str
    model: str
    dataset: str
    started_at: datetime
    duration: float


class History:
    """The finished runs of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, experiment: str) -> list[Finished]:
        """The latest runs of an experiment, the newest first; those in the bin count as well."""
        columns = [getattr(RunRow, name) for name in Finished.__dataclass_fields__]
        done = (
            select(*columns)
            .where(
                RunRow.experiment == experiment,
                RunRow.status == "done",
                RunRow.parent_id.is_(None),
                RunRow.imported.is_(False),
                # One whose worker was lost has waited for another meanwhile.
                RunRow.attempts == 1,
                RunRow.started_at.is_not(None),
                RunRow.duration > 0,
            )
            .order_by(RunRow.finished_at.desc())
            .limit(MOST)
        )
        with Session(self._engine) as session:
            return [Finished(**row._mapping) for row in session.execute(done)]
