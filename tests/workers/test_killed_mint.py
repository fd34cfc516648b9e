"""A worker that is killed in a run of MINT: another one ends with the very same numbers."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from tests.conftest import eventually
from tests.servers import free_port, start_up, stop, wait_until_up

MINT: dict[str, Any] = {
    "dataset": "digits",
    "epochs": 3,
    "retrain_epochs": 30,
    "training_images": 1400,
    "test_images": 100,
    "groups": [5],
    "layer_groups": ["fc1=60x64"],
    "samples_per_class": [60],
    "latency_batch": 8,
    "variants": ["mint", "chance"],
    "prune_layers": ["fc2"],
    "second_draw": False,
    "permuted": False,
    "percentages": [80],
    "seeds": [0],
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
    body = {"experiment": "mint", "config": MINT}
    return str(client.post("/api/runs", json=body).raise_for_status().json()["id"])


def result_of(client: httpx2.Client, run: str) -> dict[str, Any]:
    return dict(client.get(f"/api/runs/{run}/result").json())


def wait_until_done(client: httpx2.Client, run: str) -> None:
    status = f"/api/runs/{run}"
    eventually(
        lambda: client.get(status).json()["status"] == "done", PATIENCE, "a run that is done"
    )


def kill_amid(
    is_amid: Callable[[dict[str, Any]], bool],
    client: httpx2.Client,
    run: str,
    launcher: psutil.Process,
) -> None:
    """Kill what computes, the children of the worker for parts, in the middle of something."""
    eventually(lambda: is_amid(result_of(client, run)), PATIENCE, is_amid.__name__)
    [worker] = [
        child for child in launcher.children() if "worker parts" in " ".join(child.cmdline())
    ]
    children = worker.children(recursive=True)
    assert children
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
    assert is_amid(result_of(client, run)), "it was over before it was killed"


def without_clocks(table: dict[str, Any]) -> list[list[Any]]:
    """The rows, in an order of their own: parts end in any."""
    kept = [i for i, name in enumerate(table["columns"]) if "speedup" not in name]
    return sorted(([row[i] for i in kept] for row in table["rows"]), key=repr)


def is_scored_in_part(result: dict[str, Any]) -> bool:
    """Whether scores of the first layer have come, and not all of them."""
    return "scores/fc1" in result["frames"] and "distribution/fc1" not in result["frames"]


def is_retrained_in_part(result: dict[str, Any]) -> bool:
    """Whether a pruned network is being trained again, and not yet measured."""
    measured = [row[:2] for row in result["tables"].get("accuracy", {"rows": []})["rows"]]
    return "retraining/loss/mint" in result["series"] and ["mint", 80] not in measured


def test_the_tables_of_a_killed_run_are_those_of_an_undisturbed_one(
    up: tuple[httpx2.Client, psutil.Process], tmp_path: Path
):
    client, launcher = up
    killed = submitted(client)
    kill_amid(is_scored_in_part, client, killed, launcher)
    kill_amid(is_retrained_in_part, client, killed, launcher)
    wait_until_done(client, killed)

    # What is kept for all runs is not to be found again.
    for kept in ("information", "networks"):
        shutil.rmtree(tmp_path / "data" / kept)
    undisturbed = submitted(client)
    wait_until_done(client, undisturbed)
    one, other = (result_of(client, run)["tables"] for run in (killed, undisturbed))
    assert one.keys() == other.keys() == {"signal", "pairs", "accuracy", "summary"}
    for name in one:
        assert without_clocks(one[name]) == without_clocks(other[name])
    assert len(one["accuracy"]["rows"]) == 2 * 2
