"""Long work in pieces, between which it can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pruning.threads import side_by_side

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

# Called now and then; raises to stop the work, as `pruning.context.Context.check` does.
Check = Callable[[], None]

_AT_A_TIME = 16


def in_pieces(
    work: Callable[[Item], Outcome], items: Sequence[Item], check: Check
) -> list[Outcome]:
    """Call ``work`` on each item, spread over the cores, and ``check`` after every few of them."""
    found: list[Outcome] = []
    for start in range(0, len(items), _AT_A_TIME):
        check()
        found += side_by_side(work, items[start : start + _AT_A_TIME])
    return found
