"""Points that are drawn in the square, with classes by a formula."""

from __future__ import annotations

from functools import partial

import numpy as np

from pruning.context import CannotRunError
from pruning.data.base import Classes, Labelled, Points
from pruning.data.limits import POINTS_CLASSES, ImportRefusedError
from pruning.formulas.formula import Formula, Values
from pruning.formulas.tokens import FormulaError
from pruning.randomness import numpy_generator

SIDE = 1.5
"""Points of one's own lie in the square from -1.5 to 1.5."""

LEAST_SHARE = 0.01
_TRIED = 50_000
_DRAWN = 4096
# A hundred times what training takes of a class that has just enough of the square.
_MOST_DRAWN = 10_000_000


class FormulaRefusedError(ImportRefusedError):
    """A formula that makes no dataset; ``at`` is the place in its text, counted from 0."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


def checked_formula(text: str, classes: int | None = None) -> tuple[Formula, int]:
    """Read a formula; with how many classes it makes, two unless it is told otherwise.

    Raises
    ------
    FormulaRefusedError
        If it is none, or makes another number of classes.
    """
    try:
        formula = Formula.read(text)
    except FormulaError as error:
        message = f"at character {error.at + 1}: {error}"
        raise FormulaRefusedError(message, error.at) from None
    count = classes or 2
    if not 2 <= count <= POINTS_CLASSES:
        raise FormulaRefusedError(f"there are 2 to {POINTS_CLASSES} classes, not {count}")
    if formula.is_truth and count != 2:
        raise FormulaRefusedError(
            f"a comparison makes two classes, not {count}: take 2, or a formula whose value, "
            "rounded down, is the class"
        )
    return formula, count


def check_shares(formula: Formula, classes: int) -> None:
    """Check that every class has enough of the square to be drawn from.

    Raises
    ------
    FormulaRefusedError
        If one has not; the message says which.
    """
    x, y = numpy_generator("area of a formula's classes").uniform(-SIDE, SIDE, (2, _TRIED))
    found = formula.classes(x, y, classes)
    shares = [float((found == label).mean()) for label in range(classes)]
    rare = min(range(classes), key=shares.__getitem__)
    if not any(shares):
        raise FormulaRefusedError("it has no value anywhere in the square from -1.5 to 1.5")
    if shares[rare] >= LEAST_SHARE:
        return
    if max(shares) == 1:
        told = f"all of the square from -1.5 to 1.5 is of class {shares.index(1)}"
        raise FormulaRefusedError(f"{told}: let it depend on where a point lies")
    raise FormulaRefusedError(
        f"class {rare} has {100 * shares[rare]:.1f} % of the square from -1.5 to 1.5, but needs "
        f"{100 * LEAST_SHARE:.0f} %"
    )


def sample(
    formula: Formula, classes: int, per_class: int, noise: float, seed: int
) -> tuple[Points, Classes]:
    """Draw evenly in the square until each class has enough, then move by ``N(0, noise)``.

    Points at which the formula has no value are drawn again. The noise leaves the class as it is.
    """
    generator = numpy_generator("points of a formula", seed)
    clouds: list[list[Values]] = [[] for _ in range(classes)]
    counts = np.zeros(classes, np.int64)
    drawn = 0
    while counts.min() < per_class:
        if drawn > _MOST_DRAWN:
            raise CannotRunError(f"the formula {formula.text} has too few points of a class")
        points = generator.uniform(-SIDE, SIDE, (_DRAWN, 2))
        labels = formula.classes(points[:, 0], points[:, 1], classes)
        for label, cloud in enumerate(clouds):
            cloud.append(points[labels == label])
            counts[label] += len(cloud[-1])
        drawn += len(points)
    chosen = np.concatenate([np.concatenate(cloud)[:per_class] for cloud in clouds])
    moved = chosen + generator.normal(0, noise, chosen.shape)
    return moved.astype(np.float32), np.repeat(np.arange(classes), per_class)


def sampler(formula: Formula, classes: int) -> partial[Labelled]:
    """The formula as a way to draw points."""
    return partial(sample, formula, classes)
