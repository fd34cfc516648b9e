"""What comes out of an experiment, declared: its series, tables and frames, in words for people.

Rows are written by these declarations, so that a value cannot land under another column's name.
Views take titles and formats from them, comparisons know from them which axes mean the same, and
an experiment without a view of its own is drawn by them. Free of torch, since pages show them.

In a name of a series or a frame ``{WORD}`` stands for any text without a slash:
``accuracy/{criterion}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pruning.events import Cell, Label, Point, Table

# ``percent`` is for shares from 0 to 1, ``percentage`` for what is told in per cent.
Format = Literal[
    "text",
    "percent",
    "percentage",
    "integer",
    "number",
    "points",
    "times",
    "milliseconds",
    "bytes",
]
Words = Mapping[str, str]


@dataclass(frozen=True)
class Quantity:
    """What the numbers along an axis are.

    Attributes
    ----------
    name
        The same name means the same thing in every experiment: curves against quantities of one
        name can be laid over each other.
    title
        What people call it, with its unit if it has one.
    format
        How its values are written: ``percent`` for shares from 0 to 1, ``times`` for ratios.
    timed
        Whether a clock tells it: then equal runs differ in it.
    """

    name: str
    title: str = field(compare=False)
    format: Format = field(default="number", compare=False)
    timed: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Series:
    """Curves of one quantity against another.

    Attributes
    ----------
    x
        None of a level: one value, whatever lies along the axis.
    labels
        The names of the labels that tell the curves of one series apart. One of them,
        ``statistic``, tells a ``mean`` from the ``lower`` and the ``upper`` edge of its band, and
        from where the quartiles of its x are, ``q1`` and ``q3``.
    where
        Labels that all of its points have: the same name may stand for several quantities, which
        these tell apart.
    title
        What the curves show, where that is more than their quantities say.
    """

    name: str
    x: Quantity | None
    y: Quantity
    labels: tuple[str, ...] = ()
    where: Mapping[str, Label] = field(default_factory=dict)
    title: str = ""

    def point(self, x: float, y: float, words: Words, **labels: Label) -> Point:
        """A point of the curve with these labels; ``words`` fill the name."""
        name = self.name.format(**words)
        return Point(series=name, x=x, y=y, labels={**self.where, **labels})

    def band(
        self, x: float, mean: float, sd: float, words: Words, **labels: Label
    ) -> Iterator[Point]:
        """A mean, and one standard deviation below it and above."""
        for statistic, y in (("mean", mean), ("lower", mean - sd), ("upper", mean + sd)):
            yield self.point(x, y, words, **labels, statistic=statistic)

    def quartiles(
        self, x: tuple[float, float], mean: float, words: Words, **labels: Label
    ) -> Iterator[Point]:
        """The first and the third quartile of x, beside a mean that was measured there."""
        for statistic, place in zip(("q1", "q3"), x, strict=True):
            yield self.point(place, mean, words, **labels, statistic=statistic)

    def covers(self, name: str, labels: Mapping[str, Label]) -> bool:
        """Whether a point of this name with these labels is one of its own."""
        return fits(self.name, name) and self.where.items() <= labels.items()


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, what people read above it, and how its cells are written.

    Attributes
    ----------
    timed
        Whether a clock tells it: then equal runs differ in it.
    quartiles
        Of a ratio, the columns that hold the first and the third quartile of its repeats: where 1
        lies between them, it cannot be told from 1, and is shown so.
    """

    name: str
    title: str
    format: Format = "text"
    timed: bool = False
    quartiles: tuple[str, str] | None = None


@dataclass(frozen=True)
class TableOutput:
    """A table.

    Attributes
    ----------
    key
        The columns that say which row it is: a row with the same values in them is replaced.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    description: str = ""

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column of this name; a LookupError if none is declared."""
        for each in self.columns:
            if each.name == name:
                return each
        raise LookupError(f"the table {self.name} has no column {name!r}")

    def rows(self, rows: Iterable[Mapping[str, Cell]]) -> Table:
        """Rows by the names of their columns, as an event.

        Raises
        ------
        ValueError
            If a row lacks a column or has one that is not declared.
        """
        names, cells = self.names, []
        for row in rows:
            if wrong := row.keys() ^ set(names):
                told = ", ".join(sorted(wrong))
                raise ValueError(f"a row of the table {self.name} differs in its columns: {told}")
            cells.append([row[name] for name in names])
        return Table(name=self.name, columns=names, key=list(self.key), rows=cells)

    def row(self, **cells: Cell) -> Table:
        """One row by the names of its columns, as an event."""
        return self.rows([cells])


@dataclass(frozen=True)
class FrameOutput:
    """Arrays to be drawn.

    Attributes
    ----------
    arrays
        What each array is, by its name; in a name ``{WORD}`` stands for any text without a slash.
        Not every frame has all of them.
    at
        What the slider moves along; None where there is one frame alone.
    picture
        The array that is a picture, of shape (height, width) or (height, width, 3), if one is.
    """

    name: str
    title: str
    arrays: Mapping[str, str]
    at: Quantity | None = None
    picture: str = ""


@dataclass(frozen=True)
class Outputs:
    """All that an experiment may say of its results."""

    series: tuple[Series, ...] = ()
    tables: tuple[TableOutput, ...] = ()
    frames: tuple[FrameOutput, ...] = ()

    def series_of(self, name: str, labels: Mapping[str, Label] | None = None) -> Series | None:
        """The declaration that points of this series with these labels follow, the first of any."""
        return next((each for each in self.series if each.covers(name, labels or {})), None)

    def frame_of(self, name: str) -> FrameOutput | None:
        """The declaration that a frame of this name follows."""
        return next((each for each in self.frames if fits(each.name, name)), None)

    def table(self, name: str) -> TableOutput:
        """The table of this name; a LookupError if none is declared."""
        for each in self.tables:
            if each.name == name:
                return each
        raise LookupError(f"no table {name!r} is declared")


@dataclass(frozen=True)
class Variant:
    """What a curve or a panel is of: a criterion, a granularity, a kind of mask, an arm.

    Attributes
    ----------
    kind
        Such as ``criterion``; variants of one kind are told apart by colours and symbols.
    """

    kind: str
    name: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Facts:
    """What a run is found by in lists, searches and comparisons.

    Attributes
    ----------
    dataset, model
        Their names, several with commas between them; nothing where there is none.
    variants
        What is compared in it.
    """

    dataset: str = ""
    model: str = ""
    variants: tuple[Variant, ...] = ()


def fits(pattern: str, name: str) -> bool:
    """Whether a name is one of those that a declared one stands for."""
    texts = re.split(r"\{\w+\}", pattern)
    return re.fullmatch("[^/]+".join(map(re.escape, texts)), name) is not None
