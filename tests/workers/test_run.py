"""Carrying out a run: one claim, one end, the whole log kept, whatever happens on the way."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from backend.event_log import fold_entries
from backend.leftovers import tidy_home
from backend.services import Services
from pruning.context import Context
from pruning.events import fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from tests import experiments as _counting  # noqa: F401 - registers `count`
from tests.conftest import eventually
from workers.run import carry_out


@pytest.fixture
def runs(services: Services):
    services.presence.announce("interactive", "a test")
    return services.runs


def test_a_run_is_done_and_its_result_is_the_fold_of_its_events(services, runs, tmp_path):
    run = runs.submit("count", {"steps": 4})
    carry_out(services, run.id, "me")
    done = runs.get(run.id)
    assert (done.status, done.attempts, done.error) == ("done", 1, None)
    study = experiments["count"]
    config = study.config(steps=4)
    expected = fold(execute(study, config, Context(data_dir=tmp_path)))
    result, last = runs.result(run.id)
    assert result == expected
    assert fold_entries(runs.events(run.id)) == expected
    assert runs.events(run.id)[-1].id == last
    assert runs.log.read(run.id) == runs.events(run.id), "stream and store keep the same entries"


def test_a_run_that_fails_says_why_and_keeps_what_it_had(services, runs):
    run = runs.submit("count", {"steps": 4, "fail_at": 2})
    carry_out(services, run.id, "me")
    failed = runs.get(run.id)
    assert (failed.status, failed.error) == ("failed", "RuntimeError: stumbled at 2")
    assert runs.result(run.id)[0].tables["squares"].rows == [[0, 0], [1, 1]]


def test_a_run_is_carried_out_once_however_often_its_message_comes(services, runs):
    run = runs.submit("count", {"steps": 2})
    carry_out(services, run.id, "one")
    events = runs.events(run.id)
    carry_out(services, run.id, "two")
    assert runs.events(run.id) == events


def test_a_running_run_is_cancelled_between_two_steps(services, runs):
    run = runs.submit("count", {"steps": 1000, "pause": 0.05})
    worker = threading.Thread(target=carry_out, args=(services, run.id, "me"))
    worker.start()
    eventually(lambda: len(runs.events(run.id)) > 4, what="some events")
    asked = runs.cancel(run.id)
    assert (asked.status, asked.cancel_requested) == ("running", True)
    worker.join(timeout=10)
    assert runs.get(run.id).status == "cancelled"
    assert 1 <= len(runs.result(run.id)[0].tables["squares"].rows) < 1000


def test_a_waiting_run_is_cancelled_at_once_and_never_starts(services, runs):
    run = runs.submit("count", {})
    assert runs.cancel(run.id).status == "cancelled"
    carry_out(services, run.id, "me")
    assert runs.get(run.id).attempts == 0
    assert runs.result(run.id)[0].status == "cancelled"


def test_a_run_whose_worker_died_is_done_by_another_with_the_same_result(services, runs):
    run = runs.submit("count", {"steps": 3})
    runs.repository.claim(run.id, "the dead", timedelta(seconds=-1))
    study = experiments["count"]
    said = execute(study, study.config(steps=3), Context(data_dir=services.settings.home))
    runs.log.append(run.id, [next(said) for _ in range(5)])
    services.recovery.sweep()
    assert runs.get(run.id).status == "queued"
    carry_out(services, run.id, "the living")
    assert runs.get(run.id).attempts == 2
    expected = fold(execute(study, study.config(steps=3), Context(services.settings.home)))
    assert runs.result(run.id)[0] == expected


def test_a_worker_that_lost_its_lease_stops_and_leaves_the_run_alone(services, runs):
    run = runs.submit("count", {"steps": 1000, "pause": 0.02})
    worker = threading.Thread(target=carry_out, args=(services, run.id, "the slow"))
    worker.start()
    eventually(lambda: runs.get(run.id).status == "running")
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET lease_owner = 'another'")
    worker.join(timeout=10)
    assert not worker.is_alive()
    assert runs.get(run.id).status == "running"


def test_a_run_that_kills_its_workers_fails_after_three_attempts(services, runs):
    run = runs.submit("count", {})
    for attempt in range(1, 4):
        assert runs.get(run.id).status == "queued"
        assert runs.repository.claim(run.id, "x", timedelta(seconds=-1)).attempts == attempt
        services.recovery.sweep()
    failed = runs.get(run.id)
    assert failed.status == "failed"
    assert "died 3 times" in failed.error


def test_a_cancelled_run_whose_worker_died_counts_as_cancelled(services, runs):
    run = runs.submit("count", {})
    runs.repository.claim(run.id, "x", timedelta(seconds=-1))
    runs.cancel(run.id)
    services.recovery.sweep()
    assert runs.get(run.id).status == "cancelled"


def test_a_cancel_is_heard_when_the_run_loses_its_worker_at_that_moment(
    services, runs, monkeypatch
):
    """It is running as the cancel looks at it, and waits again as it is marked."""
    run = runs.submit("count", {})
    runs.repository.claim(run.id, "the dead", timedelta(seconds=-1))
    request = runs.repository.request_cancel

    def requeue_first(run_id: str) -> bool:
        assert runs.repository.requeue(run_id)
        return request(run_id)

    monkeypatch.setattr(runs.repository, "request_cancel", requeue_first)
    asked = runs.cancel(run.id)
    assert (asked.status, asked.cancel_requested) == ("queued", True)
    carry_out(services, run.id, "the living")
    assert runs.get(run.id).status == "cancelled"


def test_a_run_that_waits_to_be_cancelled_needs_no_worker(services, runs):
    run = runs.submit("count", {})
    runs.repository.request_cancel(run.id)
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET created_at = '2020-01-01 00:00:00'")
    services.recovery.sweep()
    assert runs.get(run.id).status == "cancelled"


def age(services) -> None:
    """Make all runs old enough to be looked after."""
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET created_at = '2020-01-01 00:00:00'")


def test_runs_of_an_experiment_that_is_not_here_are_left_to_others(services, runs, redis):
    names = ("abandoned", "waiting", "another")
    abandoned, waiting, other = (runs.submit("count", {}, name).id for name in names)
    for run_id in (abandoned, other):
        runs.repository.claim(run_id, "the dead", timedelta(seconds=-1))
    age(services)
    # Where this process is asked, the experiment of two of them is not installed.
    with services.engine.begin() as connection:
        gone = "UPDATE runs SET experiment = 'gone' WHERE title IN ('abandoned', 'waiting')"
        connection.exec_driver_sql(gone)
    redis.flushall()
    services.recovery.sweep()
    carry_out(services, waiting, "me")
    services.recovery.sweep()
    for run_id in (abandoned, waiting):
        seen = runs.get(run_id)
        assert seen.status == "queued"
        assert "The experiment gone is not installed" in seen.missing
    assert runs.get(waiting).attempts == 0
    assert runs.get(other).status == "queued"
    [shown] = [each for each in services.queue_view.state() if each.name == "interactive"]
    assert {each.id for each in shown.waiting if each.missing} == {abandoned, waiting}
    # Somebody who knows it goes on with it.
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET experiment = 'count'")
    carry_out(services, waiting, "who knows")
    assert (runs.get(waiting).status, runs.get(waiting).missing) == ("done", None)
    assert runs.cancel(abandoned).status == "cancelled"


def test_a_run_whose_experiment_nobody_knows_is_cancelled_or_fails_after_a_while(
    services, runs, redis
):
    first, second = (runs.submit("count", {}, name).id for name in ("first", "second"))
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET experiment = 'gone'")
    for run_id in (first, second):
        carry_out(services, run_id, "me")
    assert runs.cancel(first).status == "cancelled"
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET missing_since = '2020-01-01 00:00:00'")
    services.recovery.sweep()
    failed = runs.get(second)
    assert failed.status == "failed"
    assert "The experiment gone is not installed" in failed.error


def test_a_fault_with_one_lost_run_holds_up_no_other(services, runs, monkeypatch, caplog):
    first, second = (runs.submit("count", {}).id for _ in range(2))
    for run_id in (first, second):
        runs.repository.claim(run_id, "the dead", timedelta(seconds=-1))
    requeue = runs.repository.requeue

    def stumble(run_id: str) -> bool:
        if run_id == first:
            raise RuntimeError("stumbled")
        return requeue(run_id)

    monkeypatch.setattr(runs.repository, "requeue", stumble)
    services.recovery.sweep()
    assert runs.get(second).status == "queued"
    assert f"could not look after run {first}" in caplog.text


def test_a_waiting_run_is_sent_again_when_redis_lost_its_message(services, runs, redis):
    run = runs.submit("count", {})
    redis.flushall()
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET created_at = '2020-01-01 00:00:00'")
    services.recovery.sweep()
    services.recovery.sweep()
    assert redis.llen("interactive") == 1
    assert run.id in redis.lindex("interactive", 0).decode()


def test_a_run_whose_settings_are_not_understood_waits_and_says_so(services, runs):
    run = runs.submit("count", {"steps": 2})
    with services.engine.begin() as connection:
        connection.exec_driver_sql('UPDATE runs SET config = \'{"steps": "gone"}\'')
    carry_out(services, run.id, "me")
    waits = runs.get(run.id)
    assert (waits.status, waits.attempts) == ("queued", 0)
    assert waits.missing == "steps: needs a whole number, not gone"


def test_of_those_that_wait_each_that_lost_its_message_is_sent_again_once(services, runs, redis):
    waiting = [runs.submit("count", {}).id for _ in range(6)]
    age(services)
    for message in redis.lrange("interactive", 0, 3):
        redis.lrem("interactive", 1, message)
    assert redis.llen("interactive") == 2
    for _ in range(3):
        services.recovery.sweep()
    held = services.queue_view._queue.waiting("interactive")
    assert sorted(held) == sorted(waiting)


def test_a_worker_that_has_lost_redis_gives_its_run_back_with_all_its_attempts(
    services, runs, monkeypatch
):
    run = runs.submit("count", {"steps": 3})

    def away(*_: object) -> list:
        raise RedisConnectionError("Redis is away")

    with monkeypatch.context() as patch:
        patch.setattr(services.runs.log, "append", away)
        with pytest.raises(RedisConnectionError):
            carry_out(services, run.id, "me")
    given_back = runs.get(run.id)
    assert (given_back.status, given_back.attempts) == ("queued", 0)
    carry_out(services, run.id, "another")
    assert (runs.get(run.id).status, runs.get(run.id).attempts) == ("done", 1)


def test_what_killed_workers_have_left_is_removed_and_nothing_else(services, runs):
    settings = services.settings
    ended, going_on = (runs.submit("count", {}).id for _ in range(2))
    carry_out(services, ended, "me")
    for run_id in (ended, going_on, "never-there"):
        settings.scratch(run_id).mkdir(parents=True, exist_ok=True)
    networks = settings.data_dir / "networks"
    for name in (".draft-old", ".draft-new", "kept"):
        (networks / name).mkdir(parents=True)
    os.utime(networks / ".draft-old", (0, 0))
    tidy_home(settings, runs.repository)
    assert [each.name for each in settings.scratch("any").parent.iterdir()] == [going_on]
    assert sorted(each.name for each in networks.iterdir()) == [".draft-new", "kept"]
