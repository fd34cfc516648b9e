"""Runs that are divided: their parts go through the queue one by one, as their needs are met.

A part is a run of its own to the queue, the lease and the recovery, but not to people: what it
says goes to the stream of the run that it is a part of, and its state is that run's progress.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from kombu.exceptions import OperationalError

from backend.broker import RunQueue
from backend.event_log import Entry, pack, unpack
from backend.store.models import PART, RunRow
from backend.store.repository import Record, Repository
from pruning.events import TERMINAL, Status
from pruning.experiments.base import Part, experiments

log = logging.getLogger(__name__)

NOTHING_SAID = Record("0", b"", pack([]))


@dataclass(frozen=True)
class Outcome:
    """How a divided run ended, and what its parts have said, in their order."""

    status: Status
    error: str | None
    entries: list[Entry]


def rows_of(run: RunRow) -> list[RunRow]:
    """The parts of a new run as rows; none if its experiment is not divided."""
    parts = parts_of(run)
    digits = len(str(len(parts)))
    return [
        RunRow(
            id=f"{run.id}-{place:0{digits}}",
            experiment=run.experiment,
            title="",
            tags=[],
            config=run.config,
            config_hash=run.config_hash,
            status="blocked",
            cancel_requested=False,
            attempts=0,
            created_at=run.created_at,
            divided=False,
            parent_id=run.id,
            shelf=PART,
            part=part.name,
        )
        for place, part in enumerate(parts)
    ]


def parts_of(run: RunRow) -> list[Part]:
    """The parts into which a run's experiment divides it."""
    study = experiments[run.experiment]
    if study.division is None:
        return []
    return study.division.parts(study.config.model_validate(run.config))


class Parts:
    """The parts of the divided runs that have not ended."""

    def __init__(self, repository: Repository, queue: RunQueue) -> None:
        self._repository = repository
        self._queue = queue

    def advance(self, run: RunRow) -> Outcome | None:
        """Send the parts whose needs are met; once all have ended, say how the run did."""
        rows = self._repository.parts(run.id)
        if not rows:
            # Somebody else ended the run after its row was read.
            return None
        if any(row.status == "failed" for row in rows):
            self.cancel(run.id)
            rows = self._repository.parts(run.id)
        if all(row.status in TERMINAL for row in rows):
            return self._outcome(rows)
        if any(row.status == "blocked" for row in rows):
            for row in _free(parts_of(run), rows):
                if self._repository.unblock(row.id):
                    self._send(row)
        return None

    def cancel(self, run_id: str) -> list[str]:
        """End the parts that wait, which are returned, and ask those that run to stop."""
        ended = []
        for row in self._repository.parts(run_id):
            if row.status in ("blocked", "queued"):
                self._repository.finish(row.id, "cancelled", None, NOTHING_SAID)
                ended.append(row.id)
            self._repository.request_cancel(row.id)
        return ended

    def _outcome(self, rows: Sequence[RunRow]) -> Outcome:
        found = {row.status: row for row in reversed(rows)}
        worst = next(found[name] for name in ("failed", "cancelled", "done") if name in found)
        records = [self._repository.record(row.id) for row in rows]
        entries = [entry for record in records if record for entry in unpack(record.events)]
        return Outcome(cast("Status", worst.status), worst.error, entries)

    def _send(self, row: RunRow) -> None:
        try:
            self._queue.send(row.id, experiments[row.experiment].queue)
        except OperationalError:
            # It is queued by its row; the recovery sends it again once Redis is back.
            log.warning("part %s could not be sent: Redis does not answer", row.id)


def _free(parts: Sequence[Part], rows: Sequence[RunRow]) -> Iterator[RunRow]:
    """The blocked rows whose parts come after nothing that is not done."""
    done = {row.part for row in rows if row.status == "done"}
    needs = {part.name: set(part.after) for part in parts}
    for row in rows:
        if row.status == "blocked" and needs[str(row.part)] <= done:
            yield row
