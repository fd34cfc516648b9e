"""Runs as the API, the pages and the workers see them: submit, look at, cancel, bring to an end."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from kombu.exceptions import OperationalError
from redis import RedisError

from backend.artifacts import Artifacts
from backend.broker import Presence, RunQueue
from backend.budget import Budget
from backend.endings import light_of, record_of
from backend.event_log import (
    BEGINNING,
    Entry,
    EventLog,
    encode,
    fold_entries,
    next_id,
    pack,
    unpack,
)
from backend.limits import SubmissionPace
from backend.parts import Parts, rows_of
from backend.problems import Problem, not_found, unavailable
from backend.run_model import Health, Run
from backend.store.models import RunRow
from backend.store.repository import Record, Repository, now
from backend.submission import row_for, uploaded_for
from backend.troubles import why_redis
from pruning.events import TERMINAL, Artifact, End, Result, Status
from pruning.experiments.base import Queue, experiments

log = logging.getLogger(__name__)

__all__ = ["Health", "Run", "Runs"]

STREAM_KEPT_SECONDS = 3600
_WORTH_OPENING = ("queued", "running", "done")


class Runs:
    """The runs of this installation."""

    def __init__(
        self,
        repository: Repository,
        log: EventLog,
        queue: RunQueue,
        presence: Presence,
        artifacts: Artifacts,
        most_waiting: int = 1000,
        most_per_minute: int = 300,
        budget: Budget | None = None,
    ) -> None:
        self._budget = budget
        self._most_waiting = most_waiting
        self._pace = SubmissionPace(most_per_minute)
        self.repository = repository
        self.log = log
        self._artifacts = artifacts
        self._queue = queue
        self._presence = presence
        self._parts = Parts(repository, queue)

    def submit(
        self, experiment: str, config: dict[str, Any], title: str = "", tags: Sequence[str] = ()
    ) -> Run:
        """Check a configuration and put a run of it into its queue.

        Raises
        ------
        Problem
            422 for an unknown experiment, a bad configuration or one that would take too long,
            429 if too many runs wait or come at once, 503 if nobody could take the run.
        """
        return self._put(row_for(experiment, config, title, tags))

    def submit_new(
        self, experiment: str, config: dict[str, Any], title: str = "", tags: Sequence[str] = ()
    ) -> tuple[Run, bool]:
        """The latest run of the same configuration that has not come to nothing; else a new one.

        Returns
        -------
        run, is_new

        Raises
        ------
        Problem
            As :meth:`submit` does.
        """
        row = row_for(experiment, config, title, tags)
        same = self.of_configuration(row.config_hash)
        known = next((run for run in same if run.status in _WORTH_OPENING), None)
        return (known, False) if known else (self._put(row), True)

    def _put(self, row: RunRow) -> Run:
        """Put a new run into its queue."""
        self._pace.count()
        if self.repository.waiting() >= self._most_waiting:
            raise Problem(
                429,
                "The queue is full",
                f"{self._most_waiting:,} runs wait already: cancel some at /runs?queue, or wait.",
                retry_after=60,
            )
        queue = experiments[row.experiment].queue
        if not (health := self.health(queue)).ok:
            raise unavailable(health.message)
        if self._budget:
            study = experiments[row.experiment]
            self._budget.check(study, study.config.model_validate(row.config))
        parts = rows_of(row)
        row.divided = bool(parts)
        self.repository.add(row, parts)
        if parts:
            self.settle(row.id)
        else:
            self._send(row.id, queue)
        return self.get(row.id)

    def get(self, run_id: str) -> Run:
        """One run; a 404 if there is none of that id. The part of a run is no run to people."""
        row = self.repository.get(run_id)
        if row is None or row.parent_id is not None:
            raise not_found(f"run {run_id!r}")
        return Run.model_validate(row)

    def again(self, run_id: str) -> Run:
        """Run the same configuration once more, under the same title and tags."""
        run = self.get(run_id)
        return self.submit(run.experiment, run.config, run.title, run.tags)

    def page(self, limit: int = 50, offset: int = 0) -> list[Run]:
        """A page of runs, the newest first; :class:`backend.run_list.RunList` knows others."""
        return [Run.model_validate(row) for row in self.repository.page(limit, offset)]

    def of_configuration(self, config_hash: str, limit: int = 20) -> list[Run]:
        """Runs of exactly one configuration, the newest first."""
        rows = self.repository.of_configuration(config_hash, limit)
        return [Run.model_validate(row) for row in rows]

    def result(self, run_id: str) -> tuple[Result, str]:
        """What a run has said so far, folded, and the id of its last event."""
        self.get(run_id)
        record = self.repository.record(run_id)
        if record is not None:
            return Result.model_validate_json(gzip.decompress(record.result)), record.last_event_id
        entries = self.events(run_id)
        return fold_entries(entries), entries[-1].id if entries else BEGINNING

    def light_result(self, run_id: str) -> tuple[Result, str]:
        """The same without frames, which are most of it and are not even read."""
        self.get(run_id)
        found = self.repository.light(run_id)
        if found is None:
            result, last_event_id = self.result(run_id)
            return light_of(result), last_event_id
        packed, last_event_id = found
        return Result.model_validate_json(gzip.decompress(packed)), last_event_id

    def events(self, run_id: str, after: str = BEGINNING) -> list[Entry]:
        """The entries of a run's log after the one whose id is ``after``."""
        record = self.repository.record(run_id)
        if record is not None:
            return unpack(record.events, after)
        try:
            return self.log.read(run_id, after)
        except RedisError as error:
            raise unavailable(why_redis(error)) from error

    def cancel(self, run_id: str) -> Run:
        """Stop a run: a waiting one at once, a running one as soon as its worker has stopped."""
        run = self.get(run_id)
        if run.status == "queued" and not run.divided:
            self.close(run_id, "cancelled")
            self._withdraw([run_id], _queue_of(run))
        # Whatever it is by now: one that has just lost its worker is not to be started again.
        self.repository.request_cancel(run_id)
        if run.divided and not run.ended:
            ended = self._parts.cancel(run_id)
            self._withdraw(ended, _queue_of(run))
            self.settle(run_id)
        return self.get(run_id)

    def cancel_waiting(self, queue: Queue, until: datetime | None = None) -> int:
        """Cancel all runs that wait in a queue, or were put there by then; how many they were.

        Those that nobody has begun, which can be thousands, end in one step; of the others, each
        has said something that is kept.
        """
        named = [study.name for study in experiments if study.queue == queue]
        waiting = self.repository.never_begun(named, until or now())
        cancelled: list[str] = []
        if waiting:
            end = Entry(next_id([]), encode(End(status="cancelled")))
            record = record_of(waiting[0], [end])
            cancelled = self.repository.cancel_never_begun([row.id for row in waiting], record)
            try:
                self.log.close_all(cancelled, end, STREAM_KEPT_SECONDS)
            except RedisError:
                log.warning("could not announce that %d runs ended", len(cancelled))
        others = self.repository.waiting_whole(named, until or now())
        for row in others:
            self.cancel(row.id)
        self._withdraw(cancelled, queue)
        return len(cancelled) + len(others)

    def delete(self, run_id: str) -> bool:
        """Remove a run that is in the bin, with all that it left behind; False if it is not."""
        row = self.repository.get(run_id)
        if row is None or not self.repository.delete(run_id):
            return False
        self._artifacts.remove(run_id)
        upload = uploaded_for(row)
        if upload and not self.repository.uses(upload):
            self._artifacts.remove(upload)
        return True

    def artifact(self, run_id: str, path: str) -> tuple[Artifact, Iterator[bytes]]:
        """A file that a run gave away, and its bytes.

        Raises
        ------
        Problem
            404 if there is none of that path, or not all of it.
        """
        for artifact in self.result(run_id)[0].artifacts:
            if artifact.path == path and self._artifacts.has(run_id, path):
                self._check_whole(run_id, artifact)
                return artifact, self._artifacts.read(run_id, path)
        raise not_found(f"file {path!r} of run {run_id!r}")

    def _check_whole(self, run_id: str, artifact: Artifact) -> None:
        size = self._artifacts.size(run_id, artifact.path)
        if size != artifact.size:
            raise Problem(
                404,
                "The file is damaged",
                f"Of {artifact.path} the store has {size:,} bytes in place of {artifact.size:,}: "
                "bring a copy of it back, or run the same again, which makes it anew.",
            )

    def close(
        self,
        run_id: str,
        status: Status,
        error: str | None = None,
        *,
        owner: str | None = None,
        entries: Sequence[Entry] | None = None,
    ) -> bool:
        """End a run: store its result and log, then say so on the stream.

        The row is written first, since it is the truth; a reader of the stream who misses the
        last event finds the same event under the same id in the store.
        """
        entries = list(self.events(run_id) if entries is None else entries)
        end = End.model_validate({"status": status, "error": error})
        entries.append(Entry(self._id_of_end(run_id, entries), encode(end)))
        row = self.repository.get(run_id)
        if row is None:
            return False
        record = record_of(row, entries)
        if not self.repository.finish(run_id, status, error, record, owner=owner):
            return False
        self._announce_end(run_id, entries[-1])
        return True

    def close_part(
        self,
        row: RunRow,
        status: Status,
        error: str | None = None,
        *,
        owner: str | None = None,
        entries: Sequence[Entry] = (),
    ) -> bool:
        """End a part: keep what it said for the run's own record, and see to the run."""
        last = entries[-1].id if entries else BEGINNING
        record = Record(last, b"", pack(entries))
        closed = self.repository.finish(row.id, status, error, record, owner=owner)
        self.settle(str(row.parent_id))
        return closed

    def settle(self, run_id: str) -> None:
        """See what is next for a divided run: more parts, or its end."""
        row = self.repository.get(run_id)
        if row is None or row.status in TERMINAL:
            return
        outcome = self._parts.advance(row)
        if outcome:
            self.close(run_id, outcome.status, outcome.error, entries=outcome.entries)

    def health(self, queue: Queue = "interactive") -> Health:
        """Whether a run for ``queue`` could be worked on now."""
        try:
            workers = self._presence.count(queue)
        except RedisError as error:
            return Health(ok=False, message=why_redis(error))
        if workers:
            return Health(ok=True)
        return Health(
            ok=False,
            message=f"No worker takes {queue} runs right now. Start one with "
            f"`prunelab worker {queue}`; what is finished can still be opened.",
        )

    def _id_of_end(self, run_id: str, entries: Sequence[Entry]) -> str:
        """An id after all that was said, also by a part's attempt that came to nothing."""
        try:
            return next_id([*entries, *self.log.last(run_id)])
        except RedisError:
            return next_id(entries)

    def _send(self, run_id: str, queue: Queue) -> None:
        try:
            self._queue.send(run_id, queue)
        except OperationalError as error:
            # Nobody has seen this run yet: better an error now than a run that never starts.
            self.repository.discard(run_id)
            raise unavailable(why_redis(error)) from error

    def _withdraw(self, run_ids: Collection[str], queue: Queue | None) -> None:
        """Nobody needs to take these from the queue any more."""
        if not run_ids or queue is None:
            return
        try:
            self._queue.withdraw(frozenset(run_ids), queue)
        except RedisError:
            log.warning("messages of cancelled runs stay in the queue: Redis does not answer")

    def _announce_end(self, run_id: str, end: Entry) -> None:
        try:
            self.log.close(run_id, end, STREAM_KEPT_SECONDS)
        except RedisError:
            # The store has it all; readers of the live stream look there when Redis is gone.
            log.warning("could not announce the end of run %s: Redis does not answer", run_id)


def _queue_of(run: Run) -> Queue | None:
    """The queue of a run; unknown where its experiment is."""
    known = run.experiment in experiments.names()
    return experiments[run.experiment].queue if known else None
