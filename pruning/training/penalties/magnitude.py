"""Penalties on single numbers, as Keras's ``kernel_regularizer`` sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.training.penalties.base import Trained, penalty

if TYPE_CHECKING:
    from pruning.training.penalising import Penalty


@penalty("l1", title="L1", description="Times the sum of |w| over all weights.")
def l1(trained: Trained, factor: float) -> Penalty:
    """Pull every weight towards zero, each by as much."""
    from pruning.training.penalising import L1

    return L1(trained.weights, factor)


@penalty("l2", title="L2", description="Times the sum of w² over all weights.")
def l2(trained: Trained, factor: float) -> Penalty:
    """Pull every weight towards zero, large ones by more."""
    from pruning.training.penalising import L2

    return L2(trained.weights, factor)


@penalty(
    "norm_l1",
    title="L1 on norm scales",
    description="Times the sum of |γ| over the scales of batch norms: Network Slimming.",
    papers=("liu2017",),
)
def norm_l1(trained: Trained, factor: float) -> Penalty:
    """Train as Network Slimming does [liu2017]_."""
    from pruning.training.penalising import L1

    return L1(trained.norm_scales, factor)
