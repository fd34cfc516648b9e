"""What a toy study comes to in one line."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean
from typing import Any

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.main_results import percent, rows
from pruning.experiments.toy_study.config import ToyStudyConfig


def main_result(config: ToyStudyConfig, result: Result) -> MainResult | None:
    """Which criterion keeps most test accuracy, the mean over datasets and sample counts.

    Only over those at which every criterion could rank the units: a criterion must not win by
    having been left out where it is hard.
    """
    cells: dict[tuple[Any, Any], dict[str, float]] = defaultdict(dict)
    for row in rows(result, "accuracy"):
        if row["scenario"] == "test":
            cells[row["dataset"], row["reference_samples"]][row["criterion"]] = row["mean"]
    complete = [cell for cell in cells.values() if set(config.criteria) <= set(cell)]
    if not complete:
        return None
    means = {name: fmean(cell[name] for cell in complete) for name in config.criteria}
    best = max(means, key=lambda name: means[name])
    share = f"{percent(config.fraction)} of units removed"
    return MainResult(f"{percent(means[best])} by {best}, {share}", means[best])
