"""Which processes a `prunelab up` has started, so that the next one finds those that it left."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from workers.process import Process


def note_parts(home: Path, processes: Iterable[Process]) -> None:
    """Write down what runs now."""
    pids = [process.pid for process in processes if process.pid is not None]
    known = [(pid, begun) for pid in pids if (begun := _begun(pid)) is not None]
    _file(home).write_text(json.dumps(known))


def end_left_parts(home: Path) -> int:
    """Kill what an `up` has left that was itself killed; says how many parts there were.

    Its parts end by themselves, busy ones in seconds; two brokers on the same files, or workers
    that hold runs for a broker that is gone, must not meet those that start now.
    """
    left = list(_left(home))
    for pid in left:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    return len(left)


def _left(home: Path) -> Iterator[int]:
    try:
        known = json.loads(_file(home).read_text())
    except (OSError, ValueError):
        # There was none before, or it was killed as it wrote this down.
        return
    for pid, begun in known:
        # A number that another process has by now was begun at another time.
        if _begun(pid) == begun:
            yield pid


def _begun(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def _file(home: Path) -> Path:
    return home / "parts.json"
