"""The live streams over WebSockets.

Who may read one, and from which pages, is the guard's to say (``backend/access/guard.py``).
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from backend.api.dependencies import DashboardFeedsOf, EventId, RunFeedsOf
from backend.event_log import BEGINNING
from backend.feeds import TooManyWatchersError
from backend.live import follow, follow_dashboard
from backend.problems import Problem

router = APIRouter()

ENDED = 1000
NOT_FOUND = 4404
# An error of the server, and "try again later", as the registry of RFC 6455 has them: browsers
# connect again.
FAILED = 1011
FULL = 1013


@router.websocket("/runs/{run_id}/stream")
async def stream(
    socket: WebSocket, run_id: str, feeds: RunFeedsOf, after: EventId = BEGINNING
) -> None:
    """Send the run's events after an id, then whatever comes, and close once it has ended."""
    await _send(socket, follow(feeds, run_id, after))


@router.websocket("/dashboards/{dashboard_id}/stream")
async def stream_dashboard(socket: WebSocket, dashboard_id: str, feeds: DashboardFeedsOf) -> None:
    """Say which state of a dashboard is the newest, now and after each change, until it is gone."""
    await _send(socket, follow_dashboard(feeds, dashboard_id))


async def _send(socket: WebSocket, messages: AsyncGenerator[str]) -> None:
    await socket.accept()
    ending = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_leave_with_reader, socket, tasks.cancel_scope)
        ending = await _relay(socket, messages)
        tasks.cancel_scope.cancel()
    if ending is not None:
        await socket.close(*ending)


async def _relay(socket: WebSocket, messages: AsyncGenerator[str]) -> tuple[int, str | None]:
    """Send all messages; how the connection is to be closed afterwards."""
    try:
        async with aclosing(messages):
            async for message in messages:
                await socket.send_text(message)
    except Problem as problem:
        return NOT_FOUND if problem.status == 404 else FAILED, problem.title
    except TooManyWatchersError:
        return FULL, "as many pages as are let in follow already"
    return ENDED, None


async def _leave_with_reader(socket: WebSocket, scope: anyio.CancelScope) -> None:
    """Stop sending as soon as the reader has gone, even when there is nothing to send."""
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        scope.cancel()
