"""Which toy networks a page evaluates itself. Free of torch, since pages tell of it.

A page keeps, for each panel, the pre-activations of the second hidden layer at all points, which
removing a unit of the first only updates; the last hidden layer is linear and costs nothing; any
layer between those has to be computed anew whenever a unit goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

# The weights travel to the page and are kept with the run: two bytes each, or four.
MOST_WEIGHTS = 400_000
# Points times units of a layer: four bytes each are kept for every panel.
MOST_VALUES = 6_000_000
# Products per point that each step has to do anew.
MOST_PRODUCTS = 20_000


def fits_in_page(hidden: Sequence[int], grid: int) -> bool:
    """Whether a page can evaluate a network with these hidden layers at ``grid * grid`` points.

    Three layers of 300 units on a grid of 100 can be, three of 400 are too many.
    """
    weights = sum(a * b for a, b in pairwise([2, *hidden]))
    anew = sum(a * b for a, b in pairwise(hidden[1:-1]))
    values = max(hidden[:2]) * grid**2
    return weights <= MOST_WEIGHTS and values <= MOST_VALUES and anew <= MOST_PRODUCTS
