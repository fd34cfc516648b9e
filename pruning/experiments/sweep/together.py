"""What ranking all units together can ask for; importable without torch."""

from __future__ import annotations

from collections.abc import Sequence

from pruning.masks.quantile import below_quantile


def too_many_together(units: Sequence[int], sparsity: float) -> str | None:
    """Why a share of all ``units``, counted by groups, would remove whole layers; None if not."""
    if sum(units) - below_quantile(sparsity, sum(units)) >= len(units):
        return None
    most = (sum(units) - len(units)) / sum(units)
    return (
        f"removing {100 * sparsity:g} % of {sum(units):,} units would remove whole layers, of "
        f"which there are {len(units)}; ask for sparsities up to {100 * most:.1f} %"
    )
