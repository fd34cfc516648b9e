"""What the link of a share leads to: the only pages that need no account.

They show what was frozen and ask the server for nothing else. A link that leads nowhere gets the
same answer whatever the reason.
"""

from __future__ import annotations

import asyncio
import gzip
import hmac
import math
from collections.abc import Callable, Coroutine
from functools import partial
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from itsdangerous import BadData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backend.access.forms import client, form_of
from backend.access.plain_page import (
    framed_by,
    password_field,
    plain_headers,
    plain_page,
    said,
    too_soon,
)
from backend.access.service import TooSoonError
from backend.api.dependencies import ServicesOf
from backend.problems import Problem, not_found
from backend.services import Services
from backend.shares import Opened
from frontend.api.shares import link_to
from frontend.documents.document import document
from frontend.documents.previews import meta, preview
from frontend.documents.snapshots import Snapshot
from frontend.modules import STANDALONE, allowed

_COOKIE = "prunelab_share"
_UNLOCKED_SECONDS = 12 * 3600
# Nothing of others is loaded, and nothing runs that is not a file of ours.
_POLICY = (
    f"default-src 'none'; script-src 'self' {allowed(STANDALONE)}; style-src 'self' "
    "'unsafe-inline'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
_READ = ["GET", "HEAD"]


class PlainRoute(APIRoute):
    """Answers every 404 with the same plain page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        handle = super().get_route_handler()

        async def handle_plainly(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                if problem.status != 404:
                    raise
                return _nothing()

        return handle_plainly


router = APIRouter(include_in_schema=False, route_class=PlainRoute)


@router.api_route("/shares/{token}", methods=_READ)
def show_share(token: str, request: Request, services: ServicesOf) -> Response:
    """The page of a share."""
    opened = services.shares.open(token)
    if not _is_unlocked(services, opened, request.cookies.get(_COOKIE, "")):
        return _locked(f"/shares/{token}/unlock")
    return _page(token, request, services, opened)


@router.api_route("/shares/{token}/data.json", methods=_READ)
def send_data(token: str, request: Request, services: ServicesOf, key: str = "") -> Response:
    """What fills the page, in one piece."""
    opened = unlocked(token, request, services, key)
    data = Snapshot.from_json(services.shares.snapshot(opened.share)).data
    headers = {**_headers(), "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        data = gzip.compress(data, 6)
        headers["Content-Encoding"] = "gzip"
    return Response(data, media_type="application/json", headers=headers)


def unlocked(token: str, request: Request, services: Services, key: str = "") -> Opened:
    """What a link leads to, for whoever has shown the password; a 404 for everybody else."""
    opened = services.shares.open(token)
    if not _is_unlocked(services, opened, key or request.cookies.get(_COOKIE, "")):
        raise not_found("share behind this link")
    return opened


@router.api_route("/shares/{token}/picture.png", methods=_READ)
def send_picture(token: str, request: Request, services: ServicesOf) -> Response:
    """The picture for previews of the link."""
    picture = services.shares.picture(unlocked(token, request, services).share)
    if picture is None:
        raise not_found("picture behind this link")
    return Response(picture, media_type="image/png", headers=_headers())


@router.post("/shares/{token}/unlock")
async def unlock(token: str, request: Request, services: ServicesOf) -> Response:
    """Open a share with its password, for this browser and for a while."""
    opened = await asyncio.to_thread(services.shares.open, token)
    wrong = await _wrong(request, services, opened)
    if wrong:
        return _locked(f"/shares/{token}/unlock", wrong)
    response = RedirectResponse(f"/shares/{token}", 303)
    response.set_cookie(
        _COOKIE,
        _proof(services, opened),
        max_age=_UNLOCKED_SECONDS,
        path=f"/shares/{token}",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.api_route("/embed/{token}", methods=_READ)
def show_embedded(token: str, request: Request, services: ServicesOf) -> Response:
    """The page of a share, for frames in pages elsewhere."""
    opened = services.shares.open(token)
    if opened.password_hash is not None:
        return _locked(f"/embed/{token}", framed=opened.share.frame_ancestors)
    return _page(token, request, services, opened, embedded=True)


@router.post("/embed/{token}")
async def unlock_embedded(token: str, request: Request, services: ServicesOf) -> Response:
    """The page behind the password.

    Browsers keep cookies from frames of other sites, so the page gets a key for its data instead.
    """
    opened = await asyncio.to_thread(services.shares.open, token)
    wrong = await _wrong(request, services, opened)
    if wrong:
        return _locked(f"/embed/{token}", wrong, framed=opened.share.frame_ancestors)
    key = _proof(services, opened)
    show = partial(_page, token, request, services, opened, embedded=True, key=key)
    return await asyncio.to_thread(show)


def _page(
    token: str,
    request: Request,
    services: Services,
    opened: Opened,
    *,
    embedded: bool = False,
    key: str = "",
) -> Response:
    share = opened.share
    snapshot = Snapshot.from_json(services.shares.snapshot(share))
    if request.method != "HEAD":
        services.shares.note_opened(share)
    data_url = f"/shares/{token}/data.json" + (f"?key={key}" if key else "")
    head = _head(request, token, snapshot, with_picture=opened.has_picture)
    comments = f"/shares/{token}/comments" if share.takes_comments and not embedded else ""
    page = document(snapshot, data_url=data_url, head=head, compact=embedded, comments_url=comments)
    return HTMLResponse(page, headers=_headers(share.frame_ancestors if embedded else "'none'"))


def _head(request: Request, token: str, snapshot: Snapshot, *, with_picture: bool) -> str:
    """What previews of the link show, and that search engines are to leave it alone."""
    link = link_to(request, token)
    picture = f"{link}/picture.png" if with_picture else ""
    said = preview(snapshot.title, snapshot.summary, picture)
    return meta({"robots": "noindex", **said, "og:url": link})


def _headers(framed: str = "'none'") -> dict[str, str]:
    return {
        "Content-Security-Policy": f"{_POLICY}{framed_by(framed)}",
        # A link that was revoked is to lead nowhere at once.
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }


def _nothing() -> Response:
    body = (
        "<h1>There is nothing here</h1><p>The link may be incomplete, have expired, or have been "
        "revoked by whoever made it.</p>"
    )
    return HTMLResponse(plain_page("Nothing here", body), 404, plain_headers())


def _locked(action: str, wrong: tuple[str, int] = ("", 0), framed: str = "'none'") -> Response:
    """The form for the password; it tells nothing of what is behind it."""
    message, wait = wrong
    body = f"""<h1>This share has a password</h1>
      {said(message)}
      <form method="post" action="{escape(action)}">
        {password_field(hint="off")}
        <button>Open</button>
      </form>"""
    status = (429 if wait else 403) if message else 200
    page = plain_page("Shared with a password · PruneLab", body)
    response = HTMLResponse(page, status, plain_headers(framed))
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


async def _wrong(request: Request, services: Services, opened: Opened) -> tuple[str, int] | None:
    """What is wrong with the password that was sent, and how long to wait; None if it is right."""
    if opened.password_hash is None:
        return None
    typed = (await form_of(request)).get("password", "")
    who = client(request)
    try:
        right = await services.access.unlock(who, opened.share.id, typed, opened.password_hash)
    except TooSoonError as error:
        return too_soon(error.seconds), math.ceil(error.seconds)
    return None if right else ("The password is wrong.", 0)


def _proof(services: Services, opened: Opened) -> str:
    """What shows that the password of this share was known."""
    return services.access.key.serializer("share").dumps(_locks(services, opened))


def _is_unlocked(services: Services, opened: Opened, proof: str) -> bool:
    if opened.password_hash is None:
        return True
    try:
        shown = services.access.key.serializer("share").loads(proof, max_age=_UNLOCKED_SECONDS)
    except BadData:
        return False
    return hmac.compare_digest(str(shown), _locks(services, opened))


def _locks(services: Services, opened: Opened) -> str:
    return f"{opened.share.id} {services.access.key.fingerprint(str(opened.password_hash))}"
