"""Write a package: runs that have ended with their history and files, and dashboards."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.packages.contents import (
    FIRST_FORMAT,
    FORMAT,
    MANIFEST,
    MASKS_FORMAT,
    FileFacts,
    Manifest,
    PackedDashboard,
    PackedHandMask,
    PackedHandMasks,
    PackedRevision,
    PackedRun,
    dashboard_file,
    run_file,
)
from backend.packages.hand_masks import masks_file
from backend.packages.pictures import MOST_PICTURES, named_pictures, picture_file
from backend.problems import Problem, not_found
from backend.runs import Runs
from backend.services import Services
from backend.store.models import DashboardRevision, DashboardRow
from backend.store.repository import now
from pruning.events import Result


def write_package(
    target: Path,
    services: Services,
    title: str,
    runs: Sequence[str],
    dashboards: Sequence[str] = (),
) -> None:
    """Write runs and dashboards to a file.

    Raises
    ------
    Problem
        404 for what does not exist, 409 for a run that has not ended: half a run could not be
        carried on elsewhere.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        writing = _Writing(pack)
        for run_id in runs:
            _write_run(writing, services, run_id)
        packed = [_dashboard(services, dashboard_id) for dashboard_id in dashboards]
        for dashboard in packed:
            writing.add(dashboard_file(dashboard.id), [dashboard.model_dump_json().encode()])
        pictures = _write_pictures(writing, services, named_pictures(packed))
        has_masks = any(masks_file(run_id) in writing.files for run_id in runs)
        manifest = Manifest(
            format=FORMAT if pictures else MASKS_FORMAT if has_masks else FIRST_FORMAT,
            prunelab=version("prunelab"),
            title=title,
            created_at=now(),
            runs=list(runs),
            dashboards=list(dashboards),
            files=writing.files,
        )
        pack.writestr(MANIFEST, manifest.model_dump_json(indent=1))


class _Writing:
    """An archive that is_removed what went into it."""

    def __init__(self, pack: zipfile.ZipFile) -> None:
        self.files: dict[str, FileFacts] = {}
        self._pack = pack

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write a file, block after block."""
        digest, size = hashlib.sha256(), 0
        with self._pack.open(name, "w", force_zip64=True) as file:
            for block in blocks:
                digest.update(block)
                size += len(block)
                file.write(block)
        self.files[name] = FileFacts(size=size, sha256=digest.hexdigest())


def _write_run(writing: _Writing, services: Services, run_id: str) -> None:
    run = ended_run(services.runs, run_id)
    record = services.runs.repository.record(run_id)
    if record is None:
        raise Problem(409, "The run left nothing", f"The store has no record of run {run_id}.")
    result = gzip.decompress(record.result)
    writing.add(run_file(run_id, "run.json"), [run.model_dump_json().encode()])
    writing.add(run_file(run_id, "result.json"), [result])
    writing.add(run_file(run_id, "events.jsonl"), [gzip.decompress(record.events)])
    if masks := services.hand_masks.of(run_id):
        packed = PackedHandMasks(masks=[PackedHandMask.model_validate(mask) for mask in masks])
        writing.add(masks_file(run_id), [packed.model_dump_json().encode()])
    for path in _files(services, run_id, Result.model_validate_json(result)):
        blocks = services.artifacts.read(run_id, path)
        writing.add(run_file(run_id, f"artifacts/{path}"), blocks)


def _dashboard(services: Services, dashboard_id: str) -> PackedDashboard:
    packed = find_dashboard(services, dashboard_id)
    if packed is None:
        raise not_found(f"dashboard {dashboard_id!r}")
    return packed


def _write_pictures(writing: _Writing, services: Services, named: Sequence[str]) -> int:
    """Write the pictures that are still there; how many."""
    found = [digest for digest in named if services.pictures.has(digest)]
    if len(found) > MOST_PICTURES:
        raise Problem(
            422,
            "There are too many pictures",
            f"The dashboards and their history show {len(found):,} pictures; a package takes "
            f"{MOST_PICTURES:,}. Export fewer dashboards at once.",
        )
    for digest in found:
        writing.add(picture_file(digest), [services.pictures.read(digest)])
    return len(found)


def ended_run(runs: Runs, run_id: str) -> PackedRun:
    """A run that can be packed."""
    run = runs.get(run_id)
    if not run.ended:
        detail = f"The run {run_id} is {run.status}. It can be packed once it has ended."
        raise Problem(409, "The run is still active", detail)
    return PackedRun.model_validate(run.model_dump(include=set(PackedRun.model_fields)))


def _files(services: Services, run_id: str, result: Result) -> Iterator[str]:
    """The files that a run gave away and that are still there."""
    paths = dict.fromkeys(artifact.path for artifact in result.artifacts)
    return (path for path in paths if services.artifacts.has(run_id, path))


def find_dashboard(services: Services, dashboard_id: str) -> PackedDashboard | None:
    """A dashboard with its revisions, if there is one of that id."""
    with Session(services.engine) as session:
        row = session.get(DashboardRow, dashboard_id)
        if row is None:
            return None
        mine = select(DashboardRevision).where(DashboardRevision.dashboard_id == dashboard_id)
        revisions = session.scalars(mine.order_by(DashboardRevision.number)).all()
        return PackedDashboard(
            id=row.id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            current=row.current,
            revisions=[PackedRevision.model_validate(revision) for revision in revisions],
        )
