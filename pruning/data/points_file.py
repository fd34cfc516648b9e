"""Reading points of a CSV: x, y and a class in every row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pruning.data.limits import (
    FARTHEST,
    NAME_LENGTH,
    POINTS,
    POINTS_BYTES,
    POINTS_CLASSES,
    ImportRefusedError,
    in_mib,
)

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_NOT_FINITE = re.compile(r"[+-]?(nan|na|n/a|inf|infinity|)", re.IGNORECASE)
_SEPARATORS = ("\t", ";", ",")
# Where a comma does not stand between columns it may stand before decimals.
_WITH_DECIMAL_COMMAS = ("\t", ";")
_COLUMNS = 3
_SHOWN = 30


class BroughtPoints(NamedTuple):
    """Points as somebody has brought them, of classes that have names."""

    points: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]


class Row(NamedTuple):
    """A row and the number of its line."""

    line: int
    x: float
    y: float
    label: str


def check_points_size(size: int) -> None:
    """Refuse so many bytes, if they are too many, before anything is read."""
    if size > POINTS_BYTES:
        raise ImportRefusedError(
            f"a file of points has at most {in_mib(POINTS_BYTES)}, this one has {size / 2**20:,.1f}"
        )


def read_points(content: bytes) -> BroughtPoints:
    """Read a CSV with or without a head, its columns x, y and class.

    Commas, semicolons, tabs or spaces stand between the columns; where semicolons or tabs do, a
    comma may stand before decimals. Classes that are all numbers are sorted, others keep the order
    in which they first appear.

    Raises
    ------
    ImportRefusedError
        If a line cannot be read; the message names it.
    """
    check_points_size(len(content))
    lines = _lines(_text(content))
    if not lines:
        raise ImportRefusedError("it has no points; give every line x, y and a class")
    rows = list(_rows(lines, _separator(lines[0][1])))
    if not rows:
        raise ImportRefusedError("it has a head but no points")
    if len(rows) > POINTS:
        raise ImportRefusedError(f"it has more than {POINTS:,} points; take fewer")
    classes = _classes([row.label for row in rows])
    points = np.array([(row.x, row.y) for row in rows])
    return BroughtPoints(points, np.array([classes[row.label] for row in rows]), tuple(classes))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefusedError("it is no text in UTF-8: save it as CSV in UTF-8") from None


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines with something in them, each with its number."""
    found = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip(" ,;\t\r")]
    if len(found) > POINTS + 1:
        raise ImportRefusedError(f"it has {len(found):,} rows; take at most {POINTS:,} points")
    return found


def _separator(line: str) -> str:
    return next((sign for sign in _SEPARATORS if sign in line), " ")


def _rows(lines: list[tuple[int, str]], separator: str) -> Iterator[Row]:
    seen: set[str] = set()
    for place, (number, line) in enumerate(lines):
        cells = _cells(number, line, separator)
        if place == 0 and _is_head(cells, separator):
            continue
        row = Row(
            number,
            _coordinate(number, "x", cells[0], separator),
            _coordinate(number, "y", cells[1], separator),
            _label(number, cells[2]),
        )
        seen.add(row.label)
        if len(seen) > POINTS_CLASSES:
            raise ImportRefusedError(
                f"line {number} begins a class more than {POINTS_CLASSES}, {_cut(row.label)}: "
                f"take 2 to {POINTS_CLASSES} classes"
            )
        yield row


def _cells(number: int, line: str, separator: str) -> list[str]:
    try:
        cells = line.split() if separator == " " else next(csv.reader([line], delimiter=separator))
    except csv.Error as error:
        raise ImportRefusedError(f"line {number} cannot be read ({error})") from None
    if len(cells) != _COLUMNS:
        columns = f"{len(cells)} column{'' if len(cells) == 1 else 's'}"
        raise ImportRefusedError(f"line {number} has {columns}; give it three: x, y and a class")
    return [cell.strip() for cell in cells]


def _is_head(cells: list[str], separator: str) -> bool:
    """Whether neither of the first two cells is a number, or stands for a missing one."""
    return not any(
        _NUMBER.fullmatch(_pointed(cell, separator)) or _NOT_FINITE.fullmatch(cell)
        for cell in cells[:2]
    )


def _pointed(cell: str, separator: str) -> str:
    return cell.replace(",", ".") if separator in _WITH_DECIMAL_COMMAS else cell


def _coordinate(number: int, axis: str, cell: str, separator: str) -> float:
    where = f"line {number}: {axis}"
    if not cell:
        raise ImportRefusedError(f"{where} is missing")
    pointed = _pointed(cell, separator)
    if not _NUMBER.fullmatch(pointed):
        kind = "finite number" if _NOT_FINITE.fullmatch(cell) else "number"
        raise ImportRefusedError(f"{where} is no {kind}, but “{_cut(cell)}”")
    value = float(pointed)
    if not abs(value) <= FARTHEST:
        raise ImportRefusedError(
            f"{where} is {_cut(cell)}; take values from {-FARTHEST:,.0f} to {FARTHEST:,.0f}"
        )
    return value


def _label(number: int, cell: str) -> str:
    if not cell:
        raise ImportRefusedError(f"line {number}: the class is missing")
    if len(cell) > NAME_LENGTH or not cell.isprintable():
        raise ImportRefusedError(
            f"line {number}: a class is called by 1 to {NAME_LENGTH} letters that can be shown"
        )
    return f"{float(cell):g}" if _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) and abs(float(cell)) <= FARTHEST


def _classes(labels: list[str]) -> dict[str, int]:
    names = list(dict.fromkeys(labels))
    if len(names) < 2:
        raise ImportRefusedError(
            f"all points are of one class, {_cut(names[0])}; take 2 to {POINTS_CLASSES} classes"
        )
    if all(map(_is_number, names)):
        names.sort(key=float)
    return {name: place for place, name in enumerate(names)}


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
