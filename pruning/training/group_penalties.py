"""Penalties on units: a unit's weights, those of one filter or neuron, are a group.

Biases belong to no group. A unit's *norm* is the L2 norm of its weights, its *energy* the square of
that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from pruning.training.hooks import Step
from pruning.training.penalising import Penalty, total

LEAST_VARIANCE = 1e-8
"""Added to every variance of energies: where a layer dies, its energies become equal."""


def unit_norms(weight: Tensor) -> Tensor:
    """The L2 norm of each unit's weights, of shape ``(units,)``."""
    norms: Tensor = torch.linalg.vector_norm(weight, dim=tuple(range(1, weight.ndim)))
    return norms


def by_unit(values: Tensor, weight: Tensor) -> Tensor:
    """One value for each unit, in a shape that multiplies its weights."""
    return values.view(-1, *[1] * (weight.ndim - 1))


class GroupLasso(Penalty):
    """``factor · Σ ‖W_unit‖₂`` over all units of all layers [yuan2006]_, [wen2016]_.

    It enters as a subgradient, which is 0 for a unit that is zero: units come close to zero, and
    count as gone below a threshold.
    """

    def value(self) -> Tensor:
        """The sum of the units' norms."""
        return self.factor * total([unit_norms(w).sum() for w in self.weights])

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        """Add each unit's direction."""
        norms = unit_norms(weight)
        shares = torch.where(norms > 0, self.factor / norms, 0)
        gradient.addcmul_(weight, by_unit(shares, weight))


class ProximalGroupLasso(GroupLasso):
    """The same term by its proximal step [parikh2014]_: units become exactly zero.

    After each step of the optimiser a unit's weights are multiplied by ``max(0, 1 - rate · factor /
    norm)``, where the rate is how far the optimiser follows a gradient of that unit: a step that is
    larger or smaller than the loss's would weigh the two against each other in another way.
    """

    def __init__(self, weights: Sequence[Tensor], factor: float, optimizer: Optimizer) -> None:
        super().__init__(weights, factor)
        self._groups = {
            weight: group for group in optimizer.param_groups for weight in group["params"]
        }
        self._optimizer = optimizer

    def before_step(self, _: Step) -> None:
        """The step of the optimiser is that of the loss alone."""

    def after_step(self, _: Step) -> None:
        """Shrink."""
        for weight in self.weights:
            rates = unit_rates(self._optimizer, self._groups[weight], weight)
            shrink(weight, self.factor * rates)


def shrink(weight: Tensor, by: Tensor) -> None:
    """Bring each unit's norm down by so much, to zero at most: the prox of ``by · ‖W_unit‖₂``.

    Parameters
    ----------
    by
        One number, or one for each unit.
    """
    norms = unit_norms(weight)
    left = torch.where(norms > by, 1 - by / norms, 0)
    weight.mul_(by_unit(left, weight))


def unit_rates(optimizer: Optimizer, group: Mapping[str, Any], weight: Tensor) -> Tensor:
    """How far an optimiser follows a gradient that each unit of a layer keeps having.

    SGD with a momentum μ goes ``rate / (1 - μ)`` times the gradient in the long run. Adam divides
    each weight's gradient by the root of its mean square: of a unit the root of the mean over its
    weights is taken, since one step for all of a group is what keeps the proximal step in closed
    form; [yun2021]_ solve it for each weight.
    """
    rate = torch.as_tensor(group["lr"], dtype=weight.dtype, device=weight.device)
    state = optimizer.state[weight]
    if "exp_avg_sq" not in state:
        return rate / (1 - float(group.get("momentum", 0)))
    seen = 1 - group["betas"][1] ** state["step"].to(weight.device)
    squares: Tensor = state["exp_avg_sq"].mean(dim=tuple(range(1, weight.ndim)))
    rates: Tensor = rate / ((squares / seen).sqrt() + group["eps"])
    return rates


class GroupVariance(Penalty):
    """``factor · Σ 1 / Var(‖W_unit‖₂²)``, a term for each layer [torfi2018]_.

    The variance is that of the energies of a layer's units, of the population (divided by their
    number) as in the published code. Small where few units have most of the energy: so some stay
    alive while group lasso takes the others. A layer of one unit has no variance, and no term.
    """

    def __init__(self, weights: Sequence[Tensor], factor: float) -> None:
        super().__init__([weight for weight in weights if len(weight) > 1], factor)

    def value(self) -> Tensor:
        """The sum of inverse variances."""
        inverse = [
            1 / (unit_norms(w).square().var(correction=0) + LEAST_VARIANCE) for w in self.weights
        ]
        return self.factor * total(inverse)

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        """``-4 · factor / Var² · (energy - mean) / units`` times the weights."""
        energies = unit_norms(weight).square()
        variance = energies.var(correction=0) + LEAST_VARIANCE
        pull = (-4 * self.factor / len(energies)) * (energies - energies.mean()) / variance**2
        gradient.addcmul_(weight, by_unit(pull, weight))
