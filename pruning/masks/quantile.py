"""How many of several values lie below a quantile; importable without torch."""

from __future__ import annotations

import math


def below_quantile(sparsity: float, values: int) -> int:
    """How many of ``values`` distinct values lie below their ``sparsity``-quantile.

    That is ``ceil(sparsity * (values - 1))`` for the quantile that interpolates linearly: never
    more than one away from ``sparsity * values``, and never all of them.
    """
    return math.ceil(round(sparsity * (values - 1), 9))
