"""The pictures of notes: kept once each, under a name that follows from what is in them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import Engine, Text, cast, select

from backend.artifacts import Artifacts
from backend.bodies import received
from backend.picture_files import check_picture, check_size, digest_of, pictures_in, pixels_of
from backend.problems import Problem, not_found
from backend.store.models import DashboardRevision
from backend.store.repository import now

log = logging.getLogger(__name__)

# No run can have this id.
_FOLDER = ".pictures"
# A note that is to name it may not be saved yet.
_KEPT = timedelta(days=1)


class Pictures:
    """The pictures of this installation, beside what runs give away."""

    def __init__(self, engine: Engine, artifacts: Artifacts) -> None:
        self._engine = engine
        self._artifacts = artifacts
        self._pixels: dict[str, tuple[int, int]] = {}

    async def receive(self, size: int, body: AsyncIterator[bytes]) -> bytes:
        """Read an upload whose ``size`` was announced; a 413 if it is too large."""
        return await received(body, size, check_size)

    def keep(self, content: bytes) -> str:
        """Check a picture and keep it as it is; what it is called.

        Raises
        ------
        Problem
            422 for what cannot be shown, 413 if it is too large, 507 if there is no room.
        """
        check_picture(content)
        digest = digest_of(content)
        try:
            # One that is there already is as good as new: it stays for another day.
            self._artifacts.put_bytes(_FOLDER, digest, content)
        except OSError as error:
            log.exception("cannot keep a picture")
            detail = f"The place of the artifacts cannot be written ({error.strerror})."
            raise Problem(507, "It cannot be kept", detail) from error
        return digest

    def has(self, digest: str) -> bool:
        """Whether there is such a picture."""
        return self._artifacts.has(_FOLDER, digest)

    def read(self, digest: str) -> bytes:
        """A picture; a 404 if there is none of that name."""
        if not self.has(digest):
            raise not_found(f"picture {digest!r}")
        return b"".join(self._artifacts.read(_FOLDER, digest))

    def pixels(self, digest: str) -> tuple[int, int]:
        """Width and height of a picture; a 404 if there is none of that name."""
        if digest not in self._pixels:
            self._pixels[digest] = pixels_of(self.read(digest))
        return self._pixels[digest]

    def tidy(self) -> int:
        """Remove what no dashboard names, now or in what undoing goes back to; how many."""
        before = now() - _KEPT
        old = {name for name, kept_at in self._artifacts.kept(_FOLDER) if kept_at < before}
        unnamed = old - self._named() if old else old
        for name in unnamed:
            self._artifacts.remove_file(_FOLDER, name)
            self._pixels.pop(name, None)
        return len(unnamed)

    def _named(self) -> set[str]:
        """All that are named by any revision of any dashboard."""
        contents = select(cast(DashboardRevision.content, Text))
        named: set[str] = set()
        with self._engine.connect().execution_options(yield_per=100) as connection:
            for text in connection.scalars(contents):
                named.update(pictures_in(text))
        return named
