"""Files that are there as a whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a process leaves that is killed while it writes; see backend/leftovers.py.
DRAFT = ".draft-"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what ``path`` is to hold: readers see what was there before, or all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=path.parent) as folder:
        draft = Path(folder) / path.name
        yield draft
        draft.replace(path)
