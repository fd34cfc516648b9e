"""How long runs will take: what is counted, held against what runs here have taken."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.describing import Describer
from backend.problems import Problem, not_found
from backend.queue_view import QueueState, QueueView, Waiting, Working
from backend.run_model import Run
from backend.store.history import Finished, History
from backend.submission import checked
from pruning.context import CannotRunError
from pruning.estimates.estimate import Asked, Estimate, Past, estimate, machine_factor, remaining
from pruning.estimates.words import about, spoken
from pruning.estimates.work import CannotCountError, Here, NotDescribedError, Work
from pruning.experiments.base import Experiment, ExperimentConfig, config_hash, experiments
from pruning.registry import UnknownNameError

log = logging.getLogger(__name__)

NONE_LIKE_IT = "no runs like it yet"


class Seconds(BaseModel):
    """Between how many and how many; at most a factor of 3 apart."""

    low: float
    high: float


class Queued(BaseModel):
    """What a run will wait for."""

    runs: int = Field(description="How many are ahead of it.")
    seconds: float | None = Field(description="About how long these take; null if nobody knows.")


class RunEstimate(BaseModel):
    """How long a run will take, and what tells so."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    seconds: Seconds | None = Field(description="From its start to its end; null if unknown.")
    source: str = Field(alias="from", description="What tells so, in words.")
    waiting: Queued | None = Field(None, description="What it waits for before, if it would.")

    @classmethod
    def of(cls, found: Estimate | None, waiting: Queued | None = None) -> RunEstimate:
        """An estimate as the API tells it."""
        if found is None:
            return cls(seconds=None, source=NONE_LIKE_IT, waiting=waiting)
        seconds = Seconds(low=found.low, high=found.high)
        return cls(seconds=seconds, source=found.source, waiting=waiting)

    @property
    def takes(self) -> str:
        """How long, in words; nothing where that is not known."""
        return spoken(self.seconds.low, self.seconds.high) if self.seconds else ""

    @property
    def waits(self) -> str:
        """For what it would wait, in words."""
        if self.waiting is None:
            return ""
        count = self.waiting.runs
        runs = "a run" if count == 1 else f"{count} runs"
        long = "" if self.waiting.seconds is None else f", {about(self.waiting.seconds)}"
        return f"waits for {runs}{long}"


class Estimates:
    """Estimates of this installation.

    Parameters
    ----------
    describer
        Describes networks that are not known yet; without one they stay unknown.
    queue_view
        What runs and waits; without one nothing does, and a single process does all.
    """

    def __init__(
        self,
        data_dir: Path,
        history: History,
        describer: Describer,
        queue_view: QueueView | None = None,
    ) -> None:
        self._data_dir = data_dir
        self._history = history
        self._describer = describer
        self._queue_view = queue_view
        # What the operations of finished runs come to never changes.
        self._counted: dict[str, Work] = {}

    def asked(self, experiment: str, config: dict[str, Any]) -> RunEstimate:
        """Of a run that has not been started.

        Raises
        ------
        Problem
            404 for an unknown experiment, 422 for a bad configuration.
        """
        if experiment not in experiments.names():
            raise not_found(f"experiment {experiment!r}")
        study, config_checked = checked(experiment, config)
        queue = self._queue(study)
        found = self._of(study, config_checked, Here(self._data_dir), _workers(queue))
        return RunEstimate.of(found, self._waiting(queue))

    def started(self, run: Run) -> RunEstimate:
        """Of a run that is there already: for what it waits, and how long it takes after that."""
        try:
            study, config = checked(run.experiment, run.config)
        except Problem:
            # It is of an experiment, or on data, that are not here any more.
            return RunEstimate.of(None)
        here = Here(self._data_dir, run.started_at)
        queue = self._queue(study)
        waiting = self._waiting(_before(queue, run)) if queue and run.status == "queued" else None
        return RunEstimate.of(self._of(study, config, here, _workers(queue)), waiting)

    def kept(self, wanted: Iterable[tuple[Experiment, ExperimentConfig]]) -> list[RunEstimate]:
        """Of many configurations at once, as far as nothing has to be described for that."""
        found, here = [], Here(self._data_dir)
        states = self._states()
        known: dict[str, tuple[list[Past], float]] = {}
        for study, config in wanted:
            workers = _workers(states.get(study.queue))
            if study.name not in known:
                known[study.name] = self._past(study, workers), self._machine(study)
            past, machine = known[study.name]
            compiled = replace(here, compiled=bool(past))
            counted = self._count(study, config, compiled, workers)
            asked = self._asked(study, config, counted)
            found.append(RunEstimate.of(estimate(asked, past, machine)))
        return found

    def _of(
        self, study: Experiment, config: ExperimentConfig, here: Here, workers: int
    ) -> Estimate | None:
        try:
            self._describe(study, config, here)
        except CannotCountError as error:
            log.info("not counted: %s", error)
        past = self._past(study, workers)
        counted = self._count(study, config, replace(here, compiled=bool(past)), workers)
        return estimate(self._asked(study, config, counted), past, self._machine(study))

    def _describe(self, study: Experiment, config: ExperimentConfig, here: Here) -> None:
        """Have the network described that a configuration is about, if it has not been."""
        if study.work is None:
            return
        try:
            study.work(config, here)
        except NotDescribedError as error:
            self._describer.ensure([error.of])

    def _count(
        self, study: Experiment, config: ExperimentConfig, here: Here, workers: int
    ) -> float | None:
        """Seconds that the operations come to; None where they cannot be counted."""
        work = _work(study, config, here)
        return work.with_workers(workers) if work else None

    def _asked(self, study: Experiment, config: ExperimentConfig, counted: float | None) -> Asked:
        facts = study.facts(config)
        return Asked(config_hash(study.name, config), facts.model, facts.dataset, counted)

    def _past(self, study: Experiment, workers: int) -> list[Past]:
        """The finished runs of an experiment."""
        found, runs = [], self._history.of(study.name)
        first = min((run.started_at for run in runs), default=None)
        for run in runs:
            work = self._work_of(study, run, compiled=run.started_at != first)
            counted = work.with_workers(workers) if work else None
            asked = Asked(run.config_hash, run.model, run.dataset, counted)
            found.append(Past(asked, run.duration))
        return found

    def _work_of(self, study: Experiment, run: Finished, *, compiled: bool) -> Work | None:
        """What a finished run had to do; None where that is not known, or not known yet."""
        if run.id not in self._counted:
            try:
                config = study.config.model_validate(run.config)
            except ValidationError:
                return None
            work = _work(study, config, Here(self._data_dir, run.started_at, compiled))
            if work is None:
                return None
            self._counted[run.id] = work
        return self._counted[run.id]

    def _machine(self, study: Experiment) -> float:
        """How much slower than usual this machine does what is not of this experiment."""
        others = [each for each in experiments if each.name != study.name and each.work]
        return machine_factor(past for each in others for past in self._past(each, 1))

    def _states(self) -> dict[str, QueueState]:
        return {each.name: each for each in self._queue_view.state()} if self._queue_view else {}

    def _queue(self, study: Experiment) -> QueueState | None:
        return self._states().get(study.queue)

    def _waiting(self, queue: QueueState | None) -> Queued | None:
        """What a run would wait for; None where it would be taken at once."""
        if queue is None:
            return None
        ahead: list[Working | Waiting] = [*queue.running, *queue.waiting]
        # Parts of a run take all workers that there are.
        lanes = 1 if queue.name == "parts" else max(1, queue.workers)
        if len(ahead) < lanes:
            return None
        free = [0.0] * lanes
        try:
            for run in ahead:
                soonest = free.index(min(free))
                free[soonest] += self._left(run, queue)
        except _UnknownError:
            return Queued(runs=len(ahead), seconds=None)
        return Queued(runs=len(ahead), seconds=min(free))

    def _left(self, run: Working | Waiting, queue: QueueState) -> float:
        """How many seconds a run in a queue still takes."""
        study = experiments[run.experiment]
        since = run.since if isinstance(run, Working) else None
        try:
            config = study.config.model_validate(run.config)
        except ValidationError as error:
            raise _UnknownError from error
        found = self._of(study, config, Here(self._data_dir, since), _workers(queue))
        if found is None:
            raise _UnknownError
        if not isinstance(run, Working) or since is None:
            return found.middle
        elapsed = (datetime.now(UTC) - since).total_seconds()
        return remaining(found, elapsed, run.progress or 0.0)


class _UnknownError(LookupError):
    """Of a run in the queue nobody knows how long it takes."""


def _before(queue: QueueState, run: Run) -> QueueState:
    """A queue with what a run finds in it, without those that came later."""
    older = takewhile(lambda each: each.id != run.id, queue.waiting)
    return queue.model_copy(update={"waiting": list(older)})


def _workers(queue: QueueState | None) -> int:
    return max(1, queue.workers) if queue else 1


def _work(study: Experiment, config: ExperimentConfig, here: Here) -> Work | None:
    """What a configuration makes to do; None where nobody can tell."""
    if study.work is None:
        return None
    try:
        return study.work(config, here)
    except (CannotCountError, CannotRunError, UnknownNameError, OSError) as error:
        # What it names is gone, or not described yet.
        log.debug("not counted: %s", error)
        return None
