"""Taking packages in over REST."""

import asyncio
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Header, Request
from starlette.requests import HTTPConnection

from backend.api.datasets import UPLOAD_TYPE
from backend.packages.archive import too_large
from backend.packages.importing import Imported, import_package, receive
from backend.problems import Problem, ProblemDocument
from backend.services import Services

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemDocument, "content": {"application/problem+json": {}}}
    for code in (409, 413, 415, 422)
}
router = APIRouter(tags=["packages"], responses=_PROBLEMS)


def _services(connection: HTTPConnection) -> Services:
    return cast("Services", connection.app.state.services)


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
    services: Annotated[Services, Depends(_services)],
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
