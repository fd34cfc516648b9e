"""Operating points of sweeps, over REST."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Response
from starlette.requests import HTTPConnection

from backend.operating_points import OperatingPoints, PointRequest
from backend.problems import problem_answers
from backend.run_model import Run

router = APIRouter(prefix="/runs", tags=["runs"], responses=problem_answers(404, 422, 503))


def _operating_points(connection: HTTPConnection) -> OperatingPoints:
    return cast("OperatingPoints", connection.app.state.services.operating_points)


OperatingPointsOf = Annotated[OperatingPoints, Depends(_operating_points)]


@router.post(
    "/{run_id}/operating-points",
    status_code=201,
    responses={200: {"model": Run, "description": "There is an equal run already: this one."}},
)
def make_operating_point(
    run_id: str, asked: PointRequest, points: OperatingPointsOf, response: Response
) -> Run:
    """Make a network of a `sweep` again: to take it away, fine-tune it, or start from it.

    The answer is a run of its own. Its network has the accuracy of the sweep's row, to rounding, or
    the run fails and says why.
    """
    run, is_new = points.submit(run_id, asked)
    if not is_new:
        response.status_code = 200
    response.headers["Location"] = f"/api/runs/{run.id}"
    return run
