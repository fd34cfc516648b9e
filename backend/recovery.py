"""Runs that lost their worker, or their place in the queue, are brought back."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from backend.broker import RunQueue
from backend.runs import Runs
from backend.store.models import RunRow
from backend.store.repository import now
from pruning.experiments.base import experiments

log = logging.getLogger(__name__)

_PATIENCE = timedelta(seconds=10)


class Recovery:
    """Looks for runs that nobody works on; :meth:`sweep` is called every few seconds."""

    def __init__(self, runs: Runs, queue: RunQueue, attempts: int) -> None:
        self._runs = runs
        self._queue = queue
        self._attempts = attempts

    def sweep(self) -> None:
        """Requeue or end the runs whose lease ran out, and send again what the queue lost."""
        for row in self._runs.repository.abandoned():
            self._recover(row)
        for row in self._runs.repository.divided():
            self._runs.settle(row.id)
        self._resend()

    def _recover(self, row: RunRow) -> None:
        close = (
            partial(self._runs.close_part, row) if row.part else partial(self._runs.close, row.id)
        )
        if row.cancel_requested:
            close("cancelled")
        elif row.attempts >= self._attempts:
            close("failed", f"Its worker died {row.attempts} times; the worker's log says why.")
        elif self._runs.repository.requeue(row.id):
            log.warning("run %s lost its worker and goes back to the queue", row.id)
            self._queue.send(row.id, experiments[row.experiment].queue)

    def _resend(self) -> None:
        """Send waiting runs whose message is gone: a Redis that came back empty, for instance.

        Only for an empty queue: a run that waits behind others has its message, and a message
        too many does no harm, since a run can be claimed but once.
        """
        for row in self._runs.repository.queued_before(now() - _PATIENCE):
            queue = experiments[row.experiment].queue
            if self._queue.length(queue) == 0:
                self._queue.send(row.id, queue)
