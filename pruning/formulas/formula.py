"""A formula that was read, and what it says of points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from pruning.formulas.parser import Parsed, Step, parse

Values = npt.NDArray[np.float64]

NO_CLASS = -1
_SIGNS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": lambda base, exponent: _known(base, exponent, np.power(base, exponent)),
    "negative": np.negative,
    "and": np.minimum,
    "or": np.maximum,
    "not": lambda value: 1 - value,
    "<": lambda one, other: _truth(np.less, one, other),
    "<=": lambda one, other: _truth(np.less_equal, one, other),
    ">": lambda one, other: _truth(np.greater, one, other),
    ">=": lambda one, other: _truth(np.greater_equal, one, other),
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    **{n: getattr(np, n) for n in ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sign")},
    "floor": np.floor,
}


def _truth(compare: Callable[..., Any], one: Values, other: Values) -> Values:
    """1 where it holds, 0 where it does not, NaN where one of the two has no value."""
    return _known(one, other, compare(one, other).astype(np.float64))


def _known(one: Values, other: Values, found: Values) -> Values:
    """What was found, where both of what it was found from have a value.

    To numpy the zeroth power of what is no number is 1.
    """
    return np.where(np.isnan(one) | np.isnan(other), np.nan, found)


@dataclass(frozen=True)
class Formula:
    """A formula; made by :meth:`read`."""

    text: str
    parsed: Parsed

    @classmethod
    def read(cls, text: str) -> Formula:
        """Read it.

        Raises
        ------
        FormulaError
            If it is none.
        """
        return cls(" ".join(text.split()), parse(text))

    @property
    def is_truth(self) -> bool:
        """Whether it is a comparison, or several joined by and, or and not."""
        return self.parsed.is_truth

    def values(self, x: Values, y: Values) -> Values:
        """Its value at each point; NaN or infinite where it has none."""
        known = {"x": x, "y": y, "r": np.hypot(x, y), "t": np.arctan2(y, x)}
        names = known | {"pi": np.full_like(x, np.pi), "e": np.full_like(x, np.e)}
        stack: list[Values] = []
        with np.errstate(all="ignore"):
            for step in self.parsed.steps:
                stack.append(self._done(step, stack, names))
        return stack.pop()

    @staticmethod
    def _done(step: Step, stack: list[Values], names: dict[str, Values]) -> Values:
        if step.name == "number":
            return np.full_like(names["x"], step.value)
        if step.name in names:
            return names[step.name]
        taken = [stack.pop() for _ in range(step.takes)][::-1]
        found: Values = _SIGNS[step.name](*taken)
        return found

    def classes(self, x: Values, y: Values, count: int) -> npt.NDArray[np.int64]:
        """The class of each point: floor of the value, modulo ``count``; -1 where it has none.

        Of a comparison that is 1 where it holds and 0 elsewhere.
        """
        values = self.values(x, y)
        has_value = np.isfinite(values)
        found = np.mod(np.floor(np.where(has_value, values, 0)), count).astype(np.int64)
        return np.where(has_value, found, NO_CLASS)
