"""Runs that lost their worker, or their place in the queue, are brought back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from kombu.exceptions import OperationalError
from pydantic import ValidationError
from redis import RedisError
from sqlalchemy import exc

from backend.broker import RunQueue
from backend.problems import Problem, invalid
from backend.runs import Runs
from backend.store.models import RunRow
from backend.store.repository import now
from pruning.events import Status
from pruning.experiments.base import experiments

log = logging.getLogger(__name__)

_PATIENCE = timedelta(seconds=10)
# Redis or the database is away: what goes wrong with one run goes wrong with all of them.
_AWAY = (RedisError, OperationalError, exc.OperationalError, Problem)


class Recovery:
    """Looks for runs that nobody works on; :meth:`sweep` is called every few seconds."""

    def __init__(self, runs: Runs, queue: RunQueue, attempts: int) -> None:
        self._runs = runs
        self._queue = queue
        self._attempts = attempts

    def sweep(self) -> None:
        """Requeue or end the runs whose lease ran out, and send again what the queue lost."""
        repository = self._runs.repository
        self._each(repository.divided(), self._go_on)
        self._each(repository.abandoned(), self._recover)
        self._each(repository.queued_before(now() - _PATIENCE), self._resend)

    def _each(self, rows: Sequence[RunRow], care: Callable[[RunRow], None]) -> None:
        """Look after every run; one that cannot be understood holds up none of the others."""
        known = experiments.names()
        for row in rows:
            try:
                if row.experiment in known:
                    care(row)
                else:
                    self._end(row, "failed", _gone(row.experiment))
            except _AWAY:
                raise
            except Exception:
                log.exception("could not look after run %s", row.id)

    def _go_on(self, row: RunRow) -> None:
        """See what is next for a divided run."""
        try:
            self._runs.settle(row.id)
        except ValidationError as error:
            # It was right when it was submitted: what it names is gone since.
            self._end(row, "failed", invalid(error).detail)

    def _recover(self, row: RunRow) -> None:
        """End a run that lost its worker, or give it to another one."""
        if row.cancel_requested:
            self._end(row, "cancelled")
        elif row.attempts >= self._attempts:
            died = f"Its worker died {row.attempts} times; the worker's log says why."
            self._end(row, "failed", died)
        elif self._runs.repository.requeue(row.id):
            log.warning("run %s lost its worker and goes back to the queue", row.id)
            self._queue.send(row.id, experiments[row.experiment].queue)

    def _resend(self, row: RunRow) -> None:
        """Send a waiting run whose message is gone: a Redis that came back empty, for instance.

        One that was cancelled as it was given back to the queue ends here.

        Only for an empty queue: a run that waits behind others has its message, and a message
        too many does no harm, since a run can be claimed but once.
        """
        queue = experiments[row.experiment].queue
        if row.cancel_requested:
            self._end(row, "cancelled")
        elif self._queue.length(queue) == 0:
            self._queue.send(row.id, queue)

    def _end(self, row: RunRow, status: Status, error: str | None = None) -> None:
        if row.part:
            self._runs.close_part(row, status, error)
        else:
            self._runs.close(row.id, status, error)


def _gone(experiment: str) -> str:
    return (
        f"The experiment {experiment} is not installed any more. Install the plug-in that it "
        "came with, then run this again."
    )
