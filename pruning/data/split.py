"""Holding images out of a dataset that comes without a test set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pruning.data.image_base import Classes, Images, Pixels
from pruning.data.limits import PER_CLASS, ImportRefusedError
from pruning.randomness import numpy_generator

# Without a test set, this share of every class is held out: one in so many.
_HELD_OUT = 5
Indices = npt.NDArray[np.int64]


def stratified(y: Classes, held_out: int, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """Divide ``range(len(y))`` in two, each class in proportion.

    Parameters
    ----------
    y
        Classes ``0 … k - 1``, shape ``(n,)``.
    held_out
        How many are held out. Every class gives its share rounded down, those with the largest
        remainders one more.

    Returns
    -------
    kept, held
        Ascending indices, shapes ``(n - held_out,)`` and ``(held_out,)``; as ``rng`` draws.
    """
    counts = np.bincount(y)
    shares = counts * held_out / len(y)
    taken = shares.astype(np.int64)
    largest = np.argsort(taken - shares, kind="stable")
    taken[largest[: held_out - taken.sum()]] += 1
    held = np.concatenate(
        [
            rng.choice(np.flatnonzero(y == label), count, replace=False)
            for label, count in enumerate(taken)
        ]
    )
    kept = np.setdiff1d(np.arange(len(y)), held)
    return kept, np.sort(held)


def a_fifth_held_out(x: Pixels, y: Classes, classes: Sequence[str]) -> Images:
    """Divide images that came without a test set; the same ones are held out each time.

    Raises
    ------
    ImportRefusedError
        If a class has too few.
    """
    counts = np.bincount(y, minlength=len(classes))
    rare = int(counts.argmin())
    if counts[rare] <= PER_CLASS:
        raise ImportRefusedError(
            f"the class {classes[rare]} has only {counts[rare]} images; without a test set every "
            f"class needs {PER_CLASS + 1}"
        )
    rng = numpy_generator("test images of a folder")
    kept, held = stratified(y, max(1, round(len(y) / _HELD_OUT)), rng)
    return Images(x[kept], y[kept], x[held], y[held])
