"""How a benchmark says what it measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Line:
    """One measured quantity, and what it should be at most, where something was promised."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the promise was kept."""
        return self.at_most is None or self.value <= self.at_most


def show(title: str, lines: Sequence[Line]) -> None:
    """Print a table of ``lines``, with a mark where a promise was missed."""
    table = Table("what", "measured", "promised", title=title, title_justify="left")
    for line in lines:
        promised = "" if line.at_most is None else f"≤ {line.at_most:g} {line.unit}"
        mark = "" if line.met else "  [red]missed[/red]"
        table.add_row(line.what, f"{line.value:.3g} {line.unit}", promised + mark)
    Console(width=110).print(table)


def middle(values: Sequence[float]) -> float:
    """The median, which one slow run does not move."""
    return float(median(values))
