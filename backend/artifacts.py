"""The files that runs give away, in a folder or wherever fsspec reaches."""

from __future__ import annotations

import io
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import fsspec

from backend.utc import in_utc

BLOCK = 1 << 20


class Artifacts:
    """A store of files, by run and path.

    Parameters
    ----------
    url
        A folder, or any URL that fsspec understands, such as ``s3://bucket/prunelab``.
    """

    def __init__(self, url: str) -> None:
        self._files, self._root = fsspec.core.url_to_fs(url)

    def put(self, run_id: str, path: str, file: Path) -> None:
        """Keep a copy of ``file`` under ``path``; a reader sees all of it or nothing.

        Raises
        ------
        ValueError
            If the path leaves the run's folder.
        """
        place = self._place(run_id, path)
        with file.open("rb") as source:
            self._put(run_id, place, source)

    def put_bytes(self, run_id: str, path: str, content: bytes) -> None:
        """Likewise keep what is in memory."""
        self._put(run_id, self._place(run_id, path), io.BytesIO(content))

    def _put(self, run_id: str, place: str, source: BinaryIO) -> None:
        # In the run's folder, which is removed with it, under a name that no other file has.
        draft = self._place(run_id, f".draft-{secrets.token_hex(8)}")
        self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
        try:
            with self._files.open(draft, "wb") as target:
                shutil.copyfileobj(source, target, BLOCK)
            self._files.mv(draft, place)
        except BaseException:
            if self._files.exists(draft):
                self._files.rm(draft)
            raise

    def has(self, run_id: str, path: str) -> bool:
        """Whether there is such a file."""
        return bool(self._files.isfile(self._place(run_id, path)))

    def size(self, run_id: str, path: str) -> int:
        """How many bytes a kept file has."""
        return int(self._files.size(self._place(run_id, path)))

    def read(self, run_id: str, path: str) -> Iterator[bytes]:
        """The bytes of a kept file, block after block."""
        with self._files.open(self._place(run_id, path), "rb") as file:
            while block := file.read(BLOCK):
                yield block

    def kept(self, run_id: str) -> Iterator[tuple[str, datetime]]:
        """The paths of the files in a run's folder, each with when it was put there."""
        folder = self._place(run_id, "")
        # Another process may have put something there since this one has looked.
        self._files.invalidate_cache(folder)
        if self._files.exists(folder):
            for place in self._files.find(folder):
                path = PurePosixPath(place).relative_to(folder).as_posix()
                yield path, in_utc(self._files.modified(place))

    def remove_file(self, run_id: str, path: str) -> None:
        """Remove one file."""
        self._files.rm_file(self._place(run_id, path))

    def remove(self, run_id: str) -> None:
        """Remove all files of a run."""
        folder = self._place(run_id, "")
        if self._files.exists(folder):
            self._files.rm(folder, recursive=True)

    def _place(self, run_id: str, path: str) -> str:
        parts = PurePosixPath(run_id, path).parts
        if len(parts) < 1 or ".." in parts or parts[0] != run_id:
            raise ValueError(f"{path!r} is not a path inside the run's folder")
        return "/".join([self._root.rstrip("/"), *parts])
