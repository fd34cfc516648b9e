"""Magnitude pruning of MNIST against its published figures, where the images are at hand.

All of the recipe's epochs: which of them is the best depends on the processor's rounding, and after
the first few the breakdown of units does, too.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.mnist import SHARED
from benchmarks.report import Line, show
from pruning.context import Context
from pruning.data.image_base import image_datasets
from pruning.data.places import look_in
from pruning.events import fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.main_results import rows
from pruning.recipes.base import recipes

POINTS = 0.015
# Up to here what was published falls smoothly.
HIGHEST = {"unit": 0.6, "weight": 0.8}


def main() -> None:
    """Prune units and weights as published, and say how far the accuracies are from those."""
    with tempfile.TemporaryDirectory() as home:
        look_in(Path(home), SHARED)
        if not image_datasets["mnist"].at_hand(Path(home)):
            print("MNIST is not at hand: magnitude pruning is not held against its figures.")
            return
        recipe = recipes["magnitude-digits"]
        published = {
            (row["granularity"], row["sparsity"]): row["test_accuracy"]
            for row in recipe.published.rows
        }
        settings = {"sparsities": sorted({at for _, at in published}), "take_away": []}
        config = recipe.study.config.model_validate(recipe.config | settings)
        result = fold(execute(experiments["sweep"], config, Context(Path(home))))
    assert result.status == "done", result.error
    reached = {
        (row["granularity"], row["sparsity"]): row["test_accuracy"]
        for row in rows(result, "summary")
    }
    differences = [
        abs(reached[kind, at] - accuracy)
        for (kind, at), accuracy in published.items()
        if at <= HIGHEST[kind]
    ]
    show(
        "Magnitude pruning of MNIST against its published figures",
        [
            Line("largest difference of test accuracies", max(differences), "", POINTS),
            *_knee("units", reached["unit", 0.7], reached["unit", 0.9]),
            *_knee("weights", reached["weight", 0.95], reached["weight", 0.99]),
        ],
    )


def _knee(what: str, before: float, behind: float) -> list[Line]:
    """Accuracy before and behind the sparsity at which a network breaks down."""
    return [
        Line(f"{what}: accuracy before the breakdown", before, "", at_least=0.85),
        Line(f"{what}: accuracy behind it", behind, "", at_most=0.6),
    ]
