"""`prunelab up`: everything starts, stops and comes back together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx2
import psutil
import pytest

from prunelab.up import _announced
from tests.conftest import Server, eventually
from tests.servers import free_port, start_up, stop, wait_until_up


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def output(process: subprocess.Popen[str], seconds: float = 30) -> tuple[int, str]:
    said, _ = process.communicate(timeout=seconds)
    return process.returncode, said


def test_ctrl_c_stops_everything_within_ten_seconds_even_during_a_run(home: Path):
    port = free_port()
    process = start_up(home, port)
    wait_until_up(process)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 5, "broker, web, two workers and their children"
    slow = {"experiment": "toy", "config": {"hidden": [2000, 2000, 2000]}}
    run = httpx2.post(f"http://127.0.0.1:{port}/api/runs", json=slow).json()
    url = f"http://127.0.0.1:{port}/api/runs/{run['id']}"
    eventually(lambda: httpx2.get(url).json()["status"] == "running")
    started = time.monotonic()
    assert stop(process) == 0
    assert time.monotonic() - started < 10
    eventually(lambda: not any(map(_lives, family)), what="the end of all children")


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_a_server_had_the_next_one_has_whether_it_was_stopped_or_killed(home: Path):
    port = free_port()
    base = f"http://127.0.0.1:{port}/api/runs"
    first = start_up(home, port)
    wait_until_up(first)
    body = {"experiment": "toy", "config": {"grid": 20, "criteria": ["lrp"]}}
    ended = f"{base}/{httpx2.post(base, json=body).json()['id']}"
    eventually(lambda: httpx2.get(ended).json()["finished_at"])
    before = httpx2.get(f"{ended}/result").json()
    os.kill(first.pid, signal.SIGTERM)
    assert output(first, 10)[0] == 0

    second = start_up(home, port, PRUNELAB_LEASE_SECONDS="2")
    wait_until_up(second)
    assert httpx2.get(f"{ended}/result").json() == before
    sweep = {"epochs": 150, "sparsities": "0,0.5", "criteria": "weight", "seeds": "0"}
    url = f"{base}/{httpx2.post(base, json={'experiment': 'sweep', 'config': sweep}).json()['id']}"
    # It has loaded its libraries, and computes.
    eventually(lambda: httpx2.get(f"{url}/result").json()["series"], 90, "the first epoch")
    family = psutil.Process(second.pid).children(recursive=True)
    second.kill()
    second.communicate()
    eventually(lambda: not any(map(_lives, family)), 15, "the end of all children, busy ones too")

    third = start_up(home, port, PRUNELAB_LEASE_SECONDS="2")
    wait_until_up(third)
    try:
        eventually(lambda: httpx2.get(url).json()["attempts"] == 2, 60, "another attempt")
        assert httpx2.post(f"{url}/cancel").status_code == 200
        eventually(lambda: httpx2.get(url).json()["status"] == "cancelled", 30, "the end of it")
    finally:
        stop(third)


def test_nobody_else_on_the_machine_reads_what_is_in_the_home(server: Server):
    open_to_others = [
        str(path.relative_to(server.home))
        for path in server.home.rglob("*")
        if not path.is_symlink() and path.stat().st_mode & 0o077 and not path.is_socket()
    ]
    assert open_to_others == []


def test_who_serves_everybody_is_told_so():
    assert _announced("127.0.0.1", 8050) == "http://127.0.0.1:8050"
    assert _announced("0.0.0.0", 8050) == (
        "http://127.0.0.1:8050, and on every address of this machine at port 8050"
    )


def refused(process: subprocess.Popen[str]) -> str:
    code, said = output(process)
    assert code == 1
    assert len(said.splitlines()) == 1, said
    return said


def test_a_port_in_use_is_one_clear_line(home: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(start_up(home, port))
    assert str(port) in said
    assert "--port" in said


def test_a_data_directory_that_cannot_be_written_is_one_clear_line(tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    said = refused(start_up(file / "home", free_port()))
    assert "not writable" in said
    assert "PRUNELAB_HOME" in said


def test_two_servers_on_one_data_directory_are_one_clear_line(server: Server):
    assert "running already" in refused(start_up(server.home, free_port()))
