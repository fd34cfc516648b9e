"""`prunelab up`: broker, workers and web server together, and away together."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import httpx2
from redis import Redis, RedisError

from backend.places import make_home
from backend.settings import Settings
from prunelab.left_parts import end_left_parts, note_parts
from workers.embedded import broker, workers
from workers.process import Process
from workers.stopped import Stopped

_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_WATCH_SECONDS = 0.5
_LONGEST_PAUSE = 30.0
_LIVES_SECONDS = 20.0
_START_SECONDS = 120.0
_STOP_SECONDS = 6.0


class CannotStartError(Exception):
    """Why PruneLab cannot start, in one line for the person at the terminal."""


class _Stopped(Exception):  # noqa: N818 - not an error
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def up(port: int, host: str = "127.0.0.1") -> None:
    """Start everything, watch over it, and stop it all on Ctrl-C.

    Raises
    ------
    CannotStartError
        If the port is taken, the data directory is not writable or in use, or a part does not
        start.
    """
    settings = Settings()
    _check_port(host, port)
    with _stop_signals(), _data_directory(settings.home):
        processes: list[Process] = []
        end_left_parts(settings.home)
        try:
            _start(settings, host, port, processes)
            print(f"PruneLab is at {_announced(host, port)}  (Ctrl-C stops it)", flush=True)
            _watch(settings, processes)
        except _Stopped:
            print("Stopping …", flush=True)
        finally:
            _stop(processes)


def _start(settings: Settings, host: str, port: int, processes: list[Process]) -> None:
    """Start the parts in order; ``processes`` gets each as soon as it runs."""
    home = settings.home
    redis_url = settings.redis_url
    print(f"Starting PruneLab; its data and logs are in {home}", flush=True)
    if "REDIS_URL" not in os.environ:
        embedded = broker(home)
        redis_url = embedded.url
        _launch(embedded.process, processes)
        _wait_for(embedded.process, lambda: _answers(redis_url))
    for worker in workers(home, redis_url):
        _launch(worker, processes)
    web = Process(
        "web",
        [sys.executable, "-m", "prunelab", "web", "--host", host, "--port", str(port)],
        home / "logs" / "web.log",
        {"REDIS_URL": redis_url, "PRUNELAB_HOME": str(home)},
    )
    _launch(web, processes)
    note_parts(home, processes)
    _wait_for(web, lambda: _ready(settings, host, port))


def _launch(process: Process, processes: list[Process]) -> None:
    process.start()
    processes.append(process)


def _wait_for(process: Process, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if process.exit_code is not None or time.monotonic() > deadline:
            raise CannotStartError(
                f"the {process.name} did not start; the end of {process.log} says:\n"
                + process.last_lines()
            )
        time.sleep(0.05)


def _watch(settings: Settings, processes: list[Process]) -> None:
    """Start again what dies or is stopped, with a growing pause for what keeps dying."""
    stopped = Stopped(2 * settings.lease_seconds)
    pauses = dict.fromkeys(processes, _WATCH_SECONDS)
    begun = dict.fromkeys(processes, time.monotonic())
    due: dict[Process, float] = {}
    while True:
        time.sleep(_WATCH_SECONDS)
        _kill_stopped(stopped, processes)
        for process in processes:
            now = time.monotonic()
            if process.exit_code is None:
                # What has lived so long died of something else the time before.
                if now - begun[process] > _LIVES_SECONDS:
                    pauses[process] = _WATCH_SECONDS
            elif process not in due:
                due[process] = now + pauses[process]
                pauses[process] = min(_LONGEST_PAUSE, 2 * pauses[process])
                print(f"The {process.name} ended; starting it again …", flush=True)
            elif now >= due[process]:
                del due[process]
                begun[process] = now
                process.start()
                note_parts(settings.home, processes)


def _kill_stopped(stopped: Stopped, processes: list[Process]) -> None:
    """A part that was stopped for long is begun anew; a broker keeps what it holds in memory."""
    parts = {part.pid: part for part in processes if part.pid and part.name != "broker"}
    for pid in stopped.among(parts):
        parts[pid].kill()


def _stop(processes: list[Process]) -> None:
    """Stop the web server and the workers together, and the broker after them."""
    users = [process for process in processes if process.name != "broker"]
    for process in users:
        process.request_stop()
    deadline = time.monotonic() + _STOP_SECONDS
    for process in users:
        process.stop(max(0.0, deadline - time.monotonic()))
    for process in processes:
        process.stop(seconds=2.0)


def _address(host: str, port: int) -> str:
    """Where this machine finds the pages, also if they are served at all its addresses."""
    here = _HERE.get(host, host)
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def _announced(host: str, port: int) -> str:
    """Where it is found from here, and whether others find it as well."""
    here = _address(host, port)
    if host not in _HERE:
        return here
    return f"{here}, and on every address of this machine at port {port}"


def _check_port(host: str, port: int) -> None:
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CannotStartError(f"there is no address {host} ({error.strerror})") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CannotStartError(
                f"port {port} cannot be used ({error.strerror}); "
                f"choose another with `prunelab up --port {port + 1}`"
            ) from None


@contextmanager
def _data_directory(home: Path) -> Iterator[None]:
    """Hold the data directory: two brokers that write the same files would destroy them."""
    try:
        make_home(home)
        (home / "logs").mkdir(exist_ok=True)
        lock = (home / "lock").open("w")
    except OSError as error:
        raise CannotStartError(
            f"the data directory {home} is not writable ({error.strerror}); "
            "set PRUNELAB_HOME to a folder that is"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStartError(
                f"a PruneLab is running already on the data directory {home}; "
                "stop it, or set PRUNELAB_HOME to another folder"
            ) from None
        yield


@contextmanager
def _stop_signals() -> Iterator[None]:
    """Raise :class:`_Stopped` in the main thread on Ctrl-C, SIGTERM or a closed terminal."""

    def stop(number: int, _: FrameType | None) -> None:
        # Only once: a second Ctrl-C must not interrupt the stopping.
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped(signal.Signals(number).name)

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _answers(redis_url: str) -> bool:
    try:
        with Redis.from_url(redis_url) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


def _ready(settings: Settings, host: str, port: int) -> bool:
    """Whether pages are served and every queue has its worker."""
    # A server that answers to certain names only is asked by one of them; any other by its address,
    # as people ask.
    name = settings.allowed_hosts[0].removeprefix("*.")
    headers = {"Host": name} if settings.names_hosts and name != "*" else {}
    try:
        url = f"{_address(host, port)}/readyz"
        return httpx2.get(url, headers=headers, timeout=5).status_code == 200
    except httpx2.TransportError:
        return False
