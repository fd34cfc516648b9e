"""Runs that lost their worker, or their place in the queue, are brought back."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import get_args

from kombu.exceptions import OperationalError
from redis import RedisError
from sqlalchemy import exc

from backend.broker import RunQueue
from backend.missing import unknown_in
from backend.problems import Problem
from backend.runs import Runs
from backend.store.models import RunRow
from backend.store.repository import now
from pruning.events import Status
from pruning.experiments.base import Queue, experiments

log = logging.getLogger(__name__)

_PATIENCE = timedelta(seconds=10)
# Redis or the database is away: what goes wrong with one run goes wrong with all of them.
_AWAY = (RedisError, OperationalError, exc.OperationalError, Problem)


class Recovery:
    """Looks for runs that nobody works on; :meth:`sweep` is called every few seconds.

    Parameters
    ----------
    missing
        How long a run waits for somebody who knows all that it names.
    """

    def __init__(self, runs: Runs, queue: RunQueue, attempts: int, missing: timedelta) -> None:
        self._runs = runs
        self._queue = queue
        self._attempts = attempts
        self._missing = missing
        self._sent: dict[str, float] = {}

    def sweep(self) -> None:
        """Requeue or end the runs whose lease ran out, and send again what the queue lost."""
        repository = self._runs.repository
        self._each(repository.missing_since(now() - self._missing), self._give_up)
        self._each(repository.divided(), self._go_on)
        self._each(repository.abandoned(), self._recover)
        waiting = repository.queued_before(now() - _PATIENCE)
        self._each([row for row in waiting if row.cancel_requested], self._cancel)
        self._each(self._lost(waiting), self._send)

    def _each(self, rows: Sequence[RunRow], care: Callable[[RunRow], None]) -> None:
        """Look after every run; one that cannot be understood holds up none of the others."""
        for row in rows:
            try:
                care(row)
            except _AWAY:
                raise
            except Exception:
                log.exception("could not look after run %s", row.id)

    def _give_up(self, row: RunRow) -> None:
        """End a run that has waited long enough for what it names."""
        self._end(row, "failed", row.missing)

    def _go_on(self, row: RunRow) -> None:
        """See what is next for a divided run."""
        if row.cancel_requested:
            self._runs.cancel(row.id)
        elif what := unknown_in(row):
            self._runs.repository.note_missing(row.id, what)
        else:
            self._runs.settle(row.id)

    def _recover(self, row: RunRow) -> None:
        """End a run that lost its worker, or give it to another one."""
        if row.cancel_requested:
            self._end(row, "cancelled")
        elif row.attempts >= self._attempts:
            died = f"Its worker died {row.attempts} times; the worker's log says why."
            self._end(row, "failed", died)
        elif self._runs.repository.requeue(row.id):
            log.warning("run %s lost its worker and goes back to the queue", row.id)
            self._send(row)

    def _lost(self, rows: Sequence[RunRow]) -> list[RunRow]:
        """Those waiting runs that no queue holds: a Redis that came back empty dropped them, or a
        worker that does not know what they name.

        A worker may just have taken what is in no queue; a message too many does no harm, since a
        run can be claimed but once, but none is sent at every look.
        """
        if not rows:
            self._sent.clear()
            return []
        held = {run_id for queue in get_args(Queue) for run_id in self._queue.waiting(queue)}
        recent = time.monotonic() - _PATIENCE.total_seconds()
        lost = (row for row in rows if row.id not in held and not row.cancel_requested)
        return [row for row in lost if self._sent.get(row.id, -math.inf) < recent]

    def _cancel(self, row: RunRow) -> None:
        """End a run that was cancelled as it was given back to the queue."""
        self._end(row, "cancelled")

    def _send(self, row: RunRow) -> None:
        """Put a run into the queue of its experiment, which somebody who knows it has to say."""
        if row.experiment not in experiments.names():
            self._runs.repository.note_missing(row.parent_id or row.id, unknown_in(row))
            return
        self._queue.send(row.id, experiments[row.experiment].queue)
        self._sent[row.id] = time.monotonic()

    def _end(self, row: RunRow, status: Status, error: str | None = None) -> None:
        if row.part:
            self._runs.close_part(row, status, error)
        else:
            self._runs.close(row.id, status, error)
