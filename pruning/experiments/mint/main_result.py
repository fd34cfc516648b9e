"""What a run of MINT comes to in one line."""

from __future__ import annotations

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.main_results import Pruned, most_removed, rows
from pruning.experiments.mint.config import MintConfig


def main_result(_: MintConfig, result: Result) -> MainResult | None:
    """How much of the compared layers can go within the margin, the mean over the seeds."""
    found = [
        Pruned(
            row["pruned_percent"] / 100,
            row["accuracy"],
            row["variant"],
            "compared weights",
        )
        for row in rows(result, "summary")
    ]
    dense = next((each.accuracy for each in found if each.sparsity == 0), None)
    return most_removed(found, dense)
