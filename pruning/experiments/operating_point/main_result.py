"""What an operating point comes to in one line."""

from __future__ import annotations

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.main_results import percent, rows
from pruning.experiments.operating_point.config import OperatingPointConfig


def main_result(config: OperatingPointConfig, result: Result) -> MainResult | None:
    """The accuracy of the network that is given away: the last one."""
    networks = {row["network"]: row["test_accuracy"] for row in rows(result, "networks")}
    accuracy = networks.get("fine_tuned", networks.get("pruned"))
    if accuracy is None:
        return None
    return MainResult(f"{percent(config.sparsity)} removed: {percent(accuracy)}", accuracy)
