"""How many of several things a share of them is. Free of torch, since pages count, too."""

from __future__ import annotations


def units_removed(sparsity: float, units: int) -> int:
    """How many of ``units`` are removed at ``sparsity``."""
    return round(sparsity * units)
