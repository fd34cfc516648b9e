"""Durations as one says them beforehand."""

from __future__ import annotations

# How many seconds a unit has, and up to how many of them it is spoken of.
_UNITS = ((1.0, 55.0, "s"), (60.0, 55 * 60.0, "min"), (3600.0, 36 * 3600.0, "h"))
_DAY = (86400.0, "d")


def spoken(low: float, high: float) -> str:
    """A range of seconds in coarse words: ``about 2 to 5 min``, ``about 40 s to 2 min``."""
    (first, unit), (last, other) = _rounded(low), _rounded(high)
    if unit != other:
        return f"about {first} {unit} to {last} {other}"
    return f"about {first} {unit}" if first == last else f"about {first} to {last} {unit}"


def about(seconds: float) -> str:
    """One duration in the same words."""
    number, unit = _rounded(seconds)
    return f"about {number} {unit}"


def _rounded(seconds: float) -> tuple[str, str]:
    """The number that is said, and its unit."""
    size, unit = next(((s, u) for s, most, u in _UNITS if seconds < most), _DAY)
    number = seconds / size
    if number < 1.75 and unit != "s":
        return f"{round(2 * number) / 2:g}", unit
    if number < 10:
        return f"{max(1, round(number))}", unit
    return f"{round(number / 5) * 5}", unit
