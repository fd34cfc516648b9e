"""The queue as people see it: what runs where, what waits in which order, and who goes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, get_args

from pydantic import BaseModel, Field
from redis import RedisError

from backend.broker import Presence, RunQueue
from backend.event_log import EventLog
from backend.problems import Problem, unavailable
from backend.runs import Runs
from backend.store.listing import Listing
from backend.store.models import RunRow
from backend.store.repository import Repository
from backend.troubles import why_redis
from pruning.events import Progress
from pruning.experiments.base import Queue, experiments


class Active(BaseModel):
    """A run in a queue."""

    id: str
    title: str
    experiment: str
    config: dict[str, Any] = Field(default_factory=dict, exclude=True)


class Working(Active):
    """A run that is being worked on."""

    workers: list[str] = Field(description="Who works on it; several on the parts of one run.")
    since: datetime | None
    progress: float | None = Field(None, description="How much of it is done, from 0 to 1.")
    message: str = ""
    cancel_requested: bool = False


class Waiting(Active):
    """A run that waits; the first one is taken next."""

    since: datetime
    missing: str | None = Field(
        None, description="What nobody who has looked at it so far knows; it waits for who does."
    )


class QueueState(BaseModel):
    """One queue: how many workers take runs from it, what they do, and what they will do."""

    name: Queue
    workers: int
    message: str = Field("", description="What is wrong with it, if anything is.")
    running: list[Working]
    waiting: list[Waiting]


class QueueView:
    """The queues of this installation."""

    def __init__(
        self,
        repository: Repository,
        listing: Listing,
        runs: Runs,
        log: EventLog,
        queue: RunQueue,
        presence: Presence,
    ) -> None:
        self._repository = repository
        self._listing = listing
        self._runs = runs
        self._log = log
        self._queue = queue
        self._presence = presence

    def state(self) -> list[QueueState]:
        """Every queue as it is now."""
        rows = self._listing.active()
        parts = [row for row in rows if row.parent_id]
        runs = [row for row in rows if not row.parent_id]
        states = [
            self._state_of(name, [row for row in runs if _queue_of(row) == name], parts)
            for name in get_args(Queue)
        ]
        configs = self._listing.active_configs()
        for run in (run for state in states for run in (*state.running, *state.waiting)):
            # One that has ended meanwhile has none here.
            run.config = configs.get(run.id, {})
        return states

    def progress(self) -> dict[str, float]:
        """How much is done of each run that is worked on, from 0 to 1, as far as it is known."""
        running = [row for row in self._listing.active() if row.status == "running"]
        runs = [row for row in running if not row.parent_id]
        try:
            found = {row.id: self._working(row, running).progress for row in runs}
        except RedisError:
            return {}
        return {run_id: share for run_id, share in found.items() if share is not None}

    def to_front(self, run_id: str) -> None:
        """Have a waiting run, or the waiting parts of one, taken next.

        Raises
        ------
        Problem
            404 for an unknown run, 409 for one that does not wait, 503 without Redis.
        """
        run = self._runs.get(run_id)
        waiting = [run_id]
        if run.divided:
            parts = self._repository.parts(run_id)
            waiting = [row.id for row in parts if row.status == "queued"]
        if run.ended or (run.status == "running" and not run.divided):
            raise Problem(409, "The run does not wait", f"It is {run.status} already.")
        try:
            moved = self._queue.to_front(waiting, experiments[run.experiment].queue)
        except RedisError as error:
            raise unavailable(why_redis(error)) from error
        if not moved:
            raise Problem(409, "The run does not wait", "A worker has taken it already.")

    def _state_of(self, name: Queue, runs: Sequence[RunRow], parts: Sequence[RunRow]) -> QueueState:
        try:
            order, workers = self._queue.waiting(name), self._presence.count(name)
            running = [self._working(row, parts) for row in runs if row.status == "running"]
        except RedisError:
            order, workers = [], 0
            running = [_working(row, parts) for row in runs if row.status == "running"]
        waiting = [row for row in runs if row.status == "queued"]
        health = self._runs.health(name) if runs else None
        return QueueState(
            name=name,
            workers=workers,
            message=health.message if health else "",
            running=running,
            waiting=list(_in_order(waiting, parts, order)),
        )

    def _working(self, row: RunRow, parts: Sequence[RunRow]) -> Working:
        working = _working(row, parts)
        if row.divided:
            done, total = self._listing.parts_done(row.id)
            working.progress = done / total if total else None
            working.message = f"{done} of {total} parts done"
        elif progress := self._progress(row.id):
            working.progress = progress.done / (progress.total or 1)
            working.message = progress.message
        return working

    def _progress(self, run_id: str) -> Progress | None:
        """The last that a run has said of how far it is, which is never long ago."""
        for entry in self._log.latest(run_id, 40):
            if entry.is_progress:
                event = entry.event
                return event if isinstance(event, Progress) else None
        return None


def _queue_of(row: RunRow) -> Queue:
    """The queue of a run's experiment; of one that is not installed, the one that people watch."""
    known = row.experiment in experiments.names()
    return experiments[row.experiment].queue if known else "interactive"


def _working(row: RunRow, parts: Iterable[RunRow]) -> Working:
    mine = [part for part in parts if part.parent_id == row.id and part.status == "running"]
    owners = Counter(_worker(each.lease_owner) for each in (mine or [row]) if each.lease_owner)
    return Working(
        id=row.id,
        title=row.title,
        experiment=row.experiment,
        workers=[name if count == 1 else f"{name} × {count}" for name, count in owners.items()],
        since=row.started_at,
        cancel_requested=row.cancel_requested,
    )


def _worker(owner: str) -> str:
    """The worker of a lease's owner, whose name ends with that of the message it took."""
    return owner.rpartition("/")[0] or owner


def _in_order(
    waiting: Sequence[RunRow], parts: Sequence[RunRow], order: Sequence[str]
) -> Iterable[Waiting]:
    """As they will be taken: first what a worker has taken from the queue, then the queue."""
    run_of = {part.id: str(part.parent_id) for part in parts}
    places: dict[str, int] = {}
    for place, message in enumerate(order):
        places.setdefault(run_of.get(message, message), place)
    for row in sorted(waiting, key=lambda row: (places.get(row.id, -1), row.created_at)):
        yield Waiting(
            id=row.id,
            title=row.title,
            experiment=row.experiment,
            since=row.created_at,
            missing=row.missing,
        )
