"""What all tests share: a real Valkey, a real database, a real server with real workers."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis, RedisError
from sqlalchemy import create_engine

import prunelab  # noqa: F401 - before torch, whose threads then wait as they do in the product
from backend.services import Services, make_services
from backend.settings import Settings
from backend.store.engine import migrate
from pruning.data.places import look_in
from tests.servers import free_port, start_up, stop, wait_until_up
from workers.embedded import Broker, broker

# Files that take long for few tests come first, so that no process is left with one at the end.
_LONG = ("tests/prunelab/test_up",)
_RATHER_LONG = (
    "tests/browser/",
    "tests/workers/",
    "tests/reference/test_published",
    "tests/test_floors",
    "tests/pruning/experiments/test_sweep",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start what takes long early; the order within is random as before."""
    items.sort(key=_quickness)


def _quickness(item: pytest.Item) -> tuple[bool, bool]:
    return not item.nodeid.startswith(_LONG), not item.nodeid.startswith(_RATHER_LONG)


@dataclass
class Server:
    """A running `prunelab up`."""

    process: subprocess.Popen[str]
    port: int
    home: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def eventually(condition, seconds: float = 30.0, what: str = "the condition"):
    """Wait for a truthy answer and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.05)
    return pytest.fail(f"{what} did not come true within {seconds} s")


@pytest.fixture(autouse=True)
def _forget_data_directories() -> Iterator[None]:
    """What one test imports is not there for the next."""
    yield
    look_in(Path("nowhere"))


@pytest.fixture(autouse=True)
def _commands_change_only_themselves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that a test carries out in this process sets its mask and what parts inherit."""
    monkeypatch.delenv("PRUNELAB_SERVED", raising=False)
    mask = os.umask(0o022)
    yield
    os.umask(mask)
    os.environ.pop("PRUNELAB_SERVED", None)


@pytest.fixture(autouse=True)
def _no_clock_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a worker that a test announces stays, and only tests sweep."""
    monkeypatch.setattr("backend.broker.PRESENCE_SECONDS", 600.0)
    monkeypatch.setattr("backend.app._SWEEP_SECONDS", 600.0)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that only use it; what stops or breaks it starts its own."""
    home = tmp_path_factory.mktemp("home")
    port = free_port()
    process = start_up(home, port)
    wait_until_up(process)
    yield Server(process, port, home)
    assert stop(process) == 0


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Valkey server of the tests' own."""
    home = tmp_path_factory.mktemp("valkey")
    (home / "logs").mkdir()
    server = broker(home)
    server.process.start()
    yield server
    server.process.stop(5)


@pytest.fixture
def redis(valkey: Broker) -> Iterator[Redis]:
    """A client of an empty Valkey."""
    with Redis.from_url(valkey.url, protocol=2) as client:
        eventually(lambda: _pings(client), what="Valkey's answer")
        client.flushall()
        yield client


def _pings(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


@pytest.fixture
def database() -> Iterator[str | None]:
    """The address of an empty database: SQLite's in the data directory, unless others are named."""
    server = os.environ.get("PRUNELAB_TEST_DATABASES")
    if server is None:
        yield None
        return
    name = f"test_{secrets.token_hex(6)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path, valkey: Broker, redis: Redis, database: str | None) -> Settings:
    """Settings with an empty data directory and an empty Valkey."""
    return Settings(
        home=tmp_path,
        redis_url=valkey.url,
        database=database,
        lease_seconds=1.0,
        hosts="testserver",
    )


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """All services, on an empty store."""
    services = make_services(settings)
    migrate(services.engine)
    yield services
    services.engine.dispose()
