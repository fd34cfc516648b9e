"""Applying the masks of a run to images, over REST."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from pydantic import ValidationError

from backend.api.dependencies import ServicesOf
from backend.applied_masks import MOST_BYTES, ApplyRequest, too_large
from backend.bodies import received
from backend.problems import Problem, invalid, problem_answers
from backend.run_model import Run

router = APIRouter(
    prefix="/runs", tags=["runs"], responses=problem_answers(404, 409, 413, 415, 422, 503)
)

_TYPE = "application/json"


@router.post(
    "/{run_id}/apply",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_TYPE: {"schema": ApplyRequest.model_json_schema()}},
        }
    },
)
async def apply_mask(
    run_id: str,
    request: Request,
    services: ServicesOf,
    response: Response,
    content_length: Annotated[int, Header(ge=0)] = 0,
) -> Run:
    """Send images through a mask that a run of `input_selection` has learned.

    The answer is a run of its own: its result says what is sent of each image, and at which cost.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != _TYPE:
        detail = f"Send JSON, with the Content-Type {_TYPE}."
        raise Problem(415, "The body is of another type", detail)
    body = await received(request.stream(), content_length, _check_size)
    run = await asyncio.to_thread(lambda: services.applied_masks.submit(run_id, _read(body)))
    response.headers["Location"] = f"/api/runs/{run.id}"
    return run


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise too_large()


def _read(body: bytes) -> ApplyRequest:
    try:
        return ApplyRequest.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from None
