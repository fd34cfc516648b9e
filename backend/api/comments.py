"""Comments over REST, for who may edit what they are on.

Readers of a share, who need no account, have ``frontend/api/shared_comments.py``.
"""

import math
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from backend.access.forms import client
from backend.access.service import TooSoonError
from backend.api.dependencies import ServicesOf
from backend.comments import Comment, Discussion, Kind, Subject, Written
from backend.problems import Problem, problem_answers
from backend.services import Services


class Switch(BaseModel):
    """Whether readers may write comments."""

    model_config = ConfigDict(extra="forbid")

    on: bool = Field(description="Whether readers may write, and see what was approved.")


def write_comment(
    services: Services, request: Request, subject: Subject, written: Written
) -> Comment:
    """Keep a comment, unless too many came from the same address; that is a 429."""
    try:
        services.access.pace_comment(client(request))
    except TooSoonError as error:
        seconds = math.ceil(error.seconds)
        detail = f"Too many comments came from your address. Try again in {seconds} s."
        raise Problem(429, "Too many comments", detail, retry_after=seconds) from error
    return services.comments.write(subject, written)


def _router(kind: Kind, place: str) -> APIRouter:
    router = APIRouter(
        prefix=f"/{place}/{{{kind}_id}}/comments",
        tags=[place],
        responses=problem_answers(403, 404, 409, 422, 429),
    )
    subject_of = _subject_of(kind)

    @router.get("")
    def list_comments(
        services: ServicesOf, subject: Annotated[Subject, Depends(subject_of)]
    ) -> Discussion:
        """All comments, also those that wait to be approved, the oldest first."""
        return services.comments.all(subject)

    @router.put("")
    def switch_comments(
        services: ServicesOf, subject: Annotated[Subject, Depends(subject_of)], switch: Switch
    ) -> Discussion:
        """Let readers write comments, or no more; what they have written is kept."""
        return services.comments.switch(subject, on=switch.on)

    @router.post("", status_code=201)
    def add_comment(
        services: ServicesOf,
        request: Request,
        subject: Annotated[Subject, Depends(subject_of)],
        written: Written,
    ) -> Comment:
        """Write a comment, which others see once it was approved."""
        return write_comment(services, request, subject, written)

    @router.post("/{comment_id}/approve")
    def approve_comment(
        services: ServicesOf, subject: Annotated[Subject, Depends(subject_of)], comment_id: str
    ) -> Comment:
        """Show a comment to all readers."""
        return services.comments.approve(subject, comment_id)

    @router.delete("/{comment_id}", status_code=204)
    def delete_comment(
        services: ServicesOf, subject: Annotated[Subject, Depends(subject_of)], comment_id: str
    ) -> None:
        """Remove a comment for good."""
        services.comments.delete(subject, comment_id)

    return router


def _subject_of(kind: Kind) -> Callable[[str], Subject]:
    """What reads from an address what the comments are on."""

    def subject_of(subject_id: Annotated[str, Path(alias=f"{kind}_id")]) -> Subject:
        return Subject(kind, subject_id)

    return subject_of


ROUTERS = [_router("dashboard", "dashboards"), _router("share", "shares")]
