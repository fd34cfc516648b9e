"""What an input selection comes to in one line."""

from __future__ import annotations

from typing import Any

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.main_results import percent, rows

# Of how much of the input the line tells: where no mask sends so little, of the next limit.
LIMIT = 0.1


def main_result(_: Any, result: Result) -> MainResult | None:
    """The best accuracy with at most a tenth of the input, and by which mask."""
    found = [row for row in rows(result, "order") if row["q_limit"] >= LIMIT]
    if not found:
        return None
    limit = min(row["q_limit"] for row in found)
    best = max((row for row in found if row["q_limit"] == limit), key=lambda row: row["accuracy"])
    told = f"{percent(best['accuracy'])} with at most {percent(limit)} of the input, {best['kind']}"
    return MainResult(told, best["accuracy"])
