"""What cannot be pruned as asked, said before anything is trained."""

from __future__ import annotations

import math

import torch

from pruning.experiments.sweep.granularities import BUDGETS
from pruning.experiments.sweep.setup import Setup
from pruning.experiments.sweep.together import too_many_together


def check(setup: Setup) -> None:
    """Raise a ``ValueError`` that says what to change if no network can be pruned as asked."""
    if setup.has_nothing:
        raise ValueError("every layer is excluded, so there is nothing to prune")
    if refusal := _too_sparse(setup) or _over_budget(setup) or _without_runs(setup):
        raise ValueError(refusal)
    if not setup.arms:
        raise ValueError("; ".join(dict.fromkeys(setup.left_out.values())))


def _too_sparse(setup: Setup) -> str | None:
    """Per layer one unit is always left; of all together too many can be asked for."""
    units = [group.units for group in setup.structure.groups]
    if setup.config.scope != "global" or not setup.by_units or setup.config.budget != "units":
        return None
    return too_many_together(units, setup.config.sparsities[-1])


def _over_budget(setup: Setup) -> str | None:
    """With one unit left in each group a network still costs something."""
    if setup.config.budget == "units":
        return None
    spared = {name: torch.arange(units) == 0 for name, units in setup.structure.unit_counts.items()}
    most, highest = 1 - setup.cost_left(spared), setup.config.sparsities[-1]
    if highest <= most:
        return None
    what = BUDGETS[setup.config.budget].lower()
    return (
        f"with one unit left in each of its {len(spared)} groups of layers the network still "
        f"has {100 * (1 - most):.3g} % of its {what}: ask for sparsities up to "
        f"{math.floor(1000 * most) / 10} %, or exclude fewer layers"
    )


def _without_runs(setup: Setup) -> str | None:
    """Some layer has to have inputs that can be divided into runs."""
    for arm in setup.asked:
        if arm.granularity == "semi_structured" and not setup.whole(arm):
            return (
                f"no layer has inputs that can be divided into runs of "
                f"{setup.config.run_length}: choose another M, or leave N:M out"
            )
    return None
