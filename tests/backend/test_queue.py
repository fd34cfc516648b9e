"""The queue: what runs, what waits, and who overtakes whom, with a real Valkey and real workers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend.problems import Problem
from backend.services import Services
from pruning.events import Progress
from tests import experiments as _counting  # noqa: F401 - registers `count` and `tally`
from tests.conftest import eventually
from workers.embedded import Broker

LONG = timedelta(minutes=1)


@pytest.fixture
def runs(services: Services):
    for queue in ("interactive", "parts"):
        services.presence.announce(queue, "a test")
    return services.runs


def state(services: Services, name: str = "interactive"):
    return next(each for each in services.queue_view.state() if each.name == name)


def waiting(services: Services, name: str = "interactive") -> list[str]:
    return [run.id for run in state(services, name).waiting]


def test_what_waits_is_listed_in_the_order_in_which_it_will_be_taken(services, runs):
    first, second, third = (runs.submit("count", {}).id for _ in range(3))
    assert waiting(services) == [first, second, third]
    services.queue_view.to_front(third)
    assert waiting(services) == [third, first, second]
    services.queue_view.to_front(second)
    services.queue_view.to_front(second)
    assert waiting(services) == [second, third, first]
    runs.cancel(third)
    assert waiting(services) == [second, first]
    assert state(services).workers == 1
    assert state(services).waiting[0].config == runs.get(second).config


def test_what_runs_says_where_since_when_and_how_far_it_is(services, runs):
    run = runs.submit("count", {}, title="Mine")
    runs.repository.claim(run.id, "interactive-1@here/message", LONG)
    runs.log.append(run.id, [Progress(done=1, total=4, message="on its way")])
    (working,) = state(services).running
    assert (working.id, working.title, working.workers) == (run.id, "Mine", ["interactive-1@here"])
    assert (working.progress, working.message) == (0.25, "on its way")
    assert working.since == runs.get(run.id).started_at
    assert waiting(services) == []


def test_what_does_not_wait_cannot_overtake(services, runs):
    run = runs.submit("count", {})
    runs.repository.claim(run.id, "me", LONG)
    for run_id, status in ((run.id, 409), ("nothere", 404)):
        with pytest.raises(Problem) as problem:
            services.queue_view.to_front(run_id)
        assert problem.value.status == status


def test_a_message_that_is_gone_is_neither_moved_nor_made(services, runs, redis):
    run = runs.submit("count", {})
    redis.delete("interactive")
    with pytest.raises(Problem, match="taken it already"):
        services.queue_view.to_front(run.id)
    assert redis.llen("interactive") == 0


def test_the_waiting_parts_of_a_divided_run_overtake_together(services, runs, redis):
    first = runs.submit("tally", {"parts": 2})
    second = runs.submit("tally", {"parts": 3})
    for run in (first, second):
        part = runs.repository.parts(run.id)[0]
        runs.repository.claim(part.id, "parts-1@here/x", LONG)
        runs.repository.start_divided(run.id)
        runs.close_part(part, "done", owner="parts-1@here/x")
    redis.delete("parts")
    for run in (first, second):
        for part in runs.repository.parts(run.id)[1:-1]:
            services.recovery._queue.send(part.id, "parts")
    before = services.recovery._queue.waiting("parts")
    services.queue_view.to_front(second.id)
    assert services.recovery._queue.waiting("parts") == [*before[2:], *before[:2]]
    working = state(services, "parts").running[1]
    assert (working.id, working.message) == (second.id, "1 of 5 parts done")


def test_without_redis_the_queue_still_says_what_it_knows(services, runs, settings):
    from backend.services import make_services

    runs.submit("count", {})
    cut_off = make_services(
        settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}), patient=False
    )
    found = state(cut_off)
    assert (len(found.waiting), found.workers) == (1, 0)
    assert "Redis" in found.message
    with pytest.raises(Problem) as problem:
        cut_off.queue_view.to_front(found.waiting[0].id)
    assert problem.value.status == 503
    cut_off.engine.dispose()


@pytest.fixture
def worker(valkey: Broker, services: Services, tmp_path: Path) -> Iterator[None]:
    """A real Celery worker that does one run at a time."""
    environment = {**os.environ, "PRUNELAB_HOME": str(tmp_path), "REDIS_URL": valkey.url}
    if services.settings.database:
        environment["DATABASE_URL"] = services.settings.database
    command = [sys.executable, "-m", "prunelab", "worker", "interactive", "--concurrency", "1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, **quiet)
    eventually(lambda: services.presence.count("interactive"), what="a worker")
    yield
    process.terminate()
    process.wait(20)


def test_a_worker_takes_next_what_was_moved_to_the_front(services, worker):
    slow = {"hidden": [200, 200, 200], "grid": 20, "sparsities": [0.5], "criteria": ["lrp"]}
    quick = {"hidden": [10], "grid": 20, "sparsities": [0.5], "criteria": ["weight"]}
    runs = services.runs
    running = runs.submit("toy", slow)
    eventually(lambda: runs.get(running.id).status == "running", what="the first run")
    order = [runs.submit("toy", {**quick, "train_seed": seed}).id for seed in range(3)]
    services.queue_view.to_front(order[2])
    assert waiting(services) == [order[2], *order[:2]]
    eventually(lambda: all(runs.get(each).ended for each in order), 60, what="all of them")
    ran = sorted((runs.get(each) for each in order), key=lambda run: run.started_at)
    assert [run.id for run in ran] == [order[2], *order[:2]]
    assert runs.get(running.id).finished_at <= ran[0].started_at
