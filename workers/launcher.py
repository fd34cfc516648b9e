"""Processes that end with the one that started them, however that one ends.

A launcher that is killed cannot stop its children, and Linux's signal at a parent's death asks a
worker to finish what it does first: that would be hours, without a broker.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

LAUNCHER = "PRUNELAB_LAUNCHER"
_LOOK_SECONDS = 0.5
# How long a process may take to end by itself.
_PATIENCE_SECONDS = 4.0


def end_with_launcher(stop_signal: signal.Signals = signal.SIGTERM) -> None:
    """Have this process and its children end once `prunelab up`, if that started it, is gone."""
    launcher = os.environ.get(LAUNCHER)
    if launcher:
        _follow(int(launcher), lambda: _end_all(stop_signal))


def end_with_parent() -> None:
    """Have this process end at once when its parent is gone: what it did is begun again."""
    _follow(os.getppid(), lambda: os._exit(1))


def _follow(parent: int, end: Callable[[], None]) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        end()

    threading.Thread(target=watch, name="launcher", daemon=True).start()


def _end_all(stop_signal: signal.Signals) -> None:
    """End this process, which leads a group of its own, and whatever is in that."""
    os.kill(os.getpid(), stop_signal)
    time.sleep(_PATIENCE_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)
