"""Shares over REST: make one, list all, revoke."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.access.passwords import LONGEST, SHORTEST
from backend.api.dependencies import ServicesOf
from backend.problems import Problem, problem_answers
from backend.reach import warning_of
from backend.services import Services
from backend.shares import ANYWHERE, MOST_PICTURE_BYTES, Share
from backend.utc import Moment
from frontend.documents.snapshots import snapshot_of
from frontend.sheets.base import Source
from frontend.sheets.opening import sheet_of

router = APIRouter(prefix="/shares", tags=["shares"], responses=problem_answers(404, 422))


class ShareRequest(BaseModel):
    """What to share, and how."""

    model_config = ConfigDict(extra="forbid")

    source: Source = Field(description="A run, a comparison of runs or a dashboard.")
    title: str = Field("", max_length=200, description="A title of its own.")
    expires_in_days: int | None = Field(None, ge=1, le=3650, description="How long it is to live.")
    expires_at: Moment | None = Field(None, description="Or until when, with a time zone.")
    password: str | None = Field(
        None, min_length=SHORTEST, max_length=LONGEST, description="What opens it, beside the link."
    )
    frame_ancestors: list[str] = Field(
        default=[ANYWHERE],
        max_length=20,
        description="The origins whose pages may embed it; * for any, nothing for none.",
    )
    picture: str | None = Field(
        None,
        max_length=4 * MOST_PICTURE_BYTES // 3 + 4,
        description="A picture for previews of the link: a PNG in base64.",
    )
    takes_comments: bool = Field(False, description="Whether readers may write comments below it.")

    @model_validator(mode="after")
    def _one_end(self) -> ShareRequest:
        if self.expires_in_days is not None and self.expires_at is not None:
            raise ValueError("give expires_in_days or expires_at, not both")
        return self

    @property
    def end(self) -> datetime | None:
        """When the link stops working."""
        if self.expires_in_days is not None:
            return datetime.now(UTC) + timedelta(days=self.expires_in_days)
        return self.expires_at

    @property
    def png(self) -> bytes | None:
        """The picture."""
        try:
            return base64.b64decode(self.picture, validate=True) if self.picture else None
        except binascii.Error:
            raise Problem(422, "The request is not valid", "picture: is no base64") from None


class NewShare(Share):
    """A share with what opens it, which is shown this once.

    Attributes
    ----------
    warning
        Who cannot open the link, and what to do about that; empty where anybody can.
    """

    link: str
    embed_link: str
    warning: str


@router.post("", status_code=201)
def create_share(body: ShareRequest, request: Request, services: ServicesOf) -> NewShare:
    """Freeze a run, a comparison or a dashboard as it stands, behind a link for anybody."""
    snapshot = snapshot_of(sheet_of(services, body.source), body.title)
    share, token = services.shares.create(
        snapshot.to_json(),
        snapshot.title,
        body.source.model_dump(mode="json"),
        expires_at=body.end,
        password=body.password,
        frame_ancestors=body.frame_ancestors,
        picture=body.png,
        takes_comments=body.takes_comments,
    )
    link = link_to(request, token)
    return NewShare(
        **share.model_dump(),
        link=link,
        embed_link=link_to(request, token, "embed"),
        warning=warning_of(link),
    )


@router.get("")
def list_shares(services: ServicesOf) -> list[Share]:
    """All shares, the newest first."""
    return services.shares.all()


@router.delete("/{share_id}")
def revoke_share(share_id: str, services: ServicesOf) -> Share:
    """Let the link lead nowhere, at once and for good."""
    return services.shares.revoke(share_id)


def link_to(request: Request, token: str, place: str = "shares") -> str:
    """The whole address of a share."""
    services: Services = request.app.state.services
    base = services.settings.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/{place}/{token}"
