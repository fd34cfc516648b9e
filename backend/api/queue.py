"""What runs and what waits, over REST."""

from fastapi import APIRouter

from backend.api.dependencies import QueueViewOf
from backend.api.runs import PROBLEMS
from backend.queue_view import QueueState

router = APIRouter(tags=["queue"], responses=PROBLEMS)


@router.get("/queue")
def get_queue(queue: QueueViewOf) -> list[QueueState]:
    """Every queue: what runs where, and what waits in which order."""
    return queue.state()


@router.post("/runs/{run_id}/front", status_code=204)
def move_to_front(run_id: str, queue: QueueViewOf) -> None:
    """Have a waiting run taken next."""
    queue.to_front(run_id)
