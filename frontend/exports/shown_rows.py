"""The rows of a table that a page shows, in the order in which they stand there.

It does what ``assets/figures/tables.js`` does on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from frontend.figures.tables import TableView
from pruning.events import Cell, TableData

RowOf = dict[str, Cell]


def shown_rows(
    spec: TableView, table: TableData, at: float | None, choices: Mapping[str, str]
) -> list[RowOf]:
    """The rows at a place of the slider and of what is chosen, each by the names of its columns.

    Columns that results of earlier versions lack are empty.
    """
    names = [*table.columns, *(each.name for each in spec.columns)]
    empty: RowOf = dict.fromkeys(names)
    rows = [empty | dict(zip(table.columns, row, strict=True)) for row in table.rows]
    rows = [row for row in rows if _is_chosen(row, spec, choices)]
    if spec.latest_of and at is not None:
        rows = _latest(rows, spec.latest_of, spec.places[0], at)
    elif spec.only_here:
        rows = [row for row in rows if any(row[place] == at for place in spec.places)]
    return sorted(rows, key=_order(spec)) if spec.sort else rows


def _is_chosen(row: RowOf, spec: TableView, choices: Mapping[str, str]) -> bool:
    return all(row[column] == choices.get(chooser) for column, chooser in spec.chosen.items())


def _latest(rows: list[RowOf], of: str, place: str, at: float) -> list[RowOf]:
    """Of each name the rows of its latest place that is not above the slider's."""
    come = [row for row in rows if _number(row[place]) <= at]
    last: dict[Cell, float] = {}
    for row in come:
        last[row[of]] = max(_number(row[place]), last.get(row[of], float("-inf")))
    return [row for row in come if row[place] == last[row[of]]]


def _order(spec: TableView) -> Callable[[RowOf], list[Any]]:
    titles = {column.name: list(column.titles) for column in spec.columns}

    def key(row: RowOf) -> list[float]:
        return [_place(row[name], titles.get(name, [])) for name in spec.sort]

    return key


def _place(cell: Cell, names: list[str]) -> float:
    if not names:
        return _number(cell)
    return names.index(str(cell)) if cell in names else -1


def _number(cell: Cell) -> float:
    return float(cell or 0)
