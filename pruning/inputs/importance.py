"""How important each pixel is, as random forests say; what people bring is read elsewhere.

The importances rank the elements of a ``given`` mask (:mod:`pruning.inputs.ordered`), and so do
those of a file (:mod:`pruning.inputs.importance_files`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

import numpy as np
import numpy.typing as npt

from pruning.context import CannotRunError
from pruning.data.image_base import Classes, Pixels
from pruning.events import Progress
from pruning.inputs.names import Importances, Shape, dimensions
from pruning.randomness import numpy_generator

FORESTS = 10
TREES = 100
# Trees of large images take seconds each, and whoever cancels does not wait for a whole forest.
TREES_AT_A_TIME = 10


def forest_importances(
    pixels: Pixels,
    classes: Classes,
    seed: int,
    forests: int = FORESTS,
    check: Callable[[], None] = lambda: None,
) -> Generator[Progress, None, Importances]:
    """Train random forests and say how much each pixel tells them about the classes.

    The mean decrease in impurity [breiman2001]_, averaged over forests [oehmcke2022]_. Not
    published is what they are: here scikit-learn's defaults, 100 trees that see the square root of
    all pixels at each split. The numbers do not depend on how many cores there are.

    Parameters
    ----------
    pixels
        Training images, shape ``(n, channels, height, width)``.
    seed
        Decides the forests.
    check
        Raises if somebody asked to stop: called before every ten trees.

    Returns
    -------
    Importances
        Shape ``(channels, height, width)``; they sum to 1.

    Raises
    ------
    CannotRunError
        If no pixel tells the classes apart; the message says what to change.
    """
    # What trees take: each call would convert the bytes again.
    x = pixels.reshape(len(pixels), -1).astype(np.float32)
    found = np.zeros(x.shape[1])
    for number in range(forests):
        yield from _grown(x, classes, seed, (number, forests), found, check)
    if not found.any():
        raise CannotRunError(
            "random forests found no pixel that tells the classes apart: choose images that "
            "differ, or give importances in a file"
        )
    return (found / forests).reshape(pixels.shape[1:])


def _grown(
    x: npt.NDArray[np.float32],
    classes: Classes,
    seed: int,
    place: tuple[int, int],
    found: Importances,
    check: Callable[[], None],
) -> Iterator[Progress]:
    """Grow one forest, the first of ``place`` in so many, and add its importances to ``found``."""
    from sklearn.ensemble import RandomForestClassifier

    number, forests = place
    state = int(numpy_generator("random forests", seed, number).integers(2**31))
    # Threads on all cores; trees that are added are those that would have grown at once.
    forest = RandomForestClassifier(warm_start=True, n_jobs=-1, random_state=state)
    for trees in range(TREES_AT_A_TIME, TREES + 1, TREES_AT_A_TIME):
        check()
        forest.set_params(n_estimators=trees).fit(x, classes)
        done, message = number * TREES + trees, f"Growing random forest {number + 1} of {forests}"
        yield Progress(done=done, total=forests * TREES, message=message)
    found += forest.feature_importances_


def element_importances(importances: Importances, elements: Shape) -> Importances:
    """The mean over the pixels that belong to each element of a mask.

    Parameters
    ----------
    importances
        Shape ``(C, H, W)``.
    elements
        Channels, rows, columns of the mask: one channel or C, and no more rows and columns than
        there are pixels.

    Returns
    -------
    Importances
        In the shape of ``elements``.
    """
    from pruning.inputs.nearest import elements_of

    channels, *sides = elements
    shape = importances.shape
    if channels not in (1, shape[0]) or any(a > b for a, b in zip(sides, shape[1:], strict=True)):
        raise ValueError(f"images of {dimensions(shape)} have no {dimensions(elements)} elements")
    found = importances
    if channels == 1 < shape[0]:
        found = found.mean(0, keepdims=True)
    for axis, side in enumerate(sides, 1):
        belongs = elements_of(shape[axis], side).numpy()
        # Pixels of an element lie beside each other. Sums first: equal means stay equal.
        found = np.add.reduceat(found, np.searchsorted(belongs, np.arange(side)), axis)
    rows, columns = (np.bincount(elements_of(*pair)) for pair in zip(shape[1:], sides, strict=True))
    return found / np.outer(rows, columns)
