"""What a formula or a table would be as a dataset of points, before it is one; nothing is kept."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from backend.problems import sentence
from pruning.data.adding_points import LaidOut, check_counts, laid_out
from pruning.data.formula_points import (
    SIDE,
    FormulaRefusedError,
    check_shares,
    checked_formula,
)
from pruning.data.limits import ImportRefusedError
from pruning.data.own_points import changes

# Of a picture of a formula along each side.
_GRID = 90
_LONGEST = 1000
# Of a table's picture: more in one class lie on top of each other.
_SHOWN_PER_CLASS = 500


class FormulaAsked(BaseModel):
    """A formula that gives every point of the square its class."""

    model_config = ConfigDict(extra="forbid")

    formula: str = Field(
        max_length=_LONGEST,
        description="A comparison, several joined by and, or and not, or an expression whose "
        "value, rounded down and modulo the number of classes, is the class.",
        examples=["y > sin(3 x)"],
    )
    classes: int | None = Field(
        None,
        ge=-1000,
        le=1000,
        description="How many classes an expression makes; a comparison makes two.",
    )


class FormulaPreview(BaseModel):
    """The classes at the centres of a grid over the square, or what is wrong with the formula.

    Rows go from the bottom up; -1 stands where the formula has no value.
    """

    reach: float = SIDE
    grid: list[list[int]] = []
    classes: int = 0
    problem: str = ""
    at: int | None = Field(None, description="The place in the formula, counted from 0.")


class PointsPreview(BaseModel):
    """The points of a table as they would lie in the square, or what is wrong with it.

    ``counts`` is of all points, of which some are shown; ``text`` says what was done to them.
    """

    reach: float = SIDE
    x: list[float] = []
    y: list[float] = []
    label: list[int] = []
    classes: list[str] = []
    counts: list[int] = []
    text: str = ""
    problem: str = ""


def formula_preview(asked: FormulaAsked) -> FormulaPreview:
    """What a formula says of the square; half a formula is no fault while somebody types."""
    try:
        formula, classes = checked_formula(asked.formula, asked.classes)
    except FormulaRefusedError as error:
        return FormulaPreview(problem=sentence(error), at=error.at)
    centres = SIDE * ((np.arange(_GRID) + 0.5) / _GRID * 2 - 1)
    x, y = (axis.ravel() for axis in np.meshgrid(centres, centres))
    grid = formula.classes(x, y, classes).reshape(_GRID, _GRID).tolist()
    try:
        check_shares(formula, classes)
    except FormulaRefusedError as error:
        return FormulaPreview(grid=grid, classes=classes, problem=sentence(error))
    return FormulaPreview(grid=grid, classes=classes)


def points_preview(content: bytes, source: str) -> PointsPreview:
    """What a table holds; half a table is no fault while somebody types."""
    try:
        laid = laid_out(content, source)
    except ImportRefusedError as error:
        return PointsPreview(problem=sentence(error))
    shown = _some(laid)
    x, y = laid.rows[shown, :2].T.round(3).tolist()
    done = "; ".join(changes(laid.scaled_from, laid.repeated))
    return PointsPreview(
        x=x,
        y=y,
        label=laid.labels[shown].tolist(),
        classes=list(laid.classes),
        counts=list(laid.counts),
        text=f"{done}." if done else "",
        problem=_problem(laid),
    )


def _problem(laid: LaidOut) -> str:
    try:
        check_counts(laid)
    except ImportRefusedError as error:
        return sentence(error)
    return ""


def _some(laid: LaidOut) -> npt.NDArray[np.int64]:
    """The rows that are shown: of each class so many, evenly through the table."""
    found = []
    for label in range(len(laid.classes)):
        rows = np.flatnonzero(laid.labels == label)
        step = -(-len(rows) // _SHOWN_PER_CLASS) or 1
        found.append(rows[::step])
    return np.sort(np.concatenate(found))
