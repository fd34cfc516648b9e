"""Criteria that explain the network's decision and keep the units that carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pruning.criteria.base import criterion

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.criteria.base import Rule, Samples


@criterion(
    "lrp",
    title="Layer-wise relevance",
    description="How much of the decision for the right class passed through the unit (LRP, z+).",
    papers=("yeom2021",),
    normalisation="sum",
)
def lrp(samples: Samples) -> list[Tensor]:
    """Score each unit by its relevance, summed over samples, z+ rule in every layer [yeom2021]_.

    The sign stays, as published: relevance against the class, which additions of negative
    values bring about, goes first. It starts as the logit of the true class. Where that is below
    zero, as often before training, what brought it about counts against the class, too; the
    authors' code for images starts with 1 instead, whatever the logit.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return [relevance.sum(dim=1) for relevance in samples.relevances("z_plus")]


@criterion(
    "lrp_epsilon",
    title="Layer-wise relevance, epsilon",
    description="Relevance shared in proportion to all contributions, for and against (LRP-ε); "
    "counts by its size.",
    papers=("bach2015",),
    normalisation="sum",
)
def lrp_epsilon(samples: Samples) -> list[Tensor]:
    """Score each unit by ``|Σ relevance|`` over samples, epsilon rule in every layer [bach2015]_.

    ``R_in = x · Wᵀ(R_out / (z + ε sign z))``, ``z = W x + b``, ``ε = 1e-6``. This rule gives
    relevance of either sign; what speaks against a class matters as much as what speaks for it,
    so it counts by its size, the sum first.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return _sizes(samples, "epsilon")


@criterion(
    "lrp_gamma",
    title="Layer-wise relevance, gamma",
    description="Relevance shared by contributions, those in favour a quarter stronger (LRP-γ); "
    "counts by its size.",
    papers=("montavon2019", "andeol2021"),
    normalisation="sum",
)
def lrp_gamma(samples: Samples) -> list[Tensor]:
    """Score each unit by ``|Σ relevance|`` over samples, gamma rule in every layer.

    After [montavon2019]_: the epsilon rule with the weights ``W + γ W⁺`` and ``γ = 0.25``,
    generalised to negative inputs and outputs [andeol2021]_.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return _sizes(samples, "gamma")


@criterion(
    "lrp_alpha2_beta1",
    title="Layer-wise relevance, alpha-beta",
    description="Twice the relevance in favour less that against (LRP-α2β1); counts by its size.",
    papers=("bach2015",),
    normalisation="sum",
)
def lrp_alpha2_beta1(samples: Samples) -> list[Tensor]:
    """Score each unit by ``|Σ relevance|`` over samples, alpha-beta rule in every layer.

    From [bach2015]_. Positive and negative contributions share the relevance among themselves, and
    ``R_in = 2 R⁺ - R⁻``. With ``α = 1, β = 0`` it would be the z+ rule.

    Returns
    -------
    list[Tensor]
        One tensor of shape ``(sets, units)`` per layer.
    """
    return _sizes(samples, "alpha2_beta1")


def _sizes(samples: Samples, rule: Rule) -> list[Tensor]:
    return [relevance.sum(dim=1).abs() for relevance in samples.relevances(rule)]
