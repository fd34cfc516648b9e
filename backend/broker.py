"""Redis and Celery as the application uses them: connections, the task's name, who is at work."""

from __future__ import annotations

import base64
import time
from collections.abc import Collection, Sequence
from typing import Any

import orjson
from celery import Celery
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from backend.settings import Settings
from pruning.experiments.base import Queue

TASK = "prunelab.run"
# A message that is not acknowledged within this time is delivered again, so it has to be longer
# than the longest job. Celery reads it in three places.
VISIBILITY_SECONDS = 7 * 24 * 3600
# How often a worker says that it is there, and how long this is believed: on a machine that is
# busy, a worker that gives way to everybody, or one between two children, is late by seconds.
PRESENCE_INTERVAL = 2.0
PRESENCE_SECONDS = 20.0
_TRANSPORT = {
    "visibility_timeout": VISIBILITY_SECONDS,
    "socket_connect_timeout": 2,
    "health_check_interval": 10,
}

# A server that hangs counts as gone after so many seconds; no answer is waited for longer than
# the one second that a reader of the live stream waits for news.
_LIMITS: dict[str, Any] = {"protocol": 2, "socket_connect_timeout": 2, "socket_timeout": 2}


def connect(settings: Settings, **options: Any) -> Redis:
    """A client for plain code."""
    return Redis.from_url(settings.redis_url, **_LIMITS, **options)


def connect_async(settings: Settings) -> AsyncRedis:
    """A client for the event loop."""
    return AsyncRedis.from_url(settings.redis_url, **_LIMITS)


def celery_app(settings: Settings) -> Celery:
    """Celery as both ends use it: the web to send a run, the workers to take it.

    No result travels through Celery: what a run says goes to the event log, what became of it to
    the database.
    """
    app = Celery("prunelab", broker=settings.redis_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1,
        # What waits stays in the queue until somebody is free, so that another can overtake it.
        worker_disable_prefetch=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_TRANSPORT,
        result_backend_transport_options=_TRANSPORT,
        visibility_timeout=VISIBILITY_SECONDS,
    )
    return app


class Presence:
    """Which workers are alive, as each says itself every few seconds."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def announce(self, queue: Queue, worker: str) -> None:
        """Say that ``worker`` takes runs from ``queue`` for the next few seconds."""
        self._redis.zadd(_presence_key(queue), {worker: time.time() + PRESENCE_SECONDS})

    def count(self, queue: Queue) -> int:
        """How many workers take runs from ``queue``."""
        self._redis.zremrangebyscore(_presence_key(queue), "-inf", time.time())
        return int(self._redis.zcard(_presence_key(queue)))


class RunQueue:
    """Sends runs to the workers."""

    def __init__(self, app: Celery, redis: Redis) -> None:
        self._app = app
        self._redis = redis
        self._move = redis.register_script(_TO_FRONT)
        self._keep = redis.register_script(_WITHOUT)

    def send(self, run_id: str, queue: Queue) -> None:
        """Put a run at the end of its queue."""
        self._app.send_task(TASK, args=[run_id], queue=queue, retry=False)

    def length(self, queue: Queue) -> int:
        """How many messages wait in ``queue``."""
        return int(self._redis.llen(queue))

    def waiting(self, queue: Queue) -> list[str]:
        """The runs and parts whose messages wait in ``queue``, the next one first."""
        return [_run_of(message) for message in self._messages(queue)]

    def to_front(self, run_ids: Sequence[str], queue: Queue) -> bool:
        """Have these taken next, in this order; False if none of them waits any more."""
        found: dict[str, bytes] = {_run_of(message): message for message in self._messages(queue)}
        wanted = [found[run_id] for run_id in reversed(run_ids) if run_id in found]
        return bool(wanted) and int(self._move(keys=[queue], args=wanted)) > 0

    def withdraw(self, run_ids: Collection[str], queue: Queue) -> None:
        """Take the messages of runs that have ended out of the queue.

        A worker would drop each, but one that ends after every run would start anew for that.
        """
        ended = [message for message in self._messages(queue) if _run_of(message) in run_ids]
        if ended:
            self._keep(keys=[queue], args=ended)

    def _messages(self, queue: Queue) -> list[bytes]:
        """What Celery has put into the list, whose right end is taken next."""
        messages: list[Any] = self._redis.lrange(queue, 0, -1)
        return messages[::-1]


# A message that a worker has taken since it was looked up is not there to be moved; one that is
# there is moved in the same step, so it is never lost and never there twice.
_TO_FRONT = """
local moved = 0
for _, message in ipairs(ARGV) do
  if redis.call('LREM', KEYS[1], -1, message) > 0 then
    redis.call('RPUSH', KEYS[1], message)
    moved = moved + 1
  end
end
return moved
"""


# All in one step, so that nobody takes a message that is being moved, and in one pass.
_WITHOUT = """
local ended, kept = {}, {}
for _, message in ipairs(ARGV) do ended[message] = true end
for _, message in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if not ended[message] then kept[#kept + 1] = message end
end
redis.call('DEL', KEYS[1])
for _, message in ipairs(kept) do redis.call('RPUSH', KEYS[1], message) end
return #ARGV
"""


def _run_of(message: bytes) -> str:
    """The run or part that a message of Celery's protocol 2 is about."""
    (run_id, *_), *_ = orjson.loads(base64.b64decode(orjson.loads(message)["body"]))
    return str(run_id)


def _presence_key(queue: Queue) -> str:
    return f"prunelab:workers:{queue}"
