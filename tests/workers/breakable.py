"""A server to break, with what tests of killed workers do with it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil

from tests.conftest import eventually

PATIENCE = 120


@dataclass(frozen=True)
class Breakable:
    """A server of a test's own: a client of it, its launcher, and where it keeps things."""

    client: httpx2.Client
    launcher: psutil.Process
    home: Path

    def submitted(self, experiment: str, config: dict[str, Any]) -> str:
        """The id of a new run."""
        body = {"experiment": experiment, "config": config}
        return str(self.client.post("/api/runs", json=body).raise_for_status().json()["id"])

    def run(self, run: str) -> dict[str, Any]:
        """What the server says of a run."""
        return dict(self.client.get(f"/api/runs/{run}").json())

    def result(self, run: str) -> dict[str, Any]:
        """What the run has said so far."""
        return dict(self.client.get(f"/api/runs/{run}/result").json())

    def done(self, run: str) -> dict[str, Any]:
        """Wait until a run is done, and say what the server then says of it."""
        eventually(lambda: self.run(run)["status"] == "done", PATIENCE, "a run that is done")
        return self.run(run)

    def kill_amid(self, is_amid: Callable[[dict[str, Any]], bool], run: str, queue: str) -> None:
        """Kill what computes, the children of a queue's worker, in the middle of something."""
        eventually(lambda: is_amid(self.result(run)), PATIENCE, is_amid.__name__)
        [worker] = [
            child
            for child in self.launcher.children()
            if f"worker {queue}" in " ".join(child.cmdline())
        ]
        children = worker.children(recursive=True)
        assert children
        for child in children:
            os.kill(child.pid, signal.SIGKILL)
        assert is_amid(self.result(run)), "it was over before it was killed"


def without_clocks(table: dict[str, Any], *clocks: str) -> list[list[Any]]:
    """The rows, in an order of their own: parts end in any.

    Parameters
    ----------
    clocks
        Parts of the names of columns that are measured in time.
    """
    columns = enumerate(table["columns"])
    kept = [i for i, name in columns if not any(clock in name for clock in clocks)]
    return sorted(([row[i] for i in kept] for row in table["rows"]), key=repr)
