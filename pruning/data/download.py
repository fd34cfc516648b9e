"""Fetching a file while saying how far it is."""

from __future__ import annotations

import hashlib
import shutil
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from pruning.data.limits import in_mib
from pruning.events import Progress

# A server that says nothing for so long is given up.
_SECONDS = 10.0
_PIECE = 1 << 18
_SAY_EVERY_SECONDS = 0.1
# Some of the servers refuse the name that urllib gives itself.
_AGENT = {"User-Agent": "prunelab"}


class DownloadError(RuntimeError):
    """A file that no server has given; the message says why, server by server."""


@dataclass(frozen=True)
class Remote:
    """A file that is to be had elsewhere.

    Attributes
    ----------
    path
        Its path below the folder that it is put into.
    urls
        Where it is, in the order in which they are tried.
    md5
        The checksum that tells whether it arrived whole.
    """

    path: str
    urls: tuple[str, ...]
    md5: str


def fetch(remote: Remote, folder: Path, others: Iterable[Path]) -> Iterator[Progress]:
    """Put a file into ``folder``, from one of the ``others`` if it is there, else by download.

    Raises
    ------
    DownloadError
        If it is nowhere to be had.
    """
    target = folder / remote.path
    target.parent.mkdir(parents=True, exist_ok=True)
    for other in others:
        if _is_right(other / remote.path, remote.md5):
            shutil.copyfile(other / remote.path, target)
            return
    reasons = []
    for url in remote.urls:
        try:
            yield from _download(url, target)
        except (OSError, HTTPException) as error:
            reasons.append(f"{urlsplit(url).netloc}: {getattr(error, 'reason', None) or error}")
            continue
        if _is_right(target, remote.md5):
            return
        reasons.append(f"{urlsplit(url).netloc}: {target.name} did not arrive as it should be")
    raise DownloadError("; ".join(reasons))


def _download(url: str, target: Path) -> Iterator[Progress]:
    request = urllib.request.Request(url, headers=_AGENT)
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer, target.open("wb") as file:
        total = int(answer.headers.get("Content-Length") or 0)
        yield _said(target.name, 0, total)
        said = time.monotonic()
        while piece := answer.read1(_PIECE):
            file.write(piece)
            if time.monotonic() - said > _SAY_EVERY_SECONDS:
                said = time.monotonic()
                yield _said(target.name, file.tell(), total)
        yield _said(target.name, file.tell(), total)


def _said(name: str, done: int, total: int) -> Progress:
    of = f" of {in_mib(total)}" if total else ""
    message = f"Downloading {name}: {in_mib(done)}{of}"
    return Progress(done=done, total=max(done, total), message=message)


def _is_right(path: Path, md5: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, _checksum).hexdigest() == md5


def _checksum() -> hashlib._Hash:
    """A checksum against damage, which is not meant to keep anybody out."""
    return hashlib.md5(usedforsecurity=False)
