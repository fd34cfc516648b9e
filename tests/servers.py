"""Starting and stopping `prunelab up` as a person would."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_up(home: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    """Start `prunelab up`, without servers that the environment may name."""
    clean = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "DATABASE_URL")}
    return subprocess.Popen(
        [sys.executable, "-m", "prunelab", "up", "--port", str(port)],
        env={**clean, "PRUNELAB_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until_up(process: subprocess.Popen[str]) -> None:
    """Return once the address was printed."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("PruneLab is at"):
            return
    raise AssertionError("prunelab up ended early: " + "".join(said))


def stop(process: subprocess.Popen[str], seconds: float = 30.0) -> int:
    """Press Ctrl-C and return the exit code."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=seconds)
    finally:
        process.kill()
    return process.returncode


@contextmanager
def running(home: Path) -> Iterator[str]:
    """A server for the length of a ``with`` block: its address."""
    port = free_port()
    process = start_up(home, port)
    wait_until_up(process)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)
