"""Datasets of fixed points, which the training seed halves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pruning.context import CannotRunError
from pruning.data.base import Classes, Dataset, Labelled, Points, PointSets
from pruning.randomness import numpy_generator

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class FixedDataset(Dataset):
    """Points that somebody has brought; noise does not move them.

    Attributes
    ----------
    per_class
        How many points each class has.
    load
        Gives all points.
    """

    per_class: tuple[int, ...]
    load: Callable[[], Labelled]

    @property
    def counts(self) -> tuple[int, ...]:
        """As many as were brought."""
        return self.per_class

    @property
    def most_references(self) -> int:
        """What is not learned from in the smallest class, but for one point to test on."""
        return min(self.per_class) // 2 - 1

    def _sets(self, noise: float, training_seed: int) -> PointSets:
        if noise:
            raise CannotRunError(f"the points of {self.name} are fixed: leave the noise empty")
        return FixedSets(*self.load(), training_seed)


@dataclass(frozen=True)
class FixedSets:
    """Fixed points: of each class one half to learn from, the other to look at and to test on."""

    points: Points
    classes: Classes
    training_seed: int

    def training(self, per_class: int) -> Labelled:  # noqa: ARG002
        """The larger half of each class, as many points as that has."""
        return self._at([learned for learned, _ in self._halves])

    def reference(self, count: int, seed: int) -> Labelled:
        """The first ``count`` of each other half, in an order that the seed draws.

        Raises
        ------
        CannotRunError
            If no point would be left to test on.
        """
        if any(count >= len(others) for _, others in self._halves):
            most = min(len(others) for _, others in self._halves) - 1
            raise CannotRunError(
                f"there are too few points for {count} reference samples per class: "
                f"take {most} or fewer"
            )
        return self._at([places[:count] for places in self._ordered(seed)])

    def test(self, per_class: int, count: int, seed: int) -> Labelled:
        """What comes behind the first ``count`` in that order."""
        return self._at([places[count : count + per_class] for places in self._ordered(seed)])

    def _at(self, places: list[Places]) -> Labelled:
        chosen = np.concatenate(places)
        return self.points[chosen], self.classes[chosen]

    @cached_property
    def _halves(self) -> list[tuple[Places, Places]]:
        """The places of each class in the list of all points: learned from, and others."""
        found = []
        for label in range(int(self.classes.max()) + 1):
            places = np.flatnonzero(self.classes == label)
            generator = numpy_generator("halves of fixed points", self.training_seed, label)
            shuffled = generator.permutation(places)
            others = len(places) // 2
            found.append((np.sort(shuffled[others:]), np.sort(shuffled[:others])))
        return found

    def _ordered(self, seed: int) -> list[Places]:
        return [
            numpy_generator("order of fixed points", seed, label).permutation(others)
            for label, (_, others) in enumerate(self._halves)
        ]
