"""500 pages that watch one run, and 100 connections that never read: what each waits and costs."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import psutil

from backend.services import Services, make_services
from backend.settings import Settings
from backend.store.engine import migrate
from benchmarks.report import Line, show
from pruning.context import Context
from pruning.events import End, Event
from pruning.execution import execute
from pruning.experiments.base import experiments
from tests.servers import free_port
from workers.embedded import broker

WATCHERS, PROCESSES, NEVER_READ = 500, 2, 100
# As many events as came of the run that was too much to watch.
EVENTS, EVENTS_A_SECOND = 5148, 100.0
IDLE_SECONDS = 8.0
LEFT_SECONDS = 8.0
MOST_DELAY, MOST_MIB, MOST_LEFT, MOST_TIMES = 250.0, 500.0, 1.2, 3.0
PAGES = ("/api/runs", "/glossary", "/api/queue")


def main() -> None:
    """Replay a toy run to many, and look at what happens to the web server."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        services, url, web = stack.enter_context(_web(home))
        events = _events(home)
        run_id = _run(services)
        before = web.memory_info().rss
        with _asking(url) as idle:
            time.sleep(IDLE_SECONDS)
        memory = [before]
        with _never_reading(url, run_id), _watchers(f"{_ws(url)}/api/runs/{run_id}/stream") as ask:
            with _asking(url) as busy:
                _replay(services, run_id, events, web, memory)
            heard = ask()
        time.sleep(LEFT_SECONDS)
        after = web.memory_info().rss
        stored = [entry.id for entry in services.runs.events(run_id)]
    bare = _bare()
    lost = sum(ids != stored for watched in heard for ids in watched["ids"])
    lines = [
        Line("watchers that lost an event, or got one twice", lost, "", 0),
        Line("from a tick to a watcher: p95", _p95_ms(heard), "ms", MOST_DELAY),
        Line("    from a server that only sends, to the same watchers", _p95_ms(bare), "ms"),
        Line("    time of processors the watchers take", _share(heard), "of one"),
        Line("web server, with nobody", before / 2**20, "MiB"),
        Line("    at most meanwhile", max(memory) / 2**20, "MiB", MOST_MIB),
        Line("    afterwards, against before", after / before, "×", MOST_LEFT),
    ]
    for path in PAGES:
        rest, work = (_p95(times[path]) for times in (idle, busy))
        lines.append(Line(f"{path}, with nobody: p95", 1000 * rest, "ms"))
        lines.append(Line("    meanwhile, against that", work / rest, "×", MOST_TIMES))
    show(
        f"{WATCHERS} watchers of a run of {EVENTS:,} events, {EVENTS_A_SECOND:g} a second, "
        f"and {NEVER_READ} that never read",
        lines,
    )


@contextmanager
def _web(home: Path) -> Iterator[tuple[Services, str, psutil.Process]]:
    """A web server alone: what its memory and time are spent for is known."""
    (home / "logs").mkdir()
    redis = broker(home)
    redis.process.start()
    port = free_port()
    settings = Settings(home=home, redis_url=redis.url)
    services = make_services(settings)
    migrate(services.engine)
    environment = {**os.environ, "PRUNELAB_HOME": str(home), "REDIS_URL": redis.url}
    command = [sys.executable, "-m", "prunelab", "web", "--port", str(port)]
    log = (home / "logs" / "web.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url)
        yield services, url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)
        log.close()
        services.engine.dispose()
        redis.process.stop(5)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"{url}/readyz")
        except httpx2.TransportError:
            time.sleep(0.2)
        else:
            # What a first visit loads is not what watchers cost.
            for path in PAGES * 3:
                httpx2.get(url + path)
            return
    raise TimeoutError("the web server does not answer")


def _events(home: Path) -> list[Event]:
    """What a real run of many criteria and sparsities says, but for its end."""
    study = experiments["toy"]
    config = study.config.model_validate(
        {
            "hidden": [100, 100],
            "criteria": ["weight", "grad", "taylor", "lrp", "activation_mean", "random"],
            "sparsities": [round(place / 200, 3) for place in range(199)],
            "grid": 40,
        }
    )
    events = [each for each in execute(study, config, Context(data_dir=home))]
    said = [each for each in events if not isinstance(each, End)]
    return (said * (EVENTS // len(said) + 1))[: EVENTS - 1]


def _run(services: Services) -> str:
    """A run that this process is said to work on."""
    services.presence.announce("interactive", "the benchmark")
    run = services.runs.submit("toy", {})
    services.runs.repository.claim(run.id, "the benchmark", timedelta(hours=1))
    return run.id


def _replay(
    services: Services, run_id: str, events: Sequence[Event], web: psutil.Process, memory: list[int]
) -> None:
    start = time.monotonic()
    for place in range(0, len(events), 10):
        services.runs.log.append(run_id, events[place : place + 10])
        memory.append(web.memory_info().rss)
        services.presence.announce("interactive", "the benchmark")
        time.sleep(max(0.0, start + place / EVENTS_A_SECOND - time.monotonic()))
    services.runs.close(run_id, "done", owner="the benchmark")
    memory.append(web.memory_info().rss)


@contextmanager
def _watchers(address: str) -> Iterator[Any]:
    """All watchers, connected; what is yielded waits for their ends and says what they got."""
    command = [sys.executable, "-m", "benchmarks.watchers", address, str(WATCHERS // PROCESSES)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    try:
        for process in started:
            assert _line(process) == "there"
        yield lambda: [_line(process) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()


def _line(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


@contextmanager
def _never_reading(url: str, run_id: str) -> Iterator[None]:
    """Connections that ask for the stream and let it come."""
    port = int(url.rpartition(":")[2])
    request = (
        f"GET /api/runs/{run_id}/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {url}\r\n\r\n"
    )
    with ExitStack() as stack:
        for _ in range(NEVER_READ):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(request.encode())
        yield


@contextmanager
def _asking(url: str) -> Iterator[dict[str, list[float]]]:
    """Open other pages by turns, as somebody would who works beside those who watch."""
    times: dict[str, list[float]] = {path: [] for path in PAGES}
    over = threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=url, timeout=60) as client:
            while not over.wait(0.05):
                for path in PAGES:
                    start = time.perf_counter()
                    client.get(path).raise_for_status()
                    times[path].append(time.perf_counter() - start)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def _bare() -> list[Any]:
    """The same watchers of a server that only sends."""
    command = [sys.executable, "-m", "benchmarks.watchers", "--bare", "10"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        port = _line(server)
        with _watchers(f"ws://127.0.0.1:{port}") as ask:
            assert server.stdin is not None
            server.stdin.write("\n")
            server.stdin.flush()
            return list(ask())


def _ws(url: str) -> str:
    return url.replace("http", "ws", 1)


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]


def _p95_ms(heard: Sequence[Any]) -> float:
    return 1000 * _p95([delay for watched in heard for delay in watched["delays"]])


def _share(heard: Sequence[Any]) -> float:
    return sum(watched["seconds"] for watched in heard) / (EVENTS / EVENTS_A_SECOND)
