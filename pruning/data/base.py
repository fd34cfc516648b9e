"""What a dataset of points in the plane is, and how one is registered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np
import numpy.typing as npt

from pruning.context import CannotRunError
from pruning.registry import Choice, Registry

Points = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]
Labelled = tuple[Points, Classes]
Sample = Callable[[int, float, int], Labelled]

# Training sets are drawn from seeds that reference samples never have, or equal seeds would make
# the reference samples a part of the training set.
TRAINING_SEEDS = 1 << 32


class PointSets(Protocol):
    """What experiments ask of a dataset, once noise and training seed are chosen.

    Each answer is points, shape ``(n, 2)``, and their classes, shape ``(n,)``, class by class.
    """

    def training(self, per_class: int) -> Labelled:
        """What a network learns: ``per_class`` points of each class where they are drawn."""
        ...

    def reference(self, count: int, seed: int) -> Labelled:
        """``count`` points per class for criteria to look at; none of them was learned from."""
        ...

    def test(self, per_class: int, count: int, seed: int) -> Labelled:
        """Up to ``per_class`` points of each class to test on.

        None of them was learned from, or is among ``reference(count, seed)``.
        """
        ...


@dataclass(frozen=True)
class Dataset(ABC):
    """Labelled points in the plane.

    Attributes
    ----------
    classes
        How many classes there are.
    noise
        The noise that the dataset was published with, in the units of its generator.
    papers
        Where it comes from, as keys of :mod:`pruning.references`.
    content
        What tells its points from others that have had its name, where people bring it.
    missing
        What to do, where it was removed.
    class_names
        What people call its classes; empty where they are but counted.
    """

    name: str
    title: str
    description: str
    classes: int
    noise: float
    papers: tuple[str, ...] = ()
    content: str = ""
    missing: str = ""
    class_names: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """What its classes are called, their numbers where nobody has named them."""
        return self.class_names or tuple(map(str, range(self.classes)))

    @property
    def counts(self) -> tuple[int, ...]:
        """How many points each class has; nothing where any number can be drawn."""
        return ()

    @property
    def most_references(self) -> int | None:
        """How many reference samples per class there are at most; None: as many as one likes."""
        return None

    def sets(self, noise: float, training_seed: int) -> PointSets:
        """Its points for training, reference and test.

        Raises
        ------
        CannotRunError
            If it was removed.
        """
        if self.missing:
            raise CannotRunError(self.missing)
        return self._sets(noise, training_seed)

    @abstractmethod
    def _sets(self, noise: float, training_seed: int) -> PointSets: ...


@dataclass(frozen=True, kw_only=True)
class GeneratedDataset(Dataset):
    """A way to draw any number of points.

    Attributes
    ----------
    sample
        ``sample(per_class, noise, seed)`` returns the points, shape ``(n, 2)``, and their
        classes, shape ``(n,)``, where ``n = classes * per_class``; equal seeds give equal points.
    """

    sample: Sample

    def _sets(self, noise: float, training_seed: int) -> PointSets:
        return GeneratedSets(self.sample, noise, training_seed)


@dataclass(frozen=True)
class GeneratedSets:
    """Points that are drawn anew for every purpose, each from a seed of its own."""

    sample: Sample
    noise: float
    training_seed: int

    def training(self, per_class: int) -> Labelled:
        """Drawn from a seed that no other purpose has."""
        return self.sample(per_class, self.noise, TRAINING_SEEDS + self.training_seed)

    def reference(self, count: int, seed: int) -> Labelled:
        """Drawn from the seed itself."""
        return self.sample(count, self.noise, seed)

    def test(self, per_class: int, count: int, seed: int) -> Labelled:  # noqa: ARG002
        """Drawn from the next seed."""
        return self.sample(per_class, self.noise, seed + 1)


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
        datasets.add(
            GeneratedDataset(name, title, description, classes, noise, papers, sample=sample)
        )
        return sample

    return register
