"""Take a package in: all of it, or nothing."""

from __future__ import annotations

import gzip
import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from backend.packages.archive import Archive, opened, too_large
from backend.packages.checking import CheckedRun, check
from backend.packages.contents import PackedDashboard
from backend.packages.drafts import draft
from backend.packages.pictures import picture_file
from backend.packages.writing import find_dashboard
from backend.problems import Problem
from backend.services import Services
from backend.store.arrivals import Arrivals

State = Literal["new", "known", "renamed"]
# Two at once might want the same id.
_importing = threading.Lock()


class Imported(BaseModel):
    """A run or a dashboard of a package, and what became of it.

    ``new`` has kept its id, ``known`` was here before, and ``renamed`` got another ``id`` because
    something else has that which it had, ``was``.
    """

    kind: Literal["run", "dashboard"]
    id: str
    was: str
    title: str
    state: State


async def receive(services: Services, body: AsyncIterator[bytes]) -> Path:
    """Write an upload to a file, which whoever imports it deletes; a 413 for too large a one."""
    most, size = services.settings.import_bytes, 0
    with draft(services.settings.home) as file:
        path = Path(file.name)
        try:
            async for piece in body:
                size += len(piece)
                if size > most:
                    raise too_large(most)
                file.write(piece)
        except BaseException:
            path.unlink()
            raise
    return path


def import_package(file: Path, services: Services) -> list[Imported]:
    """Store what is in a package and say what became of each part of it.

    Raises
    ------
    Problem
        413 or 422 if it is not taken; then nothing of it is stored.
    """
    most = services.settings.import_bytes
    if file.stat().st_size > most:
        raise too_large(most)
    with opened(file, most) as archive:
        checked = check(archive)
        with _importing:
            runs = [_placed_run(services, run) for run in checked.runs]
            ids = {told.was: told.id for _, told in runs}
            dashboards = [_placed_dashboard(services, each, ids) for each in checked.dashboards]
            # Should the rest fail, they are removed like all that no dashboard names.
            for digest in checked.pictures:
                services.pictures.keep(archive.read(picture_file(digest)))
            _store(
                services,
                archive,
                [run for run, told in runs if told.state != "known"],
                [each for each, told in dashboards if told.state != "known"],
                [told.id for _, told in runs if told.state == "known"],
            )
    return [told for _, told in (*runs, *dashboards)]


def _placed_run(services: Services, run: CheckedRun) -> tuple[CheckedRun, Imported]:
    """A run under an id that is free, unless it is here already."""
    state: State = "new"
    was = run.run.id
    taken = services.runs.repository.get(was)
    if taken is not None:
        state = "known" if _is_known(services, run) else "renamed"
    if state == "renamed":
        run = run.renamed(secrets.token_hex(6))
    title = run.run.title or run.run.experiment
    return run, Imported(kind="run", id=run.run.id, was=was, title=title, state=state)


def _is_known(services: Services, run: CheckedRun) -> bool:
    """Whether the run of this id is this run: what it was of, what it said, and when.

    People may have given it another title since, or keep other masks with it: what is here stays.
    """
    row = services.runs.repository.get(run.run.id)
    record = services.runs.repository.record(run.run.id)
    if row is None or record is None:
        return False
    facts = ("experiment", "config_hash", "created_at")
    is_same = all(getattr(row, name) == getattr(run.run, name) for name in facts)
    return is_same and gzip.decompress(record.events) == gzip.decompress(run.record.events)


def _placed_dashboard(
    services: Services, dashboard: PackedDashboard, ids: dict[str, str]
) -> tuple[PackedDashboard, Imported]:
    """A dashboard that names its runs as they are called here, likewise."""
    dashboard = dashboard.with_runs(ids)
    was, here = dashboard.id, find_dashboard(services, dashboard.id)
    state: State = "new"
    if here is not None:
        state = "known" if here.content == dashboard.content else "renamed"
    if state == "renamed":
        dashboard = dashboard.model_copy(update={"id": secrets.token_hex(6)})
    title = dashboard.content.title if dashboard.content else ""
    told = Imported(kind="dashboard", id=dashboard.id, was=was, title=title, state=state)
    return dashboard, told


def _store(
    services: Services,
    archive: Archive,
    runs: list[CheckedRun],
    dashboards: list[PackedDashboard],
    known: list[str],
) -> None:
    """Files first, which nobody sees without their runs; then all rows at once."""
    with _files_or_none(services, runs):
        for run in runs:
            for path, name in run.files.items():
                _keep(services, archive, run.run.id, path, name)
        rows = [(run.run.row(), run.record) for run in runs]
        masks = [mask.row(run.run.id) for run in runs for mask in run.masks]
        try:
            boards = [each.rows() for each in dashboards]
            Arrivals(services.engine).add(rows, boards, known, masks)
        except IntegrityError as error:
            detail = "Something of the same id came in between. Import the package again."
            raise Problem(409, "It was not imported", detail) from error


@contextmanager
def _files_or_none(services: Services, runs: list[CheckedRun]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for run in runs:
            # Another process may have stored the same run meanwhile: then they are that run's.
            if services.runs.repository.get(run.run.id) is None:
                services.artifacts.remove(run.run.id)
        raise


def _keep(services: Services, archive: Archive, run_id: str, path: str, name: str) -> None:
    with draft(services.settings.home) as file:
        taken = Path(file.name)
        try:
            file.writelines(archive.blocks(name))
            file.flush()
            services.artifacts.put(run_id, path, taken)
        finally:
            taken.unlink()
