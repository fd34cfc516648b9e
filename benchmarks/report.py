"""How a benchmark says what it measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Line:
    """One measured quantity, and what it should be at most or at least, where that is promised."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        """Whether the promise was kept."""
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    @property
    def promise(self) -> str:
        """What was promised, in signs."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g} {self.unit}"
        return "" if self.at_most is None else f"≤ {self.at_most:g} {self.unit}"


def show(title: str, lines: Sequence[Line]) -> None:
    """Print a table of ``lines``, with a mark where a promise was missed."""
    table = Table("what", "measured", "promised", title=title, title_justify="left")
    for line in lines:
        mark = "" if line.met else "  [red]missed[/red]"
        table.add_row(line.what, f"{line.value:,.3g} {line.unit}", line.promise + mark)
    Console(width=110).print(table)


def spread(values: Sequence[float]) -> str:
    """The lowest and the highest, in brackets."""
    return f"({min(values):,.3g} to {max(values):,.3g})"


def middle(values: Sequence[float]) -> float:
    """The median, which one slow run does not move."""
    return float(median(values))
