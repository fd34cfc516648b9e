"""A website in a folder: written beside it first, so that half a site is never there.

A file in the folder says which files are the site's. What else somebody has put there, such as a
``CNAME`` or ``.git``, stays when the site is written again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import orjson

from backend.problems import Problem

MARKER = "prunelab-site.json"


def check_folder(out: Path) -> None:
    """See that a site may be written there.

    Raises
    ------
    Problem
        409 for a folder with anything but a site in it, or for a file.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise _refused(f"{out} is a file.")
    if any(out.iterdir()) and _own_files(out) is None:
        raise _refused(f"{out} has files that are no website of PruneLab.")


class Draft:
    """A website that is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[str] = []

    def add(self, files: dict[str, bytes]) -> None:
        """Write files, by their paths in the site."""
        with _told(self.folder.parent):
            for path, content in files.items():
                file = self.folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                self.files.append(path)


@contextmanager
def replaced(out: Path) -> Iterator[Draft]:
    """A draft that takes the folder's place at the end; after an error the folder is as it was.

    Raises
    ------
    Problem
        What :func:`check_folder` says, and 409 where a page would replace a file of somebody else
        or nothing can be written.
    """
    out = out.resolve()
    check_folder(out)
    draft = Draft(_beside(out))
    with _told(out.parent):
        draft.folder.mkdir(parents=True)
    try:
        yield draft
        draft.add({MARKER: orjson.dumps({"files": draft.files})})
        with _told(out.parent):
            _put(draft.folder, out)
    finally:
        shutil.rmtree(draft.folder, ignore_errors=True)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What a disk refuses, in words."""
    try:
        yield
    except OSError as error:
        raise _refused(f"Nothing can be written to {folder} ({error.strerror}).") from error


def _put(draft: Path, out: Path) -> None:
    if not out.exists():
        draft.rename(out)
        return
    kept = list(_of_others(out, _own_files(out) or set()))
    in_the_way = [path for path in kept if (draft / path).exists()]
    if in_the_way:
        raise _refused(f"{out / in_the_way[0]} is no file of the site, and would be replaced.")
    before = _beside(out)
    out.rename(before)
    try:
        draft.rename(out)
    except OSError:
        before.rename(out)
        raise
    for path in kept:
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (before / path).rename(out / path)
    shutil.rmtree(before)


def _of_others(folder: Path, own: set[Path], below: Path = Path()) -> Iterator[Path]:
    """What in a folder is not the site's: files, and whole folders."""
    folders = {parent for path in own for parent in path.parents}
    for each in sorted((folder / below).iterdir()):
        path = below / each.name
        if path in folders and each.is_dir() and not each.is_symlink():
            yield from _of_others(folder, own, path)
        elif path not in own:
            yield path


def _own_files(folder: Path) -> set[Path] | None:
    """The files of the site in a folder; None where there is no site."""
    marker = folder / MARKER
    if not marker.is_file():
        return None
    return {Path(MARKER), *map(Path, orjson.loads(marker.read_bytes())["files"])}


def _beside(out: Path) -> Path:
    return out.parent / f".{out.name}-{token_hex(4)}"


def _refused(what: str) -> Problem:
    detail = f"{what} Name an empty folder, a new one, or one with a website of PruneLab."
    return Problem(409, "The site cannot be written there", detail)
