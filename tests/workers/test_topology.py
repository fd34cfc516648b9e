"""The compose file's topology by hand: a server elsewhere, and each part a command of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx2

from tests.conftest import eventually
from tests.servers import free_port
from workers.embedded import Broker


def start(stack: ExitStack, environment: dict[str, str], *command: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "prunelab", *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait, 20)
    stack.callback(process.terminate)


def test_web_and_worker_meet_at_an_external_redis_and_database(
    valkey: Broker, redis, tmp_path: Path
):
    environment = {
        "PRUNELAB_HOME": str(tmp_path / "home"),
        "REDIS_URL": valkey.url,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}",
    }
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        start(stack, environment, "web", "--port", str(port))
        eventually(lambda: _answer("GET", f"{base}/healthz", 200), 60, "the web server")
        eventually(lambda: _answer("GET", f"{base}/readyz", 503), what="that nobody works yet")
        start(stack, environment, "worker", "interactive", "--concurrency", "1")
        body = {"experiment": "toy", "config": {"grid": 20, "criteria": ["lrp"]}}
        run = eventually(lambda: _answer("POST", f"{base}/api/runs", 201, body), 60, "a worker")
        url = f"{base}/api/runs/{run['id']}"
        eventually(
            lambda: _answer("GET", url, 200).get("status") == "done", 60, "the end of the run"
        )
    assert (tmp_path / "elsewhere.sqlite3").exists()
    assert not (tmp_path / "home" / "prunelab.sqlite3").exists()


def _answer(method: str, url: str, status: int, body: dict | None = None) -> dict:
    """What is answered with that status; nothing else counts while the parts start."""
    try:
        answer = httpx2.request(method, url, json=body)
    except httpx2.TransportError:
        return {}
    return answer.json() if answer.status_code == status else {}
