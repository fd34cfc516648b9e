"""What a sweep removes together, and what a sparsity is a share of."""

from __future__ import annotations

from typing import Annotated, Literal

from pruning.criteria import base
from pruning.experiments.fields import titled
from pruning.experiments.outputs import Quantity
from pruning.experiments.quantities import LATENCY, MULTIPLY_ADDS, PARAMETERS, UNITS, WEIGHTS

Granularity = Literal["weight", "semi_structured", "unit"]
TITLES = {"unit": "Units", "weight": "Weights", "semi_structured": "N:M"}
GranularityName = Annotated[Granularity, titled(**TITLES)]
# The same inside of a sentence.
WORDS = {
    "weight": "weights",
    "semi_structured": "weights in N:M",
    "unit": "units",
}
# What criteria score for it.
SCORED: dict[Granularity, base.Granularity] = {
    "weight": "weight",
    "semi_structured": "weight",
    "unit": "unit",
}

Budget = Literal["units", "parameters", "multiply_adds", "latency"]
BUDGETS: dict[Budget, str] = {
    "units": "None: of units",
    "parameters": "Parameters",
    "multiply_adds": "Multiply-adds",
    "latency": "Latency",
}
BudgetName = Annotated[Budget, titled(**BUDGETS)]
# What is asked for, by the budget, where units go.
ASKED: dict[Budget, Quantity] = {
    "units": UNITS,
    "parameters": PARAMETERS,
    "multiply_adds": MULTIPLY_ADDS,
    "latency": LATENCY,
}


def of_budget(budget: Budget) -> str:
    """What stands between a share and that it was removed."""
    return "" if budget == "units" else f" of {BUDGETS[budget].lower()}"


def shares(granularity: Granularity, budget: Budget) -> Quantity:
    """What sparsities are shares of."""
    return ASKED[budget] if granularity == "unit" else WEIGHTS
