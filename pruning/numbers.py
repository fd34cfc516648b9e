"""Lists of numbers as people type them: ``0:0.95:0.05, 1/3``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

LIMIT = 10_000
# Whole numbers below this are written out: people did not type 1e+08.
_WRITTEN_OUT = 1e15

# Narrower than what Fraction reads: it would take "1e999999999" and never come back.
_NUMBER = re.compile(r"[+-]?[\d.]{1,25}(e[+-]?\d{1,2})?(/\d{1,20})?", re.IGNORECASE)


def parse_list(value: Any) -> Any:
    """Split a string at its commas; anything else is left to the field's own check.

    Raises
    ------
    ValueError
        If there is nothing between two commas; one at the end does no harm.
    """
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",")]
    if not parts[-1]:
        parts.pop()
    if not all(parts):
        raise ValueError("there is nothing between two of the commas")
    return parts


def parse_numbers(value: Any) -> Any:
    """Read ``a, b, c``, fractions such as ``1/3`` and ranges ``start:stop:step`` (both ends in).

    Raises
    ------
    ValueError
        If a part is no number, a range is empty or never ends, or there are more than 10,000
        numbers in all.
    """
    if not isinstance(value, str):
        return value
    numbers: list[float] = []
    for part in parse_list(value):
        numbers += _expand(part)
        if len(numbers) > LIMIT:
            raise ValueError(f"these are more than {LIMIT} numbers")
    return numbers


def _expand(part: str) -> list[float]:
    numbers = [_number(piece.strip(), part) for piece in part.split(":")]
    if len(numbers) == 1:
        return [float(numbers[0])]
    if len(numbers) != 3 or numbers[2] <= 0:
        raise ValueError(f"{part!r} is not start:stop:step with a step above 0")
    start, stop, step = numbers
    count = (stop - start) // step + 1
    if not 0 < count <= LIMIT:
        raise ValueError(f"{part!r} has {max(count, 0)} steps; 1 to {LIMIT} are allowed")
    return [float(start + i * step) for i in range(count)]


def _number(piece: str, part: str) -> Fraction:
    try:
        return Fraction(piece if _NUMBER.fullmatch(piece) else "")
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{part!r} is not a number, a fraction or start:stop:step") from None


def format_numbers(values: list[float]) -> str:
    """Write numbers as :func:`parse_numbers` reads them back, runs of equal steps as ranges."""
    parts = []
    rest = list(values)
    while rest:
        length = _run_length(rest)
        parts.append(_format_run(rest[:length]))
        rest = rest[length:]
    return ", ".join(parts)


def _run_length(values: list[float]) -> int:
    """How many leading values one range can stand for; 1 where a range would not be shorter."""
    if len(values) < 4 or values[1] <= values[0]:
        return 1
    start, step = _simplest(values[0]), _step(values)
    length = 0
    while length < len(values) and float(start + length * step) == values[length]:
        length += 1
    run = values[:length]
    return length if length > 3 and _expand(_format_run(run)) == run else 1


def _format_run(values: list[float]) -> str:
    if len(values) == 1:
        return _format(values[0])
    return f"{_format(values[0])}:{_format(values[-1])}:{_format(float(_step(values)))}"


def _step(values: list[float]) -> Fraction:
    return _simplest(values[1]) - _simplest(values[0])


def _simplest(value: float) -> Fraction:
    return Fraction(value).limit_denominator(LIMIT)


def _format(value: float) -> str:
    fraction = Fraction(value).limit_denominator(100)
    if float(fraction) == value and fraction.denominator % 3 == 0:
        return str(fraction)
    if float(value).is_integer() and abs(value) < _WRITTEN_OUT:
        return str(int(value))
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
