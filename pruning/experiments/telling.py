"""What an experiment says while something else goes on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

Said = TypeVar("Said")
Found = TypeVar("Found")
Told = TypeVar("Told")


def told(
    work: Generator[Said, None, Found], tell: Callable[[Said], Iterable[Told]]
) -> Generator[Told, None, Found]:
    """Do the work, with events for what it yields; returns what the work returns."""
    while True:
        try:
            said = next(work)
        except StopIteration as stop:
            found: Found = stop.value
            return found
        yield from tell(said)
