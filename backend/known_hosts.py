"""Requests under names that are not answered are refused with a word about which names are."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from backend.problems import Problem

_REFUSED = 1008
_KNOWN = "prunelab.known_host"
_LONGEST = 100


class KnownHosts:
    """ASGI middleware: a page elsewhere whose name was made to point here must reach nothing.

    Which names those are is Starlette's to tell; its answer is three words that help nobody.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = list(allowed_hosts)
        self._check = TrustedHostMiddleware(_mark, self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say under which names it would be answered."""
        await self._check(scope, receive, _unsent)
        answer = self._app if scope.get(_KNOWN) else self._refusal(scope)
        await answer(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp:
        name = Headers(scope=scope).get("host", "")[:_LONGEST]
        problem = Problem(
            400,
            "The host name is not known",
            f"This server does not answer under the name {name!r}, but under "
            f"{', '.join(self._hosts)}. Start it with PRUNELAB_HOSTS to have it answer under "
            "others, too.",
        )
        if scope["type"] == "websocket":
            return WebSocketClose(_REFUSED, problem.title)
        return problem.response()


async def _mark(scope: Scope, _: Receive, __: Send) -> None:
    scope[_KNOWN] = True


async def _unsent(_: Message) -> None:
    """What Starlette would answer."""
