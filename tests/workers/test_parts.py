"""A divided run is one run, however many workers do its parts and whatever becomes of them."""

from __future__ import annotations

import base64
import random
import threading
from datetime import timedelta

import orjson
import pytest
from redis import Redis
from sqlalchemy import text

from backend.event_log import fold_entries
from backend.parts import NOTHING_SAID, Parts
from backend.problems import Problem
from backend.services import Services
from pruning.context import Context
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from tests import experiments as _counting  # noqa: F401 - registers `tally`
from tests.conftest import eventually
from workers.run import carry_out


@pytest.fixture
def runs(services: Services):
    services.presence.announce("parts", "a test")
    return services.runs


def sent(redis: Redis) -> list[str]:
    """The parts whose messages wait in the queue, the oldest first."""
    messages = [orjson.loads(message) for message in reversed(redis.lrange("parts", 0, -1))]
    bodies = [orjson.loads(base64.b64decode(message["body"])) for message in messages]
    return [arguments[0] for arguments, *_ in bodies]


def work(services: Services, redis: Redis, worker: str = "me", *, seed: int | None = None) -> None:
    """Take messages until there are none, in a random order if there is a seed."""
    order = random.Random(seed)
    while waiting := sent(redis):
        redis.delete("parts")
        if seed is not None:
            order.shuffle(waiting)
        for part in waiting:
            carry_out(services, part, worker)


def whole(config: dict, services: Services) -> Result:
    """The result of the same run in one process."""
    study = experiments["tally"]
    checked = study.config.model_validate(config)
    return fold(execute(study, checked, Context(services.settings.home)))


def part_rows(services: Services, run_id: str) -> dict[str, str]:
    return {row.part: row.status for row in services.runs.repository.parts(run_id)}


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_parts_in_any_order_give_the_result_of_one_process(services, runs, redis, seed):
    run = runs.submit("tally", {"parts": 5})
    assert run.status == "queued"
    work(services, redis, seed=seed)
    done = runs.get(run.id)
    assert (done.status, done.error, done.attempts) == ("done", None, 1)
    assert done.started_at <= done.finished_at
    result, last = runs.result(run.id)
    expected = whole({"parts": 5}, services)
    assert result.tables == expected.tables
    assert (result.progress.done, result.progress.total) == (12, 12)
    assert runs.log.read(run.id)[-1].id == last, "the stream ends as the store does"
    live = fold_entries(runs.log.read(run.id))
    assert sorted(live.tables["tally"].rows) == sorted(expected.tables["tally"].rows)
    assert live.status == "done"


def test_a_part_is_sent_once_its_needs_are_met(services, runs, redis):
    run = runs.submit("tally", {"parts": 2})
    assert part_rows(services, run.id) == {
        "first": "queued",
        "part 0": "blocked",
        "part 1": "blocked",
        "last": "blocked",
    }
    (first,) = sent(redis)
    redis.delete("parts")
    carry_out(services, first, "me")
    assert runs.get(run.id).status == "running"
    assert [runs.repository.get(part).part for part in sent(redis)] == ["part 0", "part 1"]
    blocked = next(row for row in runs.repository.parts(run.id) if row.part == "last")
    carry_out(services, blocked.id, "too early")
    assert runs.repository.get(blocked.id).status == "blocked"


def test_parts_are_no_runs_to_people(services, runs, redis):
    run = runs.submit("tally", {})
    assert [listed.id for listed in runs.page()] == [run.id]
    part = sent(redis)[0]
    for ask in (runs.get, runs.result, runs.cancel, services.run_list.remove):
        with pytest.raises(Problem) as problem:
            ask(part)
        assert problem.value.status == 404
    work(services, redis)
    assert runs.repository.parts(run.id) == []
    services.run_list.put_in_bin(run.id)
    services.run_list.remove(run.id)
    assert runs.page() == []


def test_a_divided_run_itself_is_nobodys_to_claim(services, runs):
    run = runs.submit("tally", {})
    assert runs.repository.claim(run.id, "me", timedelta(seconds=9)) is None
    assert run.id not in {row.id for row in runs.repository.queued_before(run.created_at)}


def test_several_workers_share_the_parts(services, runs, redis):
    run = runs.submit("tally", {"parts": 8, "steps": 5, "pause": 0.01})
    work_once = threading.Lock()
    owners: dict[str, str] = {}

    def take() -> str | None:
        with work_once:
            waiting = sent(redis)
            if waiting:
                redis.rpop("parts")
            return waiting[0] if waiting else None

    def worker(name: str) -> None:
        while not runs.get(run.id).ended:
            if part := take():
                owners[part] = name
                carry_out(services, part, name)

    workers = [threading.Thread(target=worker, args=(name,)) for name in ("a", "b", "c")]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)
    assert runs.get(run.id).status == "done"
    assert len(set(owners.values())) > 1
    config = {"parts": 8, "steps": 5, "pause": 0.01}
    assert runs.result(run.id)[0].tables == whole(config, services).tables


def test_a_lost_part_is_done_again_and_the_result_is_the_same(services, runs, redis):
    run = runs.submit("tally", {"parts": 3, "steps": 4})
    carry_out(services, sent(redis)[0], "me")
    lost = next(row for row in runs.repository.parts(run.id) if row.part == "part 1")
    runs.repository.claim(lost.id, "the dead", timedelta(seconds=-1))
    study = experiments["tally"]
    config = study.config(parts=3, steps=4)
    said = execute(study, config, Context(services.settings.home), study.part(config, "part 1"))
    runs.log.append(run.id, [next(said) for _ in range(3)])
    services.recovery.sweep()
    assert runs.repository.get(lost.id).status == "queued"
    work(services, redis, "the living")
    assert runs.get(run.id).status == "done"
    assert runs.result(run.id)[0].tables == whole({"parts": 3, "steps": 4}, services).tables


def test_a_part_that_kills_its_workers_fails_the_run(services, runs, redis):
    run = runs.submit("tally", {})
    part = sent(redis)[0]
    for _ in range(3):
        runs.repository.claim(part, "x", timedelta(seconds=-1))
        services.recovery.sweep()
    failed = runs.get(run.id)
    assert failed.status == "failed"
    assert "died 3 times" in failed.error


def test_a_part_that_fails_ends_the_run_and_what_the_others_said_is_kept(services, runs, redis):
    run = runs.submit("tally", {"parts": 3, "fail_in": 1})
    work(services, redis)
    failed = runs.get(run.id)
    assert (failed.status, failed.error) == ("failed", "RuntimeError: stumbled in part 1")
    rows = runs.result(run.id)[0].tables["tally"].rows
    assert ["part 0", 1] in rows
    assert not [row for row in rows if row[0] in ("part 1", "last")]


def test_a_waiting_run_is_cancelled_at_once_and_none_of_its_parts_starts(services, runs, redis):
    run = runs.submit("tally", {})
    assert runs.cancel(run.id).status == "cancelled"
    work(services, redis)
    assert runs.result(run.id)[0].tables == {}


def test_a_running_run_is_cancelled_once_its_parts_have_stopped(services, runs, redis):
    run = runs.submit("tally", {"parts": 2, "steps": 1000, "pause": 0.02})
    carry_out(services, sent(redis)[0], "me")
    parts = [row.id for row in runs.repository.parts(run.id) if row.part.startswith("part")]
    workers = [threading.Thread(target=carry_out, args=(services, p, p)) for p in parts]
    for worker in workers:
        worker.start()
    eventually(lambda: len(runs.events(run.id)) > 20, what="some events")
    asked = runs.cancel(run.id)
    assert (asked.status, asked.cancel_requested) == ("running", True)
    for worker in workers:
        worker.join(10)
    assert runs.get(run.id).status == "cancelled"
    rows = runs.result(run.id)[0].tables["tally"].rows
    assert {row[0] for row in rows} == {"first", "part 0", "part 1"}
    assert len(rows) < 2001


def test_a_cancelled_run_whose_worker_died_ends_all_the_same(services, runs, redis):
    run = runs.submit("tally", {})
    part = sent(redis)[0]
    runs.repository.claim(part, "x", timedelta(seconds=-1))
    runs.repository.start_divided(run.id)
    assert runs.cancel(run.id).status == "running"
    services.recovery.sweep()
    assert runs.get(run.id).status == "cancelled"


@pytest.mark.parametrize(
    ("change", "reason"),
    [("experiment = 'gone'", "gone is not installed"), ("config = '{\"parts\": 0}'", "1 or more")],
)
def test_a_run_that_cannot_be_read_here_waits_and_holds_nobody_up(
    services, runs, redis, change, reason
):
    lost, other = runs.submit("tally", {}), runs.submit("tally", {})
    with services.engine.begin() as connection:
        mine = "WHERE id = :id OR parent_id = :id"
        connection.execute(text(f"UPDATE runs SET {change} {mine}"), {"id": lost.id})
    part = sent(redis)[1]
    runs.repository.claim(part, "the dead", timedelta(seconds=-1))
    services.recovery.sweep()
    waits = runs.get(lost.id)
    assert waits.status == "queued"
    assert reason in waits.missing
    assert runs.repository.get(part).status == "queued"
    assert runs.get(other.id).status == "queued"
    # Nor does it wait for somebody who is cancelled, or for ever.
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET missing_since = '2020-01-01 00:00:00'")
    services.recovery.sweep()
    failed = runs.get(lost.id)
    assert failed.status == "failed"
    assert reason in failed.error


def test_a_run_that_cannot_be_read_here_can_be_cancelled(services, runs, redis):
    lost = runs.submit("tally", {})
    with services.engine.begin() as connection:
        mine = "WHERE id = :id OR parent_id = :id"
        connection.execute(text(f"UPDATE runs SET experiment = 'gone' {mine}"), {"id": lost.id})
    services.recovery.sweep()
    assert runs.cancel(lost.id).status == "cancelled"


def test_a_worker_that_died_before_it_sent_the_next_parts_holds_nothing_up(services, runs, redis):
    run = runs.submit("tally", {"parts": 2})
    (first,) = sent(redis)
    redis.delete("parts")
    runs.repository.claim(first, "me", timedelta(seconds=9))
    runs.repository.finish(first, "done", None, NOTHING_SAID, owner="me")
    services.recovery.sweep()
    assert len(sent(redis)) == 2
    work(services, redis)
    assert runs.get(run.id).status == "done"


def test_a_redis_that_lost_the_messages_gets_them_again(services, runs, redis):
    run = runs.submit("tally", {})
    redis.delete("parts")
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET created_at = '2020-01-01 00:00:00'")
    services.recovery.sweep()
    assert len(sent(redis)) == 1
    work(services, redis)
    assert runs.get(run.id).status == "done"


def test_of_two_workers_that_end_the_last_parts_at_once_one_ends_the_run(services, runs, redis):
    run = runs.submit("tally", {})
    before = runs.repository.get(run.id)
    work(services, redis)
    assert runs.get(run.id).status == "done"
    assert Parts(runs.repository, services.recovery._queue).advance(before) is None


def test_the_result_survives_a_redis_that_lost_the_stream(services, runs, redis):
    run = runs.submit("tally", {"parts": 2})
    carry_out(services, sent(redis)[0], "me")
    redis.delete(f"prunelab:run:{run.id}:events")
    work(services, redis)
    assert runs.get(run.id).status == "done"
    assert runs.result(run.id)[0].tables == whole({"parts": 2}, services).tables
