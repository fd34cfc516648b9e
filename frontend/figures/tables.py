"""The tables of a view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pruning.experiments.outputs import Format, TableOutput


@dataclass(frozen=True)
class Column:
    """A column of a table; ``titles`` and ``colours`` are for cells that hold a name.

    ``quartiles`` are the columns that tell whether a ratio can be told from 1.
    """

    name: str
    title: str
    format: Format = "text"
    titles: dict[str, str] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)
    quartiles: tuple[str, str] | None = None


@dataclass(frozen=True)
class TableView:
    """How a table of the result is shown.

    Attributes
    ----------
    places
        The columns that hold places of the slider: rows at its place are marked.
    only_here
        Whether other rows are left out.
    latest_of
        With ``only_here``: for each name in this column the rows of its latest place at or before
        the slider's are here, of what has not come so far too.
    sort
        The columns that give the order, names in that of their ``titles``; rows stand as they
        came where there is none.
    chosen
        Rows are left out unless these columns hold what their choosers say, ``{COLUMN: CHOOSER}``.
    rows
        About how many there will be: their place is kept, so that nothing moves as they come.
    """

    name: str
    title: str
    columns: list[Column]
    description: str = ""
    places: list[str] = field(default_factory=list)
    only_here: bool = False
    latest_of: str = ""
    sort: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    rows: int = 10


def table_view(
    table: TableOutput,
    names: Sequence[str] = (),
    titles: Mapping[str, Mapping[str, str]] | None = None,
    colours: Mapping[str, Mapping[str, str]] | None = None,
    **options: Any,
) -> TableView:
    """A declared table with these of its columns, in this order; all of them unless given.

    Parameters
    ----------
    titles, colours
        By columns, those of the names that their cells hold.
    options
        Other attributes of the :class:`TableView`.
    """
    titles, colours = titles or {}, colours or {}
    columns = [
        Column(
            each.name,
            each.title,
            each.format,
            dict(titles.get(each.name, {})),
            dict(colours.get(each.name, {})),
            each.quartiles,
        )
        for each in map(table.column, names or table.names)
    ]
    return TableView(
        table.name, table.title, columns, **{"description": table.description, **options}
    )


@dataclass(frozen=True)
class Heading:
    """The head of a column, perhaps with an address on this site that it leads to."""

    title: str
    href: str = ""


@dataclass(frozen=True)
class StaticTable:
    """A small table that is known before any run has said anything; its first column names rows."""

    title: str
    columns: list[Heading]
    rows: list[list[str]]
    description: str = ""
