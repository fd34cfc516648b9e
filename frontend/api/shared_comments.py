"""The comments below a share, for whoever has its link: what was approved, and a new one."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.responses import Response

from backend.api.comments import write_comment
from backend.api.dependencies import ServicesOf
from backend.bodies import received
from backend.comments import MOST_COMMENTS, Subject, Written
from backend.problems import Problem, invalid
from frontend.api.shared import PlainRoute, unlocked

# The longest comment, each of its signs written as two escapes of JSON.
_MOST_BYTES = 32 * 1024

router = APIRouter(include_in_schema=False, route_class=PlainRoute)

Own = Annotated[list[str], Query(max_length=MOST_COMMENTS)]


@router.api_route("/shares/{token}/comments", methods=["GET", "HEAD"])
def read_comments(
    token: str,
    request: Request,
    services: ServicesOf,
    own: Own = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """What was approved, and of what waits those comments whose ids the reader knows."""
    share = unlocked(token, request, services).share
    shown = services.comments.shown(Subject("share", share.id), own)
    return _answer(shown.model_dump(mode="json"))


@router.post("/shares/{token}/comments")
async def add_comment(token: str, request: Request, services: ServicesOf) -> Response:
    """Write a comment, which others see once it was approved."""
    opened = await asyncio.to_thread(unlocked, token, request, services)
    written = await _written(request)
    subject = Subject("share", opened.share.id)
    made = await asyncio.to_thread(write_comment, services, request, subject, written)
    return _answer(made.model_dump(mode="json"), 201)


async def _written(request: Request) -> Written:
    """What was sent; more than the longest comment is not read."""
    announced = request.headers.get("content-length", "")
    size = int(announced) if announced.isdecimal() else 0
    body = await received(request.stream(), size, _check_size)
    try:
        return Written.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from error


def _check_size(size: int) -> None:
    if size > _MOST_BYTES:
        raise Problem(413, "The comment is too large", f"It may have {_MOST_BYTES} bytes.")


def _answer(content: object, status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
