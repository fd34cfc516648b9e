"""The two kinds of callback that there are: in the browser, or asynchronous.

A plain function as a callback would run inside the server's event loop and stall everyone.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from dash import ClientsideFunction, Dash
from dash.exceptions import PreventUpdate

from backend.problems import Problem

log = logging.getLogger(__name__)

Answer = TypeVar("Answer", bound=Callable[..., Awaitable[Any]])


def answers(app: Dash, *dependencies: Any, **options: Any) -> Callable[[Answer], Answer]:
    """Register the decorated coroutine function as a callback."""

    def register(function: Answer) -> Answer:
        refuse_plain(function)
        app.callback(*dependencies, **options)(_logged(function))
        return function

    return register


def _logged(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same with a line in the log for what goes wrong: Dash leaves none."""

    @wraps(function)
    async def answer(*values: Any) -> Any:
        try:
            return await function(*values)
        except (PreventUpdate, Problem):
            raise
        except Exception:
            log.exception("a callback of the pages failed: %s", function.__qualname__)
            raise

    return answer


def refuse_plain(function: Callable[..., Any]) -> None:
    """Raise unless ``function`` is a coroutine function."""
    if not iscoroutinefunction(function):
        raise TypeError(f"{function!r} has to be async")


def in_browser(app: Dash, name: str, *dependencies: Any, **options: Any) -> None:
    """Let the function ``name`` of ``assets/app.js`` answer, without the server."""
    function = ClientsideFunction("prunelab", name)
    app.clientside_callback(function, *dependencies, **options)  # type: ignore[no-untyped-call]
