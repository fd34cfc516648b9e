"""Requests that nobody could mean are refused before any route reads them.

A NUL is a character that PostgreSQL stores nowhere and SQLite ends texts at; other control
characters nobody sees, and terminals obey; half a surrogate pair can be written in JSON and in no
encoding; lists in lists without end exhaust whoever reads them; and whoever sends hundreds of
megabytes where a few lines are expected is answered before they are read. Routes that take files
have limits of their own.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate
from urllib.parse import unquote_to_bytes

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from backend.problems import FieldError, Problem

# What the largest form, dashboard or mask that people make has room in many times.
MOST_BYTES = 8 * 1024 * 1024
# Far deeper than any configuration or dashboard, far less than Python's stack.
MOST_DEEP = 100
_REFUSED = 1008
_UPLOADS = re.compile(
    r"/api/(datasets|datasets/points(/preview)?|importances|import|runs/[^/]+/apply"
    r"|dashboards/[^/]+/pictures)"
)
# What in JSON may stand for what is no text: escapes of control characters but of the three that
# lines and columns are made with, of halves of pairs, and the control characters that need none.
_ESCAPED = re.compile(
    rb"\\u00(?:0[0-8bBcCeEfF]|1|7[fF]|[89])|\\u[dD][89a-fA-F]|\\[bf]|\x7f|\xc2[\x80-\x9f]"
)
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_DEEPER = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_HALF = re.compile("[\ud800-\udfff]")
# Whoever asks for a share that there is not is told nothing else, however it is asked for.
_SILENT = ("/shares/", "/embed/")
# Where the pages send what people type: there it is left out, since no field could show it.
_TYPED = "/_dash-update-component"
# Where the server reads what stands behind the question mark; elsewhere the pages do.
_ASKED = "/api/"


def plain_only(app: FastAPI) -> None:
    """Put the check before ``app``, outside of any middleware: Dash's reads bodies for itself."""
    build = app.build_middleware_stack

    def build_checked() -> ASGIApp:
        return PlainRequests(build())

    app.build_middleware_stack = build_checked  # type: ignore[method-assign]


def takes_files(path: str) -> bool:
    """Whether requests to this address carry files."""
    return _UPLOADS.fullmatch(path) is not None


class PlainRequests:
    """ASGI middleware: answers what is no plain request in the routes' stead."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, its body read and found plain."""
        answer: ASGIApp = self._app
        try:
            if scope["type"] in ("http", "websocket"):
                _check_address(scope)
            if scope["type"] == "http":
                receive = await self._checked(scope, receive)
        except Problem as problem:
            is_http = scope["type"] == "http"
            answer = problem.response() if is_http else WebSocketClose(_REFUSED, problem.title)
        await answer(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        headers = Headers(scope=scope)
        if not _has_body(headers) or takes_files(scope["path"]):
            return receive
        _check_size(_announced(headers))
        body, whole = await _read(receive)
        if "json" in headers.get("content-type", ""):
            _check_depth(body)
            body = _cleaned(body) if scope["path"] == _TYPED else _checked_json(body)
        return _again(body, whole=whole, receive=receive)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or _announced(headers) > 0


def _announced(headers: Headers) -> int:
    said = headers.get("content-length", "0")
    # More digits than any size has are no size; the server refuses what is none.
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else MOST_BYTES + 1


def _check_address(scope: Scope) -> None:
    if scope["path"].startswith(_SILENT):
        return
    address = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"] if scope["path"].startswith(_ASKED) else b""
    for part in (address, query):
        # A plus is a blank in a query, and no control character in either.
        text = unquote_to_bytes(part).decode("utf-8", "replace")
        if found := next(_controls(text), None):
            raise Problem(
                400,
                "The address is not valid",
                f"The address has the control character {_named(found)}: leave it out.",
            )


def _controls(text: str) -> Iterator[str]:
    return (sign for sign in text if unicodedata.category(sign) == "Cc" and sign not in "\t\n\r")


def _named(sign: str) -> str:
    return f"U+{ord(sign):04X}"


def _check_size(count: int) -> None:
    if count > MOST_BYTES:
        raise Problem(
            413,
            "The request is too large",
            f"This address takes {MOST_BYTES / 2**20:g} MiB at most.",
        )


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= MOST_DEEP:
        return
    steps = (_DEEPER[found[0]] for found in _BRACKET.finditer(_TEXT.sub(b"", body)))
    if max(accumulate(steps), default=0) > MOST_DEEP:
        raise Problem(
            422,
            "The request is not valid",
            f"Lists and objects are more than {MOST_DEEP} deep in each other: nothing that this "
            "address takes is.",
        )


async def _read(receive: Receive) -> tuple[bytes, bool]:
    """The body, and whether it has come whole: whoever sent it may be gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body), False
        body += message.get("body", b"")
        _check_size(len(body))
        if not message.get("more_body", False):
            return bytes(body), True


def _cleaned(body: bytes) -> bytes:
    """What a person has typed or pasted, without what nobody sees."""
    if not _ESCAPED.search(body):
        return body
    try:
        return json.dumps(_without(json.loads(body))).encode()
    except ValueError:
        return body


def _without(value: object) -> object:
    match value:
        case str():
            return "".join(sign for sign in value if not _is_unseen(sign))
        case dict():
            return {name: _without(each) for name, each in value.items()}
        case list():
            return [_without(each) for each in value]
    return value


def _is_unseen(sign: str) -> bool:
    return _HALF.match(sign) is not None or next(_controls(sign), None) is not None


def _checked_json(body: bytes) -> bytes:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"JSON is written in UTF-8, which byte {error.start} is not of: encode it so."
        raise Problem(400, "The request is not in UTF-8", detail) from error
    if not _ESCAPED.search(body):
        return body
    try:
        found = next(_bad_texts(json.loads(body)), None)
    except ValueError:
        # What is no JSON at all is the route's to say.
        return body
    if found:
        field, message = found
        detail = f"{field}: {message}" if field else f"A text {message}"
        errors = [FieldError(field=field, message=message)] if field else []
        raise Problem(422, "The request is not valid", f"{detail}.", errors)
    return body


def _bad_texts(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Where a text is none that can be kept, and why."""
    match value:
        case str() if "\0" in value:
            yield field, "has a zero character (U+0000), which nobody can read: leave it out"
        case str() if _HALF.search(value):
            yield field, "has half a surrogate pair, which is no Unicode character: leave it out"
        case str() if found := next(_controls(value), None):
            yield (
                field,
                f"has the control character {_named(found)}, which nobody sees: leave it out",
            )
        case dict():
            for name, each in value.items():
                yield from _bad_texts(name)
                yield from _bad_texts(each, f"{field}.{name}".lstrip("."))
        case list():
            for place, each in enumerate(value):
                yield from _bad_texts(each, f"{field}.{place}".lstrip("."))


def _again(body: bytes, *, whole: bool, receive: Receive) -> Receive:
    """What has been read, to be read by the route."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": not whole}]

    async def read() -> Message:
        return waiting.pop() if waiting else await receive()

    return read
