"""Processes that somebody has stopped, and that nobody lets go on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

_LOOK_SECONDS = 1.0


class Stopped:
    """Finds the processes that have been stopped (SIGSTOP) for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[int, float] = {}

    def among(self, pids: Iterable[int]) -> list[int]:
        """Those of ``pids`` that were stopped at every look for so long."""
        now = time.monotonic()
        self._since = {pid: self._since.get(pid, now) for pid in pids if _is_stopped(pid)}
        return [pid for pid, since in self._since.items() if now - since >= self._seconds]


def end_stopped_children(seconds: float) -> None:
    """From now on, kill the children of this process that have been stopped for so long.

    They hold nothing any more, their leases have run out; but as long as they are there, no other
    child takes their place.
    """

    def watch() -> None:
        stopped = Stopped(seconds)
        while True:
            time.sleep(_LOOK_SECONDS)
            children = psutil.Process().children()
            for pid in stopped.among(child.pid for child in children):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    threading.Thread(target=watch, name="stopped", daemon=True).start()


def _is_stopped(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    except psutil.NoSuchProcess:
        return False
