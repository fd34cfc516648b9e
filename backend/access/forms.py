"""Reading what a plain HTML form has sent, from anybody."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from backend.access.slowdown import client_of
from backend.problems import Problem

_MOST_BYTES = 16 * 1024
_MOST_FIELDS = 10


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form; more than a form of ours can send is not read."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > _MOST_BYTES:
            raise Problem(413, "The form is too large", f"It may have {_MOST_BYTES} bytes.")
    try:
        text = body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise Problem(422, "The form cannot be read", "It has too many fields.") from error


def client(request: Request) -> str:
    """Who asks, as far as attempts are counted."""
    return client_of(request.client.host if request.client else None)
