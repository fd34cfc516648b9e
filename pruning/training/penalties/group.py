"""Penalties on units, which go or stay as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.training.penalties.base import Trained, penalty

if TYPE_CHECKING:
    from pruning.training.penalising import Penalty


@penalty(
    "group_lasso",
    title="Group lasso",
    description="Times the sum over all units of the L2 norm of a unit's weights, as a "
    "subgradient: units come close to zero.",
    papers=("yuan2006", "wen2016"),
)
def group_lasso(trained: Trained, factor: float) -> Penalty:
    """Pull whole units towards zero [yuan2006]_, [wen2016]_."""
    from pruning.training.group_penalties import GroupLasso

    return GroupLasso(trained.weights, factor)


@penalty(
    "group_lasso_proximal",
    title="Group lasso, proximal",
    description="The same sum by its proximal step behind each step of the optimizer: units become "
    "exactly zero.",
    papers=("yuan2006", "parikh2014", "yun2021"),
)
def group_lasso_proximal(trained: Trained, factor: float) -> Penalty:
    """Bring whole units to zero [parikh2014]_."""
    from pruning.training.group_penalties import ProximalGroupLasso

    return ProximalGroupLasso(trained.weights, factor, trained.optimizer)


@penalty(
    "group_variance",
    title="Group variance",
    description="Times the sum over all layers of 1 / variance of the units' energies (squared L2 "
    "norms): rewards that some units keep much.",
    papers=("torfi2018", "torfi2019"),
)
def group_variance(trained: Trained, factor: float) -> Penalty:
    """Reward unequal energies, so that some units stay alive [torfi2018]_."""
    from pruning.training.group_penalties import GroupVariance

    return GroupVariance(trained.weights, factor)
