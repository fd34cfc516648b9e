"""Carrying out one run: claim it, stream its events, bring it to its end."""

from __future__ import annotations

import logging
import shutil
from datetime import timedelta
from pathlib import Path

from redis import RedisError

from backend.event_log import Entry
from backend.missing import missing_for
from backend.services import Services
from backend.store.models import RunRow
from pruning.context import Context
from pruning.events import Artifact, End
from pruning.execution import execute
from pruning.experiments.base import experiments
from workers.lease import Lease
from workers.limits import Limits
from workers.recorder import Recorder

log = logging.getLogger(__name__)


def carry_out(services: Services, run_id: str, owner: str) -> None:
    """Do the run ``run_id`` if it is free; one that is taken or ended is left alone."""
    period = timedelta(seconds=services.settings.lease_seconds)
    repository = services.runs.repository
    if not _knows_all(services, run_id):
        return
    row = repository.claim(run_id, owner, period)
    if row is None:
        log.info("run %s is not free", run_id)
        return
    with Lease(repository, row, owner, period, Limits.of(services.settings)) as lease:
        work = _work_on_part if row.part else _work_on_run
        try:
            if not work(services, row, lease, owner):
                log.warning("run %s was taken away while it was worked on", run_id)
        except RedisError:
            # Whoever reaches Redis again goes on with it: it is no attempt that the run has failed.
            repository.give_back(run_id, owner)
            raise


def _knows_all(services: Services, run_id: str) -> bool:
    """Whether this process knows what a run names; else it is left to one that does."""
    repository = services.runs.repository
    row = repository.get(run_id)
    if row is None:
        return False
    whole = row.parent_id or row.id
    if what := missing_for(row):
        log.warning("run %s is left to others: %s", run_id, what)
        repository.note_missing(whole, what)
        return False
    repository.note_known(whole)
    return True


def _work_on_run(services: Services, row: RunRow, lease: Lease, owner: str) -> bool:
    said = services.runs.log.read(row.id) if row.attempts > 1 else []
    with Recorder(services.runs.log, row.id, said) as recorder:
        end = _record(services, row, lease, recorder)
    closed = services.runs.close(row.id, end.status, end.error, owner=owner, entries=said)
    _tidy(services, row.id)
    return closed


def _work_on_part(services: Services, row: RunRow, lease: Lease, owner: str) -> bool:
    """Do one part of a run; what an attempt before this one said is said again."""
    run_id = str(row.parent_id)
    services.runs.repository.start_divided(run_id)
    said: list[Entry] = []
    with Recorder(services.runs.log, run_id, said) as recorder:
        end = _record(services, row, lease, recorder)
    closed = services.runs.close_part(row, end.status, end.error, owner=owner, entries=said)
    _tidy(services, run_id)
    return closed


def _tidy(services: Services, run_id: str) -> None:
    """Give back the space of a run that has ended; one that goes on needs what it put there."""
    if services.runs.get(run_id).ended:
        shutil.rmtree(services.settings.scratch(run_id), ignore_errors=True)


def _record(services: Services, row: RunRow, lease: Lease, recorder: Recorder) -> End:
    """Have all events of the run written but the last, which is returned.

    A file is in the store of artifacts before anybody hears of it.
    """
    run_id = row.parent_id or row.id
    context = _context(services, lease, services.settings.scratch(run_id))
    study = experiments[row.experiment]
    config = study.config.model_validate(row.config)
    part = study.part(config, row.part) if row.part else None
    limits = Limits.of(services.settings)
    for event in execute(study, config, context, part):
        if isinstance(event, End):
            is_over = lease.exceeded and event.status == "cancelled"
            return End(status="failed", error=lease.exceeded) if is_over else event
        if too_much := limits.said_too_much(recorder.bytes):
            return End(status="failed", error=too_much)
        if isinstance(event, Artifact) and context.artifacts:
            services.artifacts.put(run_id, event.path, context.artifacts / event.path)
        recorder.add(event)
    raise AssertionError("execute() always says how it ended")


def _context(services: Services, lease: Lease, scratch: Path) -> Context:
    artifacts = scratch / "artifacts"
    artifacts.mkdir(parents=True, exist_ok=True)
    return Context(
        data_dir=services.settings.data_dir,
        device=services.settings.device or _first_device(),
        cancelled=lease.stopped,
        artifacts=artifacts,
        scratch=scratch,
        files=services.artifacts.read,
    )


def _first_device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
