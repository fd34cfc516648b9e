"""Holding images out of a dataset that comes without a test set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pruning.data.image_base import Classes

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
