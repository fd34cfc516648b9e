"""The store: its schema, and who may do what to a run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.services import Services
from backend.store.engine import migrate
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


def test_moments_come_back_in_utc(repository: Repository):
    made = repository.add(row()).created_at
    assert repository.get("a").created_at == made
    assert repository.get("a").created_at.tzinfo is not None


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


def test_only_an_ended_run_can_be_deleted_and_its_record_goes_with_it(repository: Repository):
    repository.add(row())
    assert not repository.delete("a")
    repository.finish("a", "done", None, RECORD)
    assert repository.delete("a")
    assert repository.get("a") is None
    assert repository.record("a") is None
