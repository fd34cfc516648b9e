"""What an experiment says while something else goes on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from pruning.events import Event

Said = TypeVar("Said")
Found = TypeVar("Found")


def told(
    work: Generator[Said, None, Found], tell: Callable[[Said], Iterable[Event]]
) -> Generator[Event, None, Found]:
    """Do the work, with events for what it yields; returns what the work returns."""
    while True:
        try:
            said = next(work)
        except StopIteration as stop:
            found: Found = stop.value
            return found
        yield from tell(said)
