"""A worker's hold on a run: renewed while it works, lost when it does not."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from backend.store.models import RunRow
from backend.store.repository import Repository
from workers.limits import Limits

log = logging.getLogger(__name__)


class Lease:
    """Keeps a claimed run ours, from a thread of its own, and hears when somebody cancels it.

    Within a ``with`` block the lease is renewed several times per period. ``stopped`` becomes
    true when the run was cancelled, is ours no more, or takes more than it may.

    Attributes
    ----------
    exceeded
        Which limit it has exceeded, in words; empty if none.
    """

    def __init__(
        self,
        repository: Repository,
        row: RunRow,
        owner: str,
        period: timedelta,
        limits: Limits | None = None,
    ) -> None:
        self.exceeded = ""
        self._limits = limits
        self._repository = repository
        self._run_id = row.id
        self._owner = owner
        self._period = period
        self._ended = threading.Event()
        self._stop = threading.Event()
        if row.cancel_requested:
            self._stop.set()
        self._thread = threading.Thread(target=self._renew_until_ended, daemon=True)

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def stopped(self) -> bool:
        """Whether the work is no longer wanted."""
        return self._stop.is_set()

    def _renew_until_ended(self) -> None:
        # Half a second at most, since this is also how soon a cancel is heard.
        pause = min(0.5, self._period.total_seconds() / 5)
        while not self._ended.wait(pause):
            self._look_at_limits()
            try:
                self._renew()
            except SQLAlchemyError:
                log.warning("could not renew the lease of run %s", self._run_id, exc_info=True)

    def _look_at_limits(self) -> None:
        if self._limits and not self.exceeded and (found := self._limits.exceeded()):
            self.exceeded = found
            self._stop.set()

    def _renew(self) -> None:
        kept = self._repository.renew(self._run_id, self._owner, self._period)
        row = self._repository.get(self._run_id)
        if not kept or row is None or row.cancel_requested:
            self._stop.set()
