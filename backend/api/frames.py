"""The frames of a run by themselves: the heavy part of a result."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from backend.api.dependencies import RunsOf
from backend.problems import problem_answers

router = APIRouter(prefix="/runs", tags=["runs"], responses=problem_answers(404, 422, 503))
Names = Annotated[
    str,
    Query(
        max_length=4000,
        description="Only frames of these names, with commas between them; a name that ends "
        "with a slash stands for all that begin with it. Empty: all.",
        examples=["grid,boundary/"],
    ),
]


@router.get("/{run_id}/frames")
def get_frames(run_id: str, runs: RunsOf, names: Names = "") -> Response:
    """What the run has said in frames so far, by name, each at its places."""
    frames = runs.result(run_id)[0].frames
    wanted = {
        name: [frame.model_dump() for frame in at_places]
        for name, at_places in frames.items()
        if not names or _is_one_of(name, names.split(","))
    }
    return Response(orjson.dumps(wanted), media_type="application/json")


def _is_one_of(name: str, wanted: list[str]) -> bool:
    return any(name.startswith(each) if each.endswith("/") else name == each for each in wanted)
