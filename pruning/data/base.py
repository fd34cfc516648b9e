"""What a dataset of drawn points is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from pruning.registry import Choice, Registry

Points = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]
Sample = Callable[[int, float, int], tuple[Points, Classes]]


@dataclass(frozen=True)
class Dataset:
    """A way to draw labelled points in the plane.

    Attributes
    ----------
    classes
        How many classes there are.
    noise
        The noise that the dataset was published with, in the units of its generator.
    sample
        ``sample(per_class, noise, seed)`` returns the points, shape ``(n, 2)``, and their
        classes, shape ``(n,)``, where ``n = classes * per_class``; equal seeds give equal points.
    papers
        Where it comes from, as keys of :mod:`pruning.references`.
    """

    name: str
    title: str
    description: str
    classes: int
    noise: float
    sample: Sample
    papers: tuple[str, ...] = ()


datasets: Registry[Dataset] = Registry("dataset", "pruning.data")

DatasetName = Annotated[str, Choice(datasets)]


def dataset(
    name: str,
    *,
    title: str,
    description: str,
    classes: int,
    noise: float,
    papers: tuple[str, ...] = (),
) -> Callable[[Sample], Sample]:
    """Register the decorated function as the dataset ``name``."""

    def register(sample: Sample) -> Sample:
        datasets.add(Dataset(name, title, description, classes, noise, sample, papers))
        return sample

    return register
