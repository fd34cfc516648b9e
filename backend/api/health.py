"""Whether the server lives, and whether it could do any work."""

from typing import get_args

from fastapi import APIRouter

from backend.api.dependencies import RunsOf
from backend.problems import unavailable
from backend.runs import Health
from pruning.experiments.base import Queue

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> Health:
    """The web server answers."""
    return Health(ok=True)


@router.get("/readyz")
def ready(runs: RunsOf) -> Health:
    """Redis answers and every queue has a worker; else a 503 that says what is missing."""
    for queue in get_args(Queue):
        health = runs.health(queue)
        if not health.ok:
            raise unavailable(health.message)
    return Health(ok=True)
