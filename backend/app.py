"""The FastAPI application without its pages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from backend.access.guard import guarded
from backend.api import ROUTERS, Routers
from backend.broker import connect_async
from backend.event_log import EventTail
from backend.heads import Heads
from backend.known_hosts import KnownHosts
from backend.leftovers import tidy_home
from backend.live import feeds_of
from backend.packages.drafts import tidy
from backend.plain_requests import plain_only
from backend.problems import add_handlers, not_found, problem_answers
from backend.services import Services, make_services
from backend.settings import Settings
from backend.store.engine import migrate
from backend.troubles import add_trouble_handlers

log = logging.getLogger(__name__)

_SWEEP_SECONDS = 2.0
_TIDY_SECONDS = 3600.0


def create_api(settings: Settings | None = None, more: Routers | None = None) -> FastAPI:
    """Build the API with its services; the database is brought up to date when it starts.

    ``more`` are the routers of the floor above, whose answers need what is drawn there.
    """
    services = make_services(settings or Settings())
    app = FastAPIOffline(
        title="PruneLab",
        summary="See what pruning does to a neural network.",
        # The pages have it in their own colours.
        docs_url=None,
        redoc_url=None,
        # What any of them may be answered with before, or beside, what it does itself.
        responses=problem_answers(400, 401, 403, 413, 503, 507),
        lifespan=_lifespan,
    )
    app.state.services = services
    add_handlers(app)
    add_trouble_handlers(app)
    services.access.check()
    plain_only(app)
    guarded(app, services.access)
    app.add_middleware(Heads)
    # A page elsewhere whose name was made to point at this machine must not reach the API.
    app.add_middleware(KnownHosts, allowed_hosts=services.settings.allowed_hosts)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=3)
    for prefix, routers in ROUTERS.items():
        for router in (*routers, *(more or {}).get(prefix, ())):
            app.include_router(router, prefix=prefix)
    _add_unknown(app)
    return app


def _add_unknown(app: FastAPI) -> None:
    """The pages answer every other address; an unknown one of the API is an error."""

    @app.get("/api/{path:path}", include_in_schema=False)
    async def unknown(request: Request) -> Response:
        return not_found(f"address {request.url.path!r} in the API").response()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    await asyncio.to_thread(migrate, services.engine)
    await asyncio.to_thread(services.datasets.tidy)
    await asyncio.to_thread(tidy, services.settings.home)
    redis = connect_async(services.settings)
    app.state.run_feeds, app.state.dashboard_feeds = feeds_of(services, EventTail(redis))
    caring = [asyncio.create_task(care(services)) for care in (_sweep, _tidy)]
    yield
    for task in caring:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await redis.aclose()
    services.engine.dispose()


async def _sweep(services: Services) -> None:
    while True:
        if await _overslept(_SWEEP_SECONDS) > services.settings.lease_seconds:
            # The machine was asleep, and the workers with it: they are not dead, only late. By
            # the next sweep they have renewed their leases.
            log.warning("the clock made a leap; lost runs are looked for a little later")
            continue
        await _look_after("lost runs", services.recovery.sweep)
        await _look_after("the bin", services.run_list.expire)


async def _tidy(services: Services) -> None:
    while True:
        home, repository = services.settings, services.runs.repository
        await _look_after("what was left behind", partial(tidy_home, home, repository))
        await asyncio.sleep(_TIDY_SECONDS)
        await _look_after("pictures", services.pictures.tidy)


async def _overslept(seconds: float) -> float:
    """Sleep, and say how much longer than asked that was by the clock on the wall."""
    start = time.time()
    await asyncio.sleep(seconds)
    return time.time() - start - seconds


async def _look_after(what: str, care: Callable[[], object]) -> None:
    try:
        await asyncio.to_thread(care)
    except Exception:
        # Redis or the database may be away. Whatever it is, it is logged whole, and the next
        # sweep has to come all the same: without one, lost runs would stay lost.
        log.exception("could not look after %s", what)
