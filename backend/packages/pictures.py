"""The pictures that the notes of packed dashboards name."""

from __future__ import annotations

from collections.abc import Iterable

from backend.packages.archive import Archive, refused
from backend.packages.contents import PackedDashboard
from backend.picture_files import MOST_BYTES, check_picture, digest_of, pictures_in
from backend.problems import Problem

# Each is decoded before any is kept.
MOST_PICTURES = 1000


def picture_file(digest: str) -> str:
    """The name of a picture in the package."""
    return f"pictures/{digest}"


def named_pictures(dashboards: Iterable[PackedDashboard]) -> list[str]:
    """The pictures that they name, now or in what undoing goes back to, each once."""
    notes = (
        panel.note
        for dashboard in dashboards
        for revision in dashboard.revisions
        for panel in revision.content.panels
    )
    return list(dict.fromkeys(digest for note in notes for digest in pictures_in(note)))


def pictures_with(archive: Archive, dashboards: Iterable[PackedDashboard]) -> list[str]:
    """The pictures that come with dashboards; a Problem for the first that could not be kept."""
    files = archive.manifest.files
    found = [each for each in named_pictures(dashboards) if picture_file(each) in files]
    if len(found) > MOST_PICTURES:
        raise refused(f"The archive has {len(found):,} pictures; {MOST_PICTURES:,} are the most.")
    for digest in found:
        _check(archive, digest)
    return found


def _check(archive: Archive, digest: str) -> None:
    name = picture_file(digest)
    if archive.manifest.files[name].size > MOST_BYTES:
        raise refused(f"{name} is larger than a picture may be.")
    content = archive.read(name)
    if digest_of(content) != digest:
        raise refused(f"{name} is another picture than its name says.")
    try:
        check_picture(content)
    except Problem as problem:
        raise refused(f"{name} cannot be used. {problem.detail}") from problem
