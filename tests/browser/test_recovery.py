"""What the page says when parts of the machine room die, and that it recovers by itself."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator

import httpx2
import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.browser import actions
from tests.conftest import eventually
from tests.servers import free_port, start_up, stop, wait_until_up

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """A server of these tests' own, to break: its address and its launcher."""
    port = free_port()
    process = start_up(tmp_path_factory.mktemp("breakable"), port, PRUNELAB_LEASE_SECONDS="2")
    wait_until_up(process)
    yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    assert stop(process) == 0


@pytest.fixture
def server(breakable: tuple[str, psutil.Process]) -> tuple[str, psutil.Process]:
    """The same, recovered from the test before."""
    url, _ = breakable
    eventually(lambda: httpx2.get(f"{url}/readyz").status_code == 200, what="a ready server")
    return breakable


def started(url: str) -> str:
    """The address of a run that takes a while: nobody has trained its network yet."""
    seed = random.randrange(10**6)
    config = {"hidden": [700, 700, 700], "criteria": ["lrp"], "train_seed": seed}
    body = {"experiment": "toy", "config": config}
    return f"{url}/runs/{httpx2.post(f'{url}/api/runs', json=body).json()['id']}"


def parts(launcher: psutil.Process, name: str) -> list[psutil.Process]:
    children = launcher.children(recursive=True)
    return [child for child in children if name in command_of(child)]


def command_of(process: psutil.Process) -> str:
    """What it was started with; nothing if it has ended meanwhile."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def test_a_run_whose_worker_is_killed_is_done_by_another(
    browser: Browser, server: tuple[str, psutil.Process]
):
    url, launcher = server
    page = browser.new_page()
    page.goto(started(url))
    expect(page.locator("[data-live=message]")).to_contain_text("Training", timeout=60_000)
    for worker in parts(launcher, "worker interactive"):
        worker.kill()
    expect(page.locator("[data-live=message]")).to_contain_text("Attempt 2", timeout=90_000)
    actions.wait_for(page, "done")
    expect(page.locator("#banner")).to_be_hidden()
    page.close()


def test_a_page_opened_while_redis_hangs_says_so_and_goes_on_by_itself(
    browser: Browser, server: tuple[str, psutil.Process]
):
    url, launcher = server
    address = started(url)
    first = browser.new_page()
    first.goto(address)
    expect(first.locator("[data-live=message]")).to_contain_text("Training", timeout=60_000)
    [valkey] = parts(launcher, "valkey")
    os.kill(valkey.pid, signal.SIGSTOP)
    second = browser.new_page()
    second.goto(address)
    for page in (first, second):
        expect(page.locator("#banner")).to_contain_text("Redis", timeout=30_000)
        expect(page.get_by_test_id("run-header")).to_be_visible()
    os.kill(valkey.pid, signal.SIGCONT)
    for page in (first, second):
        actions.wait_for(page, "done")
        actions.wait_until_drawn(page)
        expect(page.locator("#banner")).to_be_hidden()
        assert len(actions.table(page)) == 21
        page.close()
