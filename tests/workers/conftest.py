"""What tests of workers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.servers import free_port, start_up, stop, wait_until_up
from tests.workers.breakable import Breakable


@pytest.fixture
def breakable(tmp_path: Path) -> Iterator[Breakable]:
    """A server of this test's own, to break, which misses its workers soon."""
    port = free_port()
    process = start_up(tmp_path, port, PRUNELAB_LEASE_SECONDS="2")
    wait_until_up(process)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield Breakable(client, psutil.Process(process.pid), tmp_path)
    assert stop(process) == 0
