"""What a toy run comes to in one line."""

from __future__ import annotations

from typing import Any

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.main_results import Pruned, level, most_removed, rows


def main_result(_: Any, result: Result) -> MainResult | None:
    """How many hidden units can go within the margin, and by which criterion."""
    pruned = [
        Pruned(row["sparsity"], row["test_accuracy"], row["criterion"], "units")
        for row in rows(result, "accuracy")
    ]
    return most_removed(pruned, level(result, "accuracy/unpruned", "scenario", "test"))
