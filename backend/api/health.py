"""Whether the server lives, and whether it could do any work."""

from typing import get_args

from fastapi import APIRouter
from sqlalchemy import text

from backend.api.dependencies import RunsOf, ServicesOf
from backend.problems import unavailable
from backend.runs import Health
from pruning.experiments.base import Queue

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> Health:
    """The web server answers."""
    return Health(ok=True)


@router.get("/readyz")
def ready(runs: RunsOf, services: ServicesOf) -> Health:
    """Database and Redis answer and every queue has a worker; else a 503 that says what is missing.

    What the database says is an error that :mod:`backend.troubles` answers.
    """
    with services.engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM alembic_version"))
    for queue in get_args(Queue):
        health = runs.health(queue)
        if not health.ok:
            raise unavailable(health.message)
    return Health(ok=True)
