"""Logging in and out, as plain HTML forms."""

from __future__ import annotations

import math
from html import escape
from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backend.access.forms import client, form_of
from backend.access.guard import Visitor
from backend.access.plain_page import password_field, plain_headers, plain_page, said, too_soon
from backend.access.rules import local_path
from backend.access.service import Access, TooSoonError
from backend.access.sessions import COOKIE

router = APIRouter(include_in_schema=False)


def _access(connection: HTTPConnection) -> Access:
    return cast("Access", connection.app.state.services.access)


def _visitor(connection: HTTPConnection) -> Visitor | None:
    return cast("Visitor | None", connection.state.visitor)


AccessOf = Annotated[Access, Depends(_access)]
VisitorOf = Annotated[Visitor | None, Depends(_visitor)]


@router.get("/login")
async def show_login(access: AccessOf, visitor: VisitorOf, next: str = "/") -> Response:
    """The form; whoever is known goes on at once."""
    if visitor is not None:
        return RedirectResponse(local_path(next), 303)
    return _form(access, local_path(next))


@router.post("/login")
async def log_in(request: Request, access: AccessOf) -> Response:
    """Begin a session and go on to where one wanted to be."""
    form = await form_of(request)
    wanted = local_path(form.get("next", "/"))
    if not access.is_on:
        return RedirectResponse(wanted, 303)
    try:
        user = await access.log_in(client(request), form.get("name", ""), form.get("password", ""))
    except TooSoonError as error:
        answer = _form(access, wanted, too_soon(error.seconds), 429)
        answer.headers["Retry-After"] = str(math.ceil(error.seconds))
        return answer
    if user is None:
        wrong = "The name or the password is wrong." if access.users.are_named else _WRONG
        return _form(access, wanted, wrong, 403)
    response = RedirectResponse(wanted, 303)
    access.sessions.begin(response, user, secure=request.url.scheme == "https")
    return response


@router.post("/logout")
def log_out(request: Request, access: AccessOf) -> Response:
    """End the session."""
    response = RedirectResponse("/login", 303)
    access.sessions.end(response, request.cookies.get(COOKIE, ""))
    return response


_WRONG = "The password is wrong."


def _form(access: Access, wanted: str, wrong: str = "", status: int = 200) -> HTMLResponse:
    name = (
        '<label>Name<input name="name" required autocomplete="username" maxlength="128" '
        'autocapitalize="none" spellcheck="false" autofocus></label>'
    )
    body = f"""<h1>Log in</h1>
      {said(wrong)}
      <form method="post" action="/login">
        <input type="hidden" name="next" value="{escape(wanted)}">
        {name if access.users.are_named else ""}
        {password_field()}
        <button>Log in</button>
      </form>"""
    return HTMLResponse(plain_page("Log in · PruneLab", body), status, plain_headers())
