"""The guard before everything: pages, API, Dash's own addresses, documentation, WebSockets.

Deny by default: an address that :mod:`backend.access.rules` does not name is answered to those
only who logged in, whoever adds it and wherever.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import anyio
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from backend.access import rules
from backend.access.service import Access
from backend.access.sessions import COOKIE
from backend.access.users import OWNER
from backend.limits import person
from backend.problems import Problem

ANONYMOUS = 4401
FOREIGN = 4403
# An open stream outlives its session, or its token, by so much at most.
LOOK_AGAIN_SECONDS = 60.0
_UNFRAMED = "frame-ancestors 'none'"


@dataclass(frozen=True)
class Visitor:
    """Whose request it is, and how that is known; routes find it as ``request.state.visitor``."""

    name: str
    by: Literal["session", "token", "machine"]


def guarded(app: FastAPI, access: Access) -> None:
    """Put the guard before ``app``, outside of any middleware that is added later, too."""
    build = app.build_middleware_stack

    def build_guarded() -> ASGIApp:
        return Guard(build(), access)

    app.build_middleware_stack = build_guarded  # type: ignore[method-assign]


class Guard:
    """ASGI middleware that lets requests through, or answers in their stead."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, self._with_headers(scope, send))
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path, headers = scope["method"], scope["path"], Headers(scope=scope)
        visitor = await self._visitor(path, headers)
        answer: ASGIApp = self._app
        # A page elsewhere cannot send a token: it would have to know one.
        if not _by_token(visitor) and rules.is_foreign(method, path, headers):
            answer = _foreign()
        elif visitor is None and not rules.is_public(method, path):
            answer = _to_login(scope) if rules.is_page(method, path) else _unknown()
        else:
            scope.setdefault("state", {})["visitor"] = visitor
            if visitor:
                person.set(visitor.name)
        await answer(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        visitor = await self._visitor(scope["path"], headers)
        answer: ASGIApp = self._app
        if not rules.is_same_origin(headers):
            answer = WebSocketClose(FOREIGN, "this page may not read the stream")
        elif visitor is None:
            answer = WebSocketClose(ANONYMOUS, "log in first")
        else:
            scope.setdefault("state", {})["visitor"] = visitor
            answer = self._app if visitor.by == "machine" else self._while_known
        await answer(scope, receive, send)

    async def _while_known(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a socket until whoever opened it has logged out, or the token was revoked."""
        async with anyio.create_task_group() as tasks:
            with anyio.CancelScope() as known:
                tasks.start_soon(self._cancel_unknown, scope, known)
                await self._app(scope, receive, send)
            tasks.cancel_scope.cancel()
        if known.cancelled_caught:
            await WebSocketClose(ANONYMOUS, "log in again")(scope, receive, send)

    async def _cancel_unknown(self, scope: Scope, known: anyio.CancelScope) -> None:
        await anyio.sleep(LOOK_AGAIN_SECONDS)
        while await self._visitor(scope["path"], Headers(scope=scope)):
            await anyio.sleep(LOOK_AGAIN_SECONDS)
        known.cancel()

    async def _visitor(self, path: str, headers: Headers) -> Visitor | None:
        if not self._access.is_on:
            return Visitor(OWNER, "machine")
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await self._owner_of(secret.strip()) if rules.takes_tokens(path) else None
        cookie = cookie_parser("; ".join(headers.getlist("cookie"))).get(COOKIE)
        user = await asyncio.to_thread(self._access.sessions.user, cookie) if cookie else None
        return Visitor(user.name, "session") if user else None

    async def _owner_of(self, secret: str) -> Visitor | None:
        name = await asyncio.to_thread(self._access.tokens.user, secret)
        user = self._access.users.get(name) if name else None
        return Visitor(user.name, "token") if user else None

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        """Say with every answer what browsers must not do with it."""
        method, path = scope["method"], scope["path"]
        is_private = self._access.is_on and not rules.is_public(method, path)

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                shared = rules.is_shared(path)
                headers["Referrer-Policy"] = "no-referrer" if shared else "same-origin"
                policy = headers.get("content-security-policy", "")
                says_who = policy if rules.may_be_framed(path) else _UNFRAMED in policy
                if not says_who:
                    # Of several policies browsers obey each.
                    headers.append("Content-Security-Policy", self._policy(scope, headers))
                if is_private:
                    # Nobody is to find it in the browser after logging out.
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return send_with

    def _policy(self, scope: Scope, headers: MutableHeaders) -> str:
        """What a page may load and run; of what is no page, only that nobody frames it."""
        is_page = headers.get("content-type", "").startswith("text/html")
        has_own = "content-security-policy" in headers
        state = scope["app"].state if "app" in scope else None
        said = getattr(state, "html_policy", _UNFRAMED)
        return said if is_page and not has_own else _UNFRAMED


def _by_token(visitor: Visitor | None) -> bool:
    return visitor is not None and visitor.by == "token"


def _foreign() -> Response:
    detail = "A page of another address asked for this; open PruneLab itself and do it there."
    return Problem(403, "This comes from another page", detail).response()


def _unknown() -> Response:
    detail = "Log in at /login, or send `Authorization: Bearer TOKEN`; /access makes tokens."
    response = Problem(401, "Log in first", detail).response()
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _to_login(scope: Scope) -> Response:
    query = scope["query_string"].decode("latin-1")
    asked = quote(scope["path"]) + (f"?{query}" if query else "")
    wanted = rules.local_path(asked)
    return RedirectResponse("/login" if wanted == "/" else f"/login?next={quote(wanted, '')}", 303)
