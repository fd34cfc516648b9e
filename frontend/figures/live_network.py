"""A network that the page evaluates itself: what ``assets/network/`` is told of it.

Its frames are those of a toy run: ``network``, ``initial``, ``scores/NAME``, ``grid`` and
``points/SET``. A figure whose trace draws ``boundary/NAME`` then follows any mask, where results
have but some.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Ranking:
    """A criterion that ranks the hidden units, and how it is shown."""

    name: str
    title: str
    colour: str


@dataclass(frozen=True)
class LiveNetwork:
    """A network of so many hidden units a layer, from the input on, and what ranks these."""

    hidden: list[int]
    inputs: list[str]
    classes: list[str]
    rankings: list[Ranking]

    @property
    def frames(self) -> Iterator[str]:
        """The frames of a result that it is made of."""
        yield from ("network", "initial", "grid", "points/train", "points/reference", "points/test")
        for ranking in self.rankings:
            yield f"scores/{ranking.name}"
