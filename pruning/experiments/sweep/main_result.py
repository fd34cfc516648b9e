"""What a sweep comes to in one line."""

from __future__ import annotations

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.main_results import Pruned, level, most_removed, rows
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import BUDGETS, WORDS


def main_result(config: SweepConfig, result: Result) -> MainResult | None:
    """How much can go within the margin, the mean over seeds, and by which criterion."""
    budget = BUDGETS[config.budget].lower()
    pruned = [
        Pruned(
            row["sparsity"],
            row["test_accuracy"],
            row["criterion"],
            WORDS[row["granularity"]] if config.budget == "units" else budget,
        )
        for row in rows(result, "summary")
    ]
    return most_removed(pruned, level(result, "accuracy/dense", "statistic", "mean"))
