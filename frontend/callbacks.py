"""The two kinds of callback that there are: in the browser, or asynchronous.

A plain function as a callback would run inside the server's event loop and stall everyone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from dash import ClientsideFunction, Dash

Answer = TypeVar("Answer", bound=Callable[..., Awaitable[Any]])


def answers(app: Dash, *dependencies: Any, **options: Any) -> Callable[[Answer], Answer]:
    """Register the decorated coroutine function as a callback."""

    def register(function: Answer) -> Answer:
        refuse_plain(function)
        app.callback(*dependencies, **options)(function)
        return function

    return register


def refuse_plain(function: Callable[..., Any]) -> None:
    """Raise unless ``function`` is a coroutine function."""
    if not iscoroutinefunction(function):
        raise TypeError(f"{function!r} has to be async")


def in_browser(app: Dash, name: str, *dependencies: Any, **options: Any) -> None:
    """Let the function ``name`` of ``assets/app.js`` answer, without the server."""
    function = ClientsideFunction("prunelab", name)
    app.clientside_callback(function, *dependencies, **options)  # type: ignore[no-untyped-call]
