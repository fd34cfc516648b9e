"""Writes a run's events to its log while the run goes on."""

from __future__ import annotations

import queue
import threading
from types import TracebackType

from backend.event_log import Entry, EventLog
from pruning.events import Event


class Recorder:
    """A thread that writes what it is given, all that has gathered in one round trip.

    So the computation never waits for Redis: events that come fast are written together, one that
    comes alone is written at once, and while Redis is away they gather here.

    Attributes
    ----------
    entries
        Everything that is in the log, so that a Redis that loses it does not lose the result.
        Complete after the ``with`` block, which ends when all is written and raises what went
        wrong.
    bytes
        How large what was written is.
    """

    def __init__(self, log: EventLog, run_id: str, entries: list[Entry]) -> None:
        self.entries = entries
        self.bytes = sum(len(entry.json) for entry in entries)
        self._log = log
        self._run_id = run_id
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._write_until_closed, daemon=True)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def add(self, event: Event) -> None:
        """Have an event written."""
        if self._error:
            raise self._error
        self._events.put(event)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._events.put(None)
        self._thread.join()
        if self._error and error is None:
            raise self._error

    def _write_until_closed(self) -> None:
        try:
            while batch := self._gather():
                written = self._log.append(self._run_id, batch)
                self.entries.extend(written)
                self.bytes += sum(len(entry.json) for entry in written)
        except Exception as error:
            self._error = error

    def _gather(self) -> list[Event]:
        """Wait for an event and take all that have come by then; nothing once it is closed."""
        event = self._events.get()
        batch = []
        while event is not None:
            batch.append(event)
            if self._events.empty():
                return batch
            event = self._events.get()
        if batch:
            self._events.put(None)
        return batch
