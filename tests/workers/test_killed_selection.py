"""A worker that is killed while it learns a mask: another one ends with the very same numbers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from tests.conftest import eventually
from tests.servers import free_port, start_up, stop, wait_until_up

SELECTION: dict[str, Any] = {
    "dataset": "digits",
    "kinds": ["static", "dynamic"],
    "seeds": [0],
    "epochs": 20,
    "warmup_epochs": 2,
    "logit_init": 0.5,
    "mask_learning_rate": 0.1,
    "lambda_patience": 0,
    "lambda_threshold": 1,
    "training_images": 600,
    "test_images": 100,
    "batch_size": 64,
}
PATIENCE = 120

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[tuple[httpx2.Client, psutil.Process]]:
    """A server of this test's own, to break: a client of it, and its launcher."""
    port = free_port()
    process = start_up(tmp_path, port, PRUNELAB_LEASE_SECONDS="2")
    wait_until_up(process)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client, psutil.Process(process.pid)
    assert stop(process) == 0


def submitted(client: httpx2.Client) -> str:
    body = {"experiment": "input_selection", "config": SELECTION}
    return str(client.post("/api/runs", json=body).raise_for_status().json()["id"])


def run_of(client: httpx2.Client, run: str) -> dict[str, Any]:
    return dict(client.get(f"/api/runs/{run}").json())


def rows(client: httpx2.Client, run: str, table: str) -> list[list[Any]]:
    tables = client.get(f"/api/runs/{run}/result").json()["tables"]
    return list(tables[table]["rows"]) if table in tables else []


def ended(client: httpx2.Client, run: str) -> dict[str, Any]:
    eventually(lambda: run_of(client, run)["status"] == "done", PATIENCE, "a run that is done")
    return run_of(client, run)


def training_children(launcher: psutil.Process) -> list[psutil.Process]:
    """What computes: the children of the worker for trainings."""
    [worker] = [
        child for child in launcher.children() if "worker training" in " ".join(child.cmdline())
    ]
    return worker.children(recursive=True)


def test_the_tables_of_a_killed_run_are_those_of_an_undisturbed_one(
    up: tuple[httpx2.Client, psutil.Process],
):
    client, launcher = up
    killed = submitted(client)
    # In the middle of the second mask: the first is read again, the second goes on.
    eventually(
        lambda: len(rows(client, killed, "epochs")) >= SELECTION["epochs"] + 3, PATIENCE, "epochs"
    )
    children = training_children(launcher)
    assert children
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
    assert len(rows(client, killed, "epochs")) < 2 * SELECTION["epochs"]
    assert ended(client, killed)["attempts"] == 2

    undisturbed = submitted(client)
    assert ended(client, undisturbed)["attempts"] == 1
    for table in ("epochs", "best"):
        assert rows(client, killed, table) == rows(client, undisturbed, table)
    assert len(rows(client, killed, "epochs")) == 2 * SELECTION["epochs"]
    assert {row[0] for row in rows(client, killed, "best")} == {"static", "dynamic"}
