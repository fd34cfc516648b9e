"""What a package says of runs and dashboards, checked as a whole before anything is stored."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pydantic import ValidationError

from backend.endings import light_of, main_result_of
from backend.packages.archive import Archive, parsed, refused
from backend.packages.contents import (
    CONFIG_BYTES,
    MOST_EVENTS,
    Line,
    PackedDashboard,
    PackedHandMask,
    PackedRun,
    dashboard_file,
    run_file,
)
from backend.packages.hand_masks import masks_file, masks_of
from backend.packages.pictures import picture_file, pictures_with
from backend.store.repository import Record
from pruning.events import Array, End, Result
from pruning.experiments.base import experiments

# Both go into the headers of a download.
_PATH = re.compile(r"[ !#-\[\]-~]{1,1000}")
# Most file systems take names of 255 bytes; the letters of a path are a byte each.
_LONGEST_NAME = 200
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w.+-]+=[\w.+-]+)?", re.ASCII)
_SHAPE = re.compile(r"([0-9]{1,9}(, ?[0-9]{1,9}){0,7})?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


@dataclass(frozen=True)
class CheckedRun:
    """A run that can be stored; ``files`` are the archive's names by the paths they get."""

    run: PackedRun
    record: Record
    files: dict[str, str]
    masks: list[PackedHandMask]

    def renamed(self, run_id: str) -> CheckedRun:
        """The same run under another id."""
        return replace(self, run=self.run.model_copy(update={"id": run_id}))


@dataclass(frozen=True)
class Checked:
    """All that a package brings; of pictures, what they are called."""

    runs: list[CheckedRun]
    dashboards: list[PackedDashboard]
    pictures: list[str]


def check(archive: Archive) -> Checked:
    """Read everything but the files that runs gave away.

    Raises
    ------
    Problem
        422 for the first thing that is wrong, 413 if it is too large.
    """
    manifest = archive.manifest
    if any(len(set(ids)) < len(ids) for ids in (manifest.runs, manifest.dashboards)):
        raise refused("The manifest names something twice.")
    runs = [_run(archive, run_id) for run_id in manifest.runs]
    dashboards = [_dashboard(archive, each) for each in manifest.dashboards]
    pictures = pictures_with(archive, dashboards)
    known = {
        *(name for run in runs for name in _documents(run.run.id)),
        *(masks_file(run.run.id) for run in runs),
        *(name for run in runs for name in run.files.values()),
        *map(dashboard_file, manifest.dashboards),
        *map(picture_file, pictures),
    }
    if strange := manifest.files.keys() - known:
        raise refused(f"The archive has a file that belongs to nothing in it: {min(strange)[:80]}.")
    return Checked(runs, dashboards, pictures)


def _documents(run_id: str) -> list[str]:
    return [run_file(run_id, name) for name in ("run.json", "result.json", "events.jsonl")]


def _run(archive: Archive, run_id: str) -> CheckedRun:
    run_name, result_name, events_name = _documents(run_id)
    run = archive.document(run_name, PackedRun)
    if run.id != run_id:
        raise refused(f"{run_name} is of another run.")
    _check_config(run, run_name)
    text, log = archive.read(result_name), archive.read(events_name)
    result = parsed(text, Result, result_name)
    _check_result(result, run, result_name)
    last = _check_events(log, run, events_name)
    light = light_of(result)
    record = Record(
        last,
        gzip.compress(text, compresslevel=3),
        gzip.compress(log, compresslevel=3),
        gzip.compress(light.model_dump_json().encode(), compresslevel=3),
        main_result_of(run.row(), light),
    )
    return CheckedRun(run, record, _files(archive, run_id, result), masks_of(archive, run))


def _check_config(run: PackedRun, name: str) -> None:
    """A configuration has to be the one that ran, and one that its experiment takes.

    An experiment, dataset, model or criterion that is not installed here is no fault of the
    package: the run is kept, and drawn once they are.
    """
    canonical = json.dumps(run.config, sort_keys=True, separators=(",", ":"))
    if len(canonical) > CONFIG_BYTES:
        raise refused(f"The configuration in {name} is larger than {CONFIG_BYTES:,} bytes.")
    digest = hashlib.sha256(f"{run.experiment}:{canonical}".encode()).hexdigest()
    if digest[:16] != run.config_hash:
        raise refused(f"The configuration in {name} is not the one that ran: its hash differs.")
    if run.experiment not in experiments.names():
        return
    try:
        experiments[run.experiment].config.model_validate(run.config)
    except ValidationError as error:
        wrong = [each for each in error.errors() if each["type"] != "unknown_name"]
        if wrong:
            place = ".".join(map(str, wrong[0]["loc"]))
            detail = f"{place}: {wrong[0]['msg']}"
            raise refused(f"The configuration in {name} is not valid ({detail}).") from error


def _check_result(result: Result, run: PackedRun, name: str) -> None:
    """What the pages rely on: columns of one length, arrays that can be read."""
    if result.status != run.status:
        raise refused(f"{name} says {result.status} of a run that is {run.status}.")
    for key, series in result.series.items():
        columns: list[Sequence[object]] = [series.x, series.y, *series.labels.values()]
        if any(len(column) != len(series.x) for column in columns):
            raise refused(f"The series {key!r} in {name} has columns of different lengths.")
    for key, table in result.tables.items():
        if any(len(row) != len(table.columns) for row in table.rows):
            raise refused(f"The table {key!r} in {name} has rows of different lengths.")
    for key, frames in result.frames.items():
        arrays = [array for frame in frames for array in frame.arrays.values()]
        if not all(map(_is_whole, arrays)):
            raise refused(f"The frame {key!r} in {name} has an array that cannot be read.")
        if any(a.at == b.at for a, b in pairwise(sorted(frames, key=lambda f: f.at))):
            raise refused(f"The frame {key!r} in {name} is twice at one place.")
    for artifact in result.artifacts:
        if not (_PATH.fullmatch(artifact.path) and _MEDIA_TYPE.fullmatch(artifact.media_type)):
            raise refused(f"A file in {name} has a path or a type that cannot be used.")
    _check_paths([artifact.path for artifact in result.artifacts], name)


def _check_paths(paths: Iterable[str], name: str) -> None:
    """Files need places that a folder has, each its own."""
    for path in paths:
        parts = path.split("/")
        if {"", ".", ".."} & set(parts):
            raise refused(f"A file in {name} has a path that leads elsewhere.")
        if max(map(len, parts)) > _LONGEST_NAME:
            raise refused(f"A file in {name} has a name of over {_LONGEST_NAME} letters.")
    # In this order a folder comes right before what is in it.
    for path, following in pairwise(sorted(f"{path}/" for path in paths)):
        if following.startswith(path):
            raise refused(f"Two files in {name} have one place: {path[:-1]!r}.")


def _is_whole(array: Array) -> bool:
    """Whether the page and numpy read the same: numpy also takes sides of -1, and odd letters."""
    if not (_SHAPE.fullmatch(array.shape) and _BASE64.fullmatch(array.bdata)):
        return False
    try:
        array.numpy()
    except ValueError:
        return False
    return True


def _check_events(log: bytes, run: PackedRun, name: str) -> str:
    """Every line of the history; its last event's id."""
    if log.count(b"\n") > MOST_EVENTS:
        raise refused(f"{name} has more than {MOST_EVENTS:,} events.")
    if b"\r" in log:
        raise refused(f"{name} has lines that end otherwise than by a line feed.")
    ids, last = set(), None
    for number, line in enumerate(io.BytesIO(log), start=1):
        last = parsed(line, Line, f"line {number} of {name}")
        if last.id in ids:
            raise refused(f"{name} has two events with the id {last.id}.")
        ids.add(last.id)
    end = last.event if last else None
    if last is None or not isinstance(end, End) or end.status != run.status:
        raise refused(f"{name} does not end as the run did.")
    return last.id


def _files(archive: Archive, run_id: str, result: Result) -> dict[str, str]:
    """The files of a run that are in the archive, each as its result tells of it."""
    sizes = {artifact.path: artifact.size for artifact in result.artifacts}
    names = {path: run_file(run_id, f"artifacts/{path}") for path in sizes}
    found = {path: name for path, name in names.items() if name in archive.manifest.files}
    for path, name in found.items():
        if archive.manifest.files[name].size != sizes[path]:
            raise refused(f"{name} has another size than its run says.")
    return found


def _dashboard(archive: Archive, dashboard_id: str) -> PackedDashboard:
    name = dashboard_file(dashboard_id)
    dashboard = archive.document(name, PackedDashboard)
    if dashboard.id != dashboard_id:
        raise refused(f"{name} is of another dashboard.")
    # Undoing goes from each to the one before it.
    numbers = sorted(revision.number for revision in dashboard.revisions)
    if any(after != before + 1 for before, after in pairwise(numbers)):
        raise refused(f"{name} lacks a revision between its first and its last, or has one twice.")
    if dashboard.content is None:
        raise refused(f"{name} lacks the revision that is shown.")
    return dashboard
