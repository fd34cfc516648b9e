"""The live streams: of a run its events, its state and the machine room's health; of a dashboard
which state of it is the newest.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
from redis import RedisError

from backend.dashboards import Dashboards
from backend.event_log import Entry, EventTail
from backend.runs import Health, Run, Runs
from pruning.experiments.base import experiments

# How long to wait for an event before looking after the run's state and the workers.
_TICK_SECONDS = 1.0
# Events that come faster than a screen can show them travel together.
_PAUSE_SECONDS = 0.03
Message = dict[str, Any]


async def follow(runs: Runs, tail: EventTail, run_id: str, after: str) -> AsyncIterator[Message]:
    """Yield messages until the run has ended and all its events were sent.

    Three kinds: ``events`` with entries after ``after``, ``run`` when the state changes, and
    ``health`` when Redis or the worker is gone and when they are back.
    """
    run = await asyncio.to_thread(runs.get, run_id)
    yield _state(run)
    health = Health(ok=True)
    looked = time.monotonic()
    while True:
        entries = await _wait(tail, run_id, after)
        due = run.status == "queued" or time.monotonic() - looked >= _TICK_SECONDS
        if due or not entries or entries[-1].is_end:
            # The row knows before the stream does, but a look at it for every event is too much.
            looked = time.monotonic()
            seen = await asyncio.to_thread(runs.get, run_id)
            if seen != run:
                run = seen
                yield _state(run)
        if run.ended and not (entries and entries[-1].is_end):
            # The store is complete, whatever the stream has yet to say or has lost.
            entries = await asyncio.to_thread(runs.events, run_id, after)
        if entries:
            after = entries[-1].id
            yield _events(entries)
            await asyncio.sleep(_PAUSE_SECONDS)
        if run.ended:
            return
        if not entries:
            found = await asyncio.to_thread(runs.health, experiments[run.experiment].queue)
            if found != health:
                health = found
                yield {"kind": "health", **health.model_dump()}


async def follow_dashboard(dashboards: Dashboards, dashboard_id: str) -> AsyncIterator[Message]:
    """Yield which state of a dashboard is the newest: at once, and whenever it is another.

    The database is asked, by its primary key: whichever web process has made the change, it is
    seen there.

    Raises
    ------
    Problem
        404 once there is no such dashboard.
    """
    known = None
    while True:
        state = await asyncio.to_thread(dashboards.state, dashboard_id)
        if state != known:
            known = state
            yield {"kind": "dashboard", **state.model_dump(mode="json")}
        await asyncio.sleep(_TICK_SECONDS)


async def _wait(tail: EventTail, run_id: str, after: str) -> list[Entry]:
    try:
        return await tail.wait(run_id, after, _TICK_SECONDS)
    except RedisError:
        await asyncio.sleep(_TICK_SECONDS)
        return []


def _state(run: Run) -> Message:
    return {"kind": "run", "run": run.model_dump(mode="json")}


def _events(entries: list[Entry]) -> Message:
    return {
        "kind": "events",
        "events": [{"id": entry.id, "event": orjson.Fragment(entry.json)} for entry in entries],
    }
