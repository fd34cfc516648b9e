"""Taking packages in over REST."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Request

from backend.api.datasets import UPLOAD_TYPE
from backend.api.dependencies import ServicesOf
from backend.packages.archive import too_large
from backend.packages.importing import Imported, import_package, receive
from backend.problems import Problem, problem_answers

router = APIRouter(tags=["packages"], responses=problem_answers(409, 413, 415, 422))


@router.post(
    "/import",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {UPLOAD_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take_package(
    request: Request,
    services: ServicesOf,
    content_length: Annotated[int, Header(ge=0)] = 0,
) -> list[Imported]:
    """Take in a `.prunelab.zip`, sent as the body: all that is in it, or nothing."""
    if request.headers.get("content-type") != UPLOAD_TYPE:
        detail = f"Send the file itself as the body, with the Content-Type {UPLOAD_TYPE}."
        raise Problem(415, "The body is of another type", detail)
    if content_length > services.settings.import_bytes:
        raise too_large(services.settings.import_bytes)
    file = await receive(services, request.stream())
    try:
        return await asyncio.to_thread(import_package, file, services)
    finally:
        file.unlink()
