"""The store: its schema, and who may do what to a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from backend.services import Services
from backend.store.engine import make_engine, migrate
from backend.store.listing import Listing
from backend.store.models import Base, RunRow
from backend.store.repository import Record, Repository, now

LONG, OVER = timedelta(minutes=1), timedelta(seconds=-1)
RECORD = Record("1-0", b"result", b"events")


@pytest.fixture
def repository(services: Services) -> Repository:
    return services.runs.repository


def row(run_id: str = "a", **values: object) -> RunRow:
    defaults = {
        "experiment": "toy",
        "title": "",
        "tags": [],
        "config": {},
        "config_hash": "0" * 16,
        "status": "queued",
        "cancel_requested": False,
        "attempts": 0,
        "created_at": now(),
    }
    return RunRow(id=run_id, **{**defaults, **values})


def test_migrations_give_the_schema_that_the_models_describe(services: Services):
    with services.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_twice_changes_nothing(services: Services):
    services.runs.repository.add(row())
    migrate(services.engine)
    assert services.runs.repository.get("a") is not None


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    """A store without any tables."""
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    yield engine
    engine.dispose()


def test_a_migration_that_is_cut_off_leaves_the_store_as_it_was(empty: Engine, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(op, "create_index", raising(RuntimeError("cut off")))
        with pytest.raises(RuntimeError, match="cut off"):
            migrate(empty)
    assert inspect(empty).get_table_names() == []
    migrate(empty)
    assert "runs" in inspect(empty).get_table_names()


def raising(error: Exception):
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_of_two_that_migrate_at_once_one_waits(empty: Engine, monkeypatch):
    working, upgrade = threading.Lock(), command.upgrade

    def upgrade_alone(*arguments: object) -> None:
        assert working.acquire(blocking=False)
        time.sleep(0.05)
        upgrade(*arguments)
        working.release()

    monkeypatch.setattr(command, "upgrade", upgrade_alone)
    engines = [make_engine(str(empty.url)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, engines))
    for engine in engines:
        engine.dispose()


def test_records_are_kept_when_the_table_of_runs_is_made_anew(empty: Engine, monkeypatch):
    upgrade = command.upgrade
    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
        migrate(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO runs (id, experiment, title, tags, config, config_hash, status,"
            " cancel_requested, attempts, created_at) VALUES ('a', 'toy', '', '[]', '{}', '0',"
            " 'done', 0, 1, '2026-01-02 03:04:05.000000')"
        )
        connection.exec_driver_sql("INSERT INTO run_records VALUES ('a', '1-0', x'', x'00')")
    migrate(empty)
    assert Repository(empty).record("a").events == b"\0"
    with empty.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_moments_come_back_in_utc(repository: Repository):
    made = repository.add(row()).created_at
    assert repository.get("a").created_at == made
    assert repository.get("a").created_at.tzinfo is not None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=5.5))), "2026-12-31T18:30:00+00:00"),
        (datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=-8))), "2027-01-01T08:00:00+00:00"),
        (datetime(2027, 1, 1), "2027-01-01T00:00:00+00:00"),
    ],
)
def test_a_moment_is_the_same_wherever_it_was_written(
    repository: Repository, given: datetime, kept: str
):
    repository.add(row(created_at=given))
    found = repository.get("a").created_at
    assert (found.isoformat(), found.tzinfo) == (kept, UTC)


def test_a_queued_run_is_claimed_once(repository: Repository):
    repository.add(row())
    taken = repository.claim("a", "one", LONG)
    assert (taken.status, taken.attempts, taken.lease_owner) == ("running", 1, "one")
    assert repository.claim("a", "two", LONG) is None


def test_a_lease_is_its_owners_alone(repository: Repository):
    repository.add(row())
    repository.claim("a", "one", LONG)
    assert repository.renew("a", "one", LONG)
    assert not repository.renew("a", "two", LONG)
    assert not repository.finish("a", "done", None, RECORD, owner="two")
    assert not repository.finish("a", "failed", None, RECORD), "the lease still holds"
    assert repository.finish("a", "done", None, RECORD, owner="one")


def test_a_run_whose_lease_ran_out_goes_back_to_the_queue_once(repository: Repository):
    repository.add(row())
    repository.claim("a", "one", OVER)
    assert [run.id for run in repository.abandoned()] == ["a"]
    assert repository.requeue("a")
    assert not repository.requeue("a")
    assert repository.abandoned() == []
    assert not repository.renew("a", "one", LONG), "who came too late does not get it back"
    assert repository.claim("a", "two", LONG).attempts == 2


def test_a_run_that_is_to_stop_is_not_given_back_to_the_queue(repository: Repository):
    repository.add(row())
    assert repository.request_cancel("a"), "whoever takes it hears of it"
    assert repository.claim("a", "one", OVER).cancel_requested
    assert not repository.requeue("a")


def test_the_first_start_is_kept_over_attempts(repository: Repository):
    repository.add(row())
    first = repository.claim("a", "one", OVER).started_at
    repository.requeue("a")
    assert repository.claim("a", "two", LONG).started_at == first


@pytest.mark.parametrize("first", ["done", "failed", "cancelled"])
@pytest.mark.parametrize("second", ["done", "failed", "cancelled"])
def test_a_run_ends_once(repository: Repository, first: str, second: str):
    repository.add(row())
    assert repository.finish("a", first, None, RECORD)
    assert not repository.finish("a", second, "again", Record("2-0", b"", b""))
    assert not repository.requeue("a")
    assert repository.claim("a", "one", LONG) is None
    assert not repository.request_cancel("a")
    ended = repository.get("a")
    assert (ended.status, ended.error, ended.lease_owner) == (first, None, None)
    assert ended.finished_at is not None
    assert repository.record("a") == RECORD


def test_pages_are_newest_first(repository: Repository):
    for i in range(5):
        repository.add(row(f"r{i}", created_at=now() + timedelta(seconds=i)))
    assert [run.id for run in repository.page(limit=2, offset=1)] == ["r3", "r2"]


def test_runs_of_a_configuration_are_those_alone_that_lists_show(repository: Repository):
    moment = now()
    for place, run_id in enumerate(("old", "new", "other", "binned")):
        mine = {"config_hash": ("b" if run_id == "other" else "a") * 16}
        gone = {"deleted_at": moment} if run_id == "binned" else {}
        repository.add(row(run_id, created_at=moment + timedelta(seconds=place), **mine, **gone))
    repository.add(row("part", config_hash="a" * 16, parent_id="old"))
    found = repository.of_configuration("a" * 16, 10)
    assert [each.id for each in found] == ["new", "old"]
    assert [each.id for each in repository.of_configuration("a" * 16, 1)] == ["new"]


def test_only_a_run_in_the_bin_can_be_deleted_and_its_record_goes_with_it(
    services: Services, repository: Repository
):
    repository.add(row())
    assert not repository.delete("a")
    repository.finish("a", "done", None, RECORD)
    assert not repository.delete("a")
    assert Listing(services.engine).put_in_bin("a")
    assert repository.delete("a")
    assert repository.get("a") is None
    assert repository.record("a") is None
