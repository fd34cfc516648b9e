"""What is wrong with Redis, the database or the disk, in words that say what to do."""

from __future__ import annotations

import errno
import logging
import re

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from kombu.exceptions import OperationalError as QueueError
from redis import RedisError
from redis import exceptions as redis
from sqlalchemy import exc

from backend.problems import Problem, unavailable

log = logging.getLogger(__name__)

REDIS_GONE = (
    "The queue and the event log (Redis) do not answer, so no run can be started or followed "
    "right now. What is finished can still be opened; the rest goes on once Redis is back."
)
_DISK_FULL = "The disk of the server is full: make room on it, and try again."
# What the drivers of databases say, and what it means. The first that is found counts.
_OF_DATABASES = (
    (
        r"database is locked|lock timeout|could not obtain lock",
        "The database is busy: another program has it locked. Try again in a moment.",
    ),
    (r"disk is full|no space left|disk full", _DISK_FULL),
    (
        r"readonly database|read-only transaction",
        "The database can only be read: look who owns its file, or whether it is a replica.",
    ),
    (
        r"no such table|no such column|does not exist",
        "The database has not the tables of this "
        "version of PruneLab: start the server again, which brings it up to date.",
    ),
    (
        r"malformed|not a database|corrupt",
        "The file of the database is damaged: put a copy of it in its place.",
    ),
)
_DATABASE_GONE = (
    "The database does not answer, so nothing that is stored can be shown or changed right now. "
    "It goes on by itself once the database is back."
)


def why_redis(error: Exception) -> str:
    """Why Redis did not do what it was asked for."""
    match error:
        case redis.AuthenticationError() | redis.AuthorizationError() | redis.NoPermissionError():
            return "Redis does not let PruneLab in: name user and password in REDIS_URL."
        case redis.BusyLoadingError():
            return "Redis is reading its data from the disk: try again in a moment."
        case redis.OutOfMemoryError():
            return "Redis is at its limit of memory (maxmemory), so no run can be started or go on."
        case redis.ReadOnlyError():
            return "Redis is a replica, which can only be read: name its primary in REDIS_URL."
        case redis.ResponseError() if "MISCONF" in str(error):
            return "Redis cannot write to its disk, and so takes nothing in: make room on it."
        case redis.ConnectionError() | redis.TimeoutError() | QueueError():
            cause = error.__cause__
            return why_redis(cause) if isinstance(cause, RedisError) else REDIS_GONE
    return f"Redis refuses what it was asked for: {error}"


def why_database(error: exc.DBAPIError) -> str | None:
    """Why the database did not do what it was asked for; None if what was asked is at fault."""
    said = str(error.orig)
    for pattern, words in _OF_DATABASES:
        if re.search(pattern, said, re.IGNORECASE):
            return words
    is_away = isinstance(error, exc.OperationalError | exc.InterfaceError)
    return _DATABASE_GONE if is_away else None


TROUBLES = (RedisError, exc.DBAPIError, exc.TimeoutError)


def problem_of(error: Exception) -> Problem:
    """One of :data:`TROUBLES` as a problem.

    Raises
    ------
    Exception
        The error itself, if not the machine room but what was asked of it is at fault.
    """
    log.warning("%s: %s", type(error).__name__, error)
    match error:
        case RedisError():
            return unavailable(why_redis(error))
        case exc.DBAPIError():
            why = why_database(error)
            if why is None:
                raise error
            return unavailable(why)
    return unavailable(_DATABASE_GONE)


def add_trouble_handlers(app: FastAPI) -> None:
    """Answer what is wrong with the machine room with a problem that says what it is."""

    async def trouble(_: Request, error: Exception) -> JSONResponse:
        return problem_of(error).response()

    for kind in TROUBLES:
        app.add_exception_handler(kind, trouble)

    @app.exception_handler(OSError)
    async def _disk(_: Request, error: OSError) -> JSONResponse:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise error
        return Problem(507, "The disk is full", _DISK_FULL).response()
