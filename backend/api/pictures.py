"""Pictures of notes over REST."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel

from backend.api.datasets import UPLOAD_TYPE
from backend.api.dependencies import ServicesOf
from backend.picture_files import markdown_of, media_type_of
from backend.problems import Problem, problem_answers

router = APIRouter(tags=["dashboards"])

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
# A picture of another content has another address.
_UNCHANGING = "private, max-age=31536000, immutable"


class KeptPicture(BaseModel):
    """How a note shows a picture."""

    markdown: str


@router.post(
    "/dashboards/{dashboard_id}/pictures",
    status_code=201,
    responses=problem_answers(404, 413, 415, 422, 507),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {UPLOAD_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_picture(
    dashboard_id: str,
    request: Request,
    services: ServicesOf,
    file: Annotated[
        str, Query(max_length=200, description="The file's name, such as confusion.png.")
    ] = "",
    content_length: Annotated[int, Header(ge=0)] = 0,
) -> KeptPicture:
    """Upload a PNG, JPEG, WebP or GIF as the body, for the notes of a dashboard.

    The answer is what a note has to say to show it. A picture that no dashboard names is removed
    after a day.
    """
    if request.headers.get("content-type") != UPLOAD_TYPE:
        detail = f"Send the file itself as the body, with the Content-Type {UPLOAD_TYPE}."
        raise Problem(415, "The body is of another type", detail)
    await asyncio.to_thread(services.dashboards.state, dashboard_id)
    content = await services.pictures.receive(content_length, request.stream())
    digest = await asyncio.to_thread(services.pictures.keep, content)
    return KeptPicture(markdown=markdown_of(file, digest))


@router.get(
    "/pictures/{digest}",
    response_class=Response,
    responses={
        200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}},
        **problem_answers(404, 422),
    },
)
def get_picture(digest: Digest, services: ServicesOf) -> Response:
    """A picture that a note names as `picture:DIGEST`."""
    content = services.pictures.read(digest)
    # Where people log in, browsers are to keep nothing after they have logged out.
    headers = {} if services.access.is_on else {"Cache-Control": _UNCHANGING}
    return Response(content, media_type=media_type_of(content), headers=headers)
