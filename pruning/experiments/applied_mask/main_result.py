"""What it comes to in one line."""

from __future__ import annotations

from typing import Any

from pruning.events import Result
from pruning.experiments.base import MainResult
from pruning.experiments.main_results import percent, rows


def main_result(_: Any, result: Result) -> MainResult | None:
    """The share of all bytes that is sent."""
    found = list(rows(result, "images"))
    if not found:
        return None
    share = sum(row["bytes_sent"] for row in found) / sum(row["bytes_whole"] for row in found)
    what = "1 image" if len(found) == 1 else f"{len(found)} images"
    return MainResult(f"{percent(share)} of the bytes of {what} sent", share)
