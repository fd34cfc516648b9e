"""What runs and what waits, over REST."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from backend.api.dependencies import QueueViewOf, RunsOf
from backend.api.runs import PROBLEMS
from backend.queue_view import QueueState
from pruning.experiments.base import Queue

router = APIRouter(tags=["queue"], responses=PROBLEMS)


@router.get("/queue")
def get_queue(queue: QueueViewOf) -> list[QueueState]:
    """Every queue: what runs where, and what waits in which order."""
    return queue.state()


class Cancelled(BaseModel):
    """What was cancelled."""

    cancelled: int = Field(description="How many runs.")


@router.post("/queue/{name}/cancel")
def cancel_waiting(
    name: Queue,
    runs: RunsOf,
    until: Annotated[
        AwareDatetime | None,
        Query(description="Only those that were submitted by then, with a time zone."),
    ] = None,
) -> Cancelled:
    """Cancel all runs that wait in a queue; what runs goes on."""
    return Cancelled(cancelled=runs.cancel_waiting(name, until))


@router.post("/runs/{run_id}/front", status_code=204)
def move_to_front(run_id: str, queue: QueueViewOf) -> None:
    """Have a waiting run taken next."""
    queue.to_front(run_id)
