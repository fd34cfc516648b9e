"""Files of importances over REST, for the given masks of an input selection."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from backend.api.datasets import UPLOAD_TYPE
from backend.api.dependencies import ServicesOf
from backend.importances import ImportancesDescription
from backend.problems import Problem, problem_answers

router = APIRouter(
    prefix="/importances",
    tags=["importances"],
    responses=problem_answers(404, 409, 413, 415, 422, 507),
)


@router.get("")
def list_importances(services: ServicesOf) -> list[ImportancesDescription]:
    """The files that an input selection may name."""
    return services.importances.everything()


@router.post(
    "",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {UPLOAD_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_importances(
    request: Request,
    services: ServicesOf,
    file: Annotated[str, Query(description="The file's name, such as mine.npy.")],
    content_length: Annotated[int, Header(ge=0)] = 0,
) -> ImportancesDescription:
    """Upload a .npy as the body: a number for each pixel, height × width or with channels first."""
    if request.headers.get("content-type") != UPLOAD_TYPE:
        detail = f"Send the file itself as the body, with the Content-Type {UPLOAD_TYPE}."
        raise Problem(415, "The body is of another type", detail)
    content = await services.importances.receive(file, content_length, request.stream())
    return await asyncio.to_thread(services.importances.keep, file, content)


@router.delete("/{name}", status_code=204)
def delete_importances(name: str, services: ServicesOf) -> None:
    """Remove a file; runs that used it keep their results."""
    services.importances.remove(name)
