"""A lock between processes: a file that one of them holds at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else holds the lock ``path``, then hold it.

    The file stays, since one that was removed could be held by one process and made anew by
    another. The system lets the lock go when its holder dies.
    """
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
