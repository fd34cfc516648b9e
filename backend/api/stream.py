"""The live streams over WebSockets.

Who may read one, and from which pages, is the guard's to say (``backend/access/guard.py``).
"""

import asyncio

import anyio
import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from backend.api.dashboards import DashboardsOf
from backend.api.dependencies import EventId, RunsOf, TailOf
from backend.event_log import BEGINNING
from backend.live import follow, follow_dashboard
from backend.problems import Problem

router = APIRouter()

NOT_FOUND = 4404


@router.websocket("/runs/{run_id}/stream")
async def stream(
    socket: WebSocket, run_id: str, runs: RunsOf, tail: TailOf, after: EventId = BEGINNING
) -> None:
    """Send the run's events after an id, then whatever comes, and close once it has ended."""
    await socket.accept()
    try:
        await asyncio.to_thread(runs.get, run_id)
    except Problem as problem:
        await socket.close(NOT_FOUND, problem.detail)
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_leave_with_reader, socket, tasks.cancel_scope)
        async for message in follow(runs, tail, run_id, after):
            await socket.send_text(orjson.dumps(message).decode())
        await socket.close()
        tasks.cancel_scope.cancel()


@router.websocket("/dashboards/{dashboard_id}/stream")
async def stream_dashboard(socket: WebSocket, dashboard_id: str, dashboards: DashboardsOf) -> None:
    """Say which state of a dashboard is the newest, now and after each change, until it is gone."""
    await socket.accept()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_leave_with_reader, socket, tasks.cancel_scope)
        try:
            async for message in follow_dashboard(dashboards, dashboard_id):
                await socket.send_json(message)
        except Problem as problem:
            await socket.close(NOT_FOUND, problem.detail)
        tasks.cancel_scope.cancel()


async def _leave_with_reader(socket: WebSocket, scope: anyio.CancelScope) -> None:
    """Stop sending as soon as the reader has gone, even when there is nothing to send."""
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        scope.cancel()
