"""The bodies of requests, read no further than they may be long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable


async def received(
    body: AsyncIterator[bytes], announced: int, check_size: Callable[[int], None]
) -> bytes:
    """All of a body whose size was ``announced``; ``check_size`` raises for what is too large."""
    check_size(announced)
    content = bytearray()
    async for piece in body:
        content += piece
        check_size(len(content))
    return bytes(content)
