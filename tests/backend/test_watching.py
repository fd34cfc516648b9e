"""Many who watch one run: each gets everything once and in order, and costs what it has not read.

The API has no place for that many sockets in a test; what they are sent is asked for here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import orjson
import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from backend.app import create_api
from backend.broker import connect_async
from backend.event_log import EventTail, order
from backend.feeds import Feeds, TooManyWatchersError
from backend.live import RunFeed, feeds_of, follow
from backend.services import Services
from backend.settings import Settings
from pruning.events import Event, Note, Progress
from tests import experiments as _counting  # noqa: F401 - registers `count`

Watched = Callable[[Feeds[RunFeed]], Awaitable[None]]


@pytest.fixture
def run_id(services: Services) -> str:
    """A run that somebody works on."""
    services.presence.announce("interactive", "a test")
    run = services.runs.submit("count", {})
    services.runs.repository.claim(run.id, "me", timedelta(minutes=5))
    return run.id


def progress(count: int) -> list[Event]:
    return [Progress(done=place, total=count) for place in range(count)]


def watch(services: Services, watched: Watched) -> None:
    """Carry out ``watched`` with the feeds of a web process."""

    async def run() -> None:
        redis = connect_async(services.settings)
        feeds, _ = feeds_of(services, EventTail(redis))
        try:
            await asyncio.wait_for(watched(feeds), 60)
        finally:
            await redis.aclose()

    asyncio.run(run())


async def heard(feeds: Feeds[RunFeed], run_id: str, after: str = "0", pause: float = 0) -> list:
    """The entries that one watcher is sent, who takes a while for each message."""
    found = []
    async for message in follow(feeds, run_id, after):
        found += orjson.loads(message).get("events", [])
        await asyncio.sleep(pause)
    return found


def ids(entries: list) -> list[str]:
    return [entry["id"] for entry in entries]


@pytest.mark.parametrize("seed", range(3))
def test_whoever_comes_whenever_and_however_slow_gets_all_that_comes_after_what_it_has(
    services: Services, run_id: str, seed: int
):
    chance = random.Random(seed)
    log = services.runs.log
    early = log.append(run_id, progress(700))

    async def watched(feeds: Feeds[RunFeed]) -> None:
        tasks = {}
        for place in range(40):
            after = chance.choice(["0", *(entry.id for entry in early)])
            pause = chance.choice([0, 0, 0.002, 0.02])
            tasks[asyncio.create_task(heard(feeds, run_id, after, pause))] = after
            if place % 4 == 0:
                await asyncio.to_thread(log.append, run_id, progress(chance.randrange(1, 40)))
                await asyncio.sleep(chance.uniform(0, 0.05))
        await asyncio.sleep(0)
        assert feeds.watchers == 40
        assert await asyncio.to_thread(services.runs.close, run_id, "done", owner="me")
        got = await asyncio.gather(*tasks)
        stored = [entry.id for entry in services.runs.events(run_id)]
        for found, after in zip(got, tasks.values(), strict=True):
            assert ids(found) == [each for each in stored if order(each) > order(after)]
        assert feeds.watchers == 0

    watch(services, watched)


def test_a_page_that_is_ahead_of_what_is_looked_after_hears_nothing_twice(
    services: Services, run_id: str
):
    """The server rendered it from the log after the last tick was made."""
    log = services.runs.log

    async def watched(feeds: Feeds[RunFeed]) -> None:
        first = asyncio.create_task(heard(feeds, run_id))
        await asyncio.sleep(0.3)
        newest = await asyncio.to_thread(log.append, run_id, progress(10))
        second = asyncio.create_task(heard(feeds, run_id, newest[4].id))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(services.runs.close, run_id, "done", owner="me")
        everything = ids(await first)
        assert ids(await second) == everything[5:]

    watch(services, watched)


def test_a_message_is_made_once_for_all_and_is_of_a_size_that_can_be_sent(
    services: Services, run_id: str
):
    long = [Note(level="info", text="x" * 60_000) for _ in range(20)]
    services.runs.log.append(run_id, long)

    async def watched(feeds: Feeds[RunFeed]) -> None:
        async def first_two() -> list[str]:
            found = follow(feeds, run_id, "0")
            return [await anext(found) for _ in range(3)][1:]

        one, other = await asyncio.gather(first_two(), first_two())
        assert all(mine is theirs for mine, theirs in zip(one, other, strict=True))
        assert all(60_000 < len(message) < 300_000 for message in one)

    watch(services, watched)


def test_what_is_kept_for_those_who_watch_has_bounds(services: Services, run_id: str):
    async def watched(feeds: Feeds[RunFeed]) -> None:
        task = asyncio.create_task(heard(feeds, run_id))
        await asyncio.sleep(0.2)
        async with feeds.of(run_id) as feed:
            for _ in range(8):
                long = [Note(level="info", text="x" * 60_000) for _ in range(30)]
                await asyncio.to_thread(services.runs.log.append, run_id, long)
                await asyncio.sleep(0.15)
                assert sum(len(tick.message) for tick in feed._kept.values()) < 5 * 2**20
        await asyncio.to_thread(services.runs.close, run_id, "done", owner="me")
        assert len(await task) == 8 * 30 + 1
        assert not feeds._feeds

    watch(services, watched)


def test_what_goes_wrong_with_looking_ends_each_watcher_with_it(services: Services, run_id: str):
    async def watched(feeds: Feeds[RunFeed]) -> None:
        tasks = [asyncio.create_task(heard(feeds, run_id)) for _ in range(3)]
        await asyncio.sleep(0.3)
        services.runs.get = _broken  # type: ignore[method-assign]
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [str(error) for error in ended] == ["the database is away"] * 3
        assert feeds.watchers == 0

    watch(services, watched)


def _broken(_: str) -> None:
    raise ConnectionError("the database is away")


def test_so_many_are_let_in_and_one_more_is_told_to_come_later(settings: Settings):
    few = settings.model_copy(update={"most_watchers": 2})
    with TestClient(create_api(few)) as client:
        client.app.state.services.presence.announce("interactive", "a test")
        run = client.post("/api/runs", json={"experiment": "count"}).json()["id"]
        address = f"/api/runs/{run}/stream"
        with client.websocket_connect(address) as one, client.websocket_connect(address) as two:
            assert one.receive_json()["kind"] == two.receive_json()["kind"] == "run"
            with (
                client.websocket_connect(address) as three,
                pytest.raises(WebSocketDisconnect) as closed,
            ):
                three.receive_json()
            assert closed.value.code == 1013
        with client.websocket_connect(address) as again:
            assert again.receive_json()["kind"] == "run"


def test_nobody_is_let_in_above_the_limit():
    async def watched() -> None:
        feeds: Feeds[RunFeed] = Feeds(lambda _: pytest.fail("nothing is made"), 0)
        with pytest.raises(TooManyWatchersError):
            async with feeds.of("a run"):
                pass

    asyncio.run(watched())
