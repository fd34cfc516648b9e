"""Cells of tables as they stand on the page, number and unit apart.

It does what ``assets/results/formats.js`` does on the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from pruning.events import Cell
from pruning.experiments.outputs import Format

Number = int | float
MISSING = "–"
# Units that all cells of a column have stand in its head.
UNITS: dict[Format, str] = {
    "percent": "%",
    "percentage": "%",
    "milliseconds": "ms",
    "points": "points",
}
_SIZES = ("bytes", "KB", "MB", "GB")


def written(cell: Cell, format: Format) -> str:
    """A cell without the unit of its column; a minus is ``−``, and nothing ``–``."""
    if cell is None:
        return MISSING
    if isinstance(cell, str) or format == "text":
        return str(cell)
    return _FORMATS[format](cell)


def fixed(value: Number, digits: int) -> str:
    """With so many digits behind the point, halves away from zero: as browsers round."""
    if not math.isfinite(value):
        return str(value)
    step = Decimal(1).scaleb(-digits)
    text = str(Decimal(value).quantize(step, ROUND_HALF_UP))
    return text.replace("-", "−")


def _integer(value: Number) -> str:
    return f"{math.floor(value + 0.5):,}".replace("-", "−")


def _percentage(value: Number) -> str:
    text = fixed(value, 2)
    return text.rstrip("0").rstrip(".")


def _times(value: Number) -> str:
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{fixed(value, digits)}×"


def _milliseconds(value: Number) -> str:
    return fixed(value, 3 if value < 1 else 2 if value < 10 else 1)


def _bytes(value: Number) -> str:
    place = 0 if value < 1000 else min(len(_SIZES) - 1, math.floor(math.log10(value) / 3))
    number = value / 1000**place
    return f"{fixed(number, 1 if place and number < 100 else 0)} {_SIZES[place]}"


def _points(value: Number) -> str:
    return f"{'−' if value < 0 else '+'}{fixed(abs(100 * value), 1)}"


_FORMATS: dict[Format, Callable[[Number], str]] = {
    "percent": lambda value: fixed(100 * value, 1),
    "percentage": _percentage,
    "integer": _integer,
    "number": lambda value: fixed(value, 3),
    "times": _times,
    "milliseconds": _milliseconds,
    "bytes": _bytes,
    "points": _points,
}
