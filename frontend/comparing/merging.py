"""Several results as one: each run's names behind its prefix.

What has no name of its own there, such as notes, files and progress, stays with the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pruning.events import TERMINAL, Result

Value = TypeVar("Value")


def merged(results: Iterable[tuple[str, Result]]) -> Result:
    """One result of ``(prefix, result)``; it runs as long as one of them does."""
    pairs = list(results)
    ended = all(result.status in TERMINAL for _, result in pairs)
    whole = Result(status="done" if ended else "running")
    for prefix, result in pairs:
        whole.series |= _prefixed(prefix, result.series)
        whole.frames |= _prefixed(prefix, result.frames)
        whole.tables |= _prefixed(prefix, result.tables)
    return whole


def _prefixed(prefix: str, named: Mapping[str, Value]) -> dict[str, Value]:
    return {prefix + name: value for name, value in named.items()}
