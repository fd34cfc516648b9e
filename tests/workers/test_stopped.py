"""Processes that are stopped are found after a while, and make room for others."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from prunelab.left_parts import end_left_parts, note_parts
from tests.conftest import eventually
from workers.process import Process
from workers.stopped import Stopped

WAITS = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing."""
    with subprocess.Popen(WAITS) as process:
        yield process
        process.kill()


def test_a_process_is_found_once_it_was_stopped_for_long_and_not_if_it_went_on(child):
    stopped = Stopped(0.3)
    assert stopped.among([child.pid]) == []
    child.send_signal(signal.SIGSTOP)
    eventually(lambda: psutil.Process(child.pid).status() == psutil.STATUS_STOPPED)
    assert stopped.among([child.pid]) == []
    time.sleep(0.2)
    child.send_signal(signal.SIGCONT)
    eventually(lambda: psutil.Process(child.pid).status() != psutil.STATUS_STOPPED)
    assert stopped.among([child.pid]) == []
    child.send_signal(signal.SIGSTOP)
    eventually(lambda: psutil.Process(child.pid).status() == psutil.STATUS_STOPPED)
    assert stopped.among([child.pid]) == []
    time.sleep(0.35)
    assert stopped.among([child.pid]) == [child.pid]


def test_a_process_that_is_gone_was_not_stopped(child):
    child.kill()
    child.wait()
    assert Stopped(0).among([child.pid]) == []


def test_parts_that_an_up_has_left_are_ended_and_nobody_else(tmp_path, child):
    part = Process("part", WAITS, tmp_path / "part.log")
    part.start()
    note_parts(tmp_path, [part])
    assert end_left_parts(tmp_path) == 1
    eventually(lambda: part.exit_code is not None, what="the end of the part")
    # Its number may be another's by now.
    noted = (tmp_path / "parts.json").read_text()
    (tmp_path / "parts.json").write_text(noted.replace(noted.split(",")[0][2:], str(child.pid)))
    assert end_left_parts(tmp_path) == 0
    assert child.poll() is None
    for unreadable in ("", "[[1"):
        (tmp_path / "parts.json").write_text(unreadable)
        assert end_left_parts(tmp_path) == 0
