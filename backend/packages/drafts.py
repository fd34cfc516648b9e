"""Files that are only there while a package is written or read."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import IO

from backend.places import make_home

_PREFIX = ".package-"
# What is so old was left by a process that was killed.
_LEFT_SECONDS = 24 * 3600


def draft(home: Path) -> IO[bytes]:
    """A new file in the data directory, which whoever asks for it deletes."""
    make_home(home)
    return tempfile.NamedTemporaryFile(prefix=_PREFIX, dir=home, delete=False)


def tidy(home: Path) -> None:
    """Delete what was left behind."""
    for path in home.glob(f"{_PREFIX}*"):
        if time.time() - path.stat().st_mtime > _LEFT_SECONDS:
            path.unlink()
