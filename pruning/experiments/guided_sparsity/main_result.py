"""What a run of guided sparsity comes to in one line."""

from __future__ import annotations

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import ARMS
from pruning.experiments.guided_sparsity.outputs import NOBODY
from pruning.experiments.main_results import percent, rows


def main_result(_: GuidedSparsityConfig, result: Result) -> MainResult | None:
    """At the highest sparsity at which there is a comparison: which arm is ahead, and by what."""
    found = max(rows(result, "ahead"), key=lambda row: row["sparsity"], default=None)
    if found is None:
        return None
    at = f"at {percent(found['sparsity'])} zeros"
    if found["verdict"] == NOBODY:
        return MainResult(f"no arm ahead {at}", found["sparsity"])
    return MainResult(
        f"{ARMS[found['verdict']]} ahead {at}, {percent(found['first_accuracy'])}",
        found["sparsity"],
    )
