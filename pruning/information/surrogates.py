"""Samples of parents that are independent of the children, given all other parents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pruning.information.distances import Floats, add_distances
from pruning.information.working import Check


def pooled(samples: Floats) -> Floats:
    """The last third of the samples, which stays as it is, and behind it the first."""
    third = len(samples) // 3
    return np.concatenate([samples[2 * third :], samples[:third]])


class Parents:
    """Distances of parents, in all of which one group after another is made independent.

    Distances add over groups: those of the others are the total without a group's own.

    Parameters
    ----------
    groups
        Per group a row a sample, a multiple of three.
    mixed_up
        Whether donors are those of the published code, see :meth:`with_surrogate`.
    """

    def __init__(self, groups: Sequence[Floats], check: Check, *, mixed_up: bool = False) -> None:
        self._groups, self._mixed_up = groups, mixed_up
        self._third = third = len(groups[0]) // 3
        self._pooled = np.zeros((2 * third, 2 * third))
        self._apart = np.zeros((third, third))
        for group in groups:
            rows = pooled(group)
            add_distances(self._pooled, rows, rows, check)
            add_distances(self._apart, group[:third], group[third : 2 * third], check)

    def with_surrogate(self, parent: int, check: Check) -> Floats:
        """Distances of all parents, one group of whose first third is exchanged.

        Each row takes the group's values of a donor: the row of the second third that is nearest
        in all other groups. The code published with [ganesh2020]_ looks for the opposite, the row
        of the first third that is nearest to each of the second, and then takes its number for
        that of a donor; so each row gets the values of one that has nothing to do with it.

        Returns
        -------
        Floats
            Between the rows of :func:`pooled`.
        """
        group, third = self._groups[parent], self._third
        first, last = group[:third], group[2 * third :]
        exchanged = group[third : 2 * third][self._donors(parent, check)]
        distances = self._pooled.copy()
        changing = distances[third:]
        add_distances(changing, first, np.concatenate([last, first]), check, sign=-1)
        add_distances(changing, exchanged, np.concatenate([last, exchanged]), check)
        distances[:third, third:] = changing[:, :third].T
        return distances

    def _donors(self, parent: int, check: Check) -> NDArray[np.intp]:
        """For each row of the first third the row of the second whose values it takes."""
        if len(self._groups) == 1:
            return np.arange(self._third)
        group, third = self._groups[parent], self._third
        others = self._apart.copy()
        add_distances(others, group[:third], group[third : 2 * third], check, sign=-1)
        donors: NDArray[np.intp] = others.argmin(axis=0 if self._mixed_up else 1)
        return donors
