"""The main result of each experiment: the one line that a list of runs has room for.

Of a toy run and of a sweep it is how much can go: the highest sparsity that some criterion reaches
while the network loses at most :data:`MARGIN` of test accuracy to the unpruned one. Of a study it
is which criterion keeps most accuracy. Both pick the best of several on the test set, so they are
headlines to find a run by, not estimates of what a new network would do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import fmean
from typing import Any, NamedTuple

from pruning.events import Result
from pruning.experiments.base import MainResult

# How much test accuracy may be lost: one point of a hundred.
MARGIN = 0.01
_WITHIN = "1 point"
# Two accuracies that differ by this much differ by rounding.
_ROUNDING = 1e-9


class Pruned(NamedTuple):
    """One network at one sparsity, with what is removed (``units``) and by whom."""

    sparsity: float
    accuracy: float
    criterion: str
    what: str


def toy(_: Any, result: Result) -> MainResult | None:
    """How many hidden units can go within the margin, and by which criterion."""
    rows = [
        Pruned(row["sparsity"], row["test_accuracy"], row["criterion"], "units")
        for row in _rows(result, "accuracy")
    ]
    return _most_removed(rows, _level(result, "accuracy/unpruned", "scenario", "test"))


def sweep(_: Any, result: Result) -> MainResult | None:
    """How much can go within the margin, the mean over seeds, and by which criterion."""
    rows = [
        Pruned(row["sparsity"], row["test_accuracy"], row["criterion"], f"{row['granularity']}s")
        for row in _rows(result, "summary")
    ]
    return _most_removed(rows, _level(result, "accuracy/dense", "statistic", "mean"))


def toy_study(config: Any, result: Result) -> MainResult | None:
    """Which criterion keeps most test accuracy, the mean over datasets and sample counts.

    Only over those at which every criterion could rank the units: a criterion must not win by
    having been left out where it is hard.
    """
    cells: dict[tuple[Any, Any], dict[str, float]] = defaultdict(dict)
    for row in _rows(result, "accuracy"):
        if row["scenario"] == "test":
            cells[row["dataset"], row["reference_samples"]][row["criterion"]] = row["mean"]
    complete = [cell for cell in cells.values() if set(config.criteria) <= set(cell)]
    if not complete:
        return None
    means = {name: fmean(cell[name] for cell in complete) for name in config.criteria}
    best = max(means, key=lambda name: means[name])
    share = f"{_percent(config.fraction)} of units removed"
    return MainResult(f"{_percent(means[best])} by {best}, {share}", means[best])


def _most_removed(rows: Iterable[Pruned], unpruned: float | None) -> MainResult | None:
    """The sparsest network within the margin; of equally sparse ones the most accurate."""
    rows = [row for row in rows if row.sparsity > 0]
    if unpruned is None or not rows:
        return None
    kept = [row for row in rows if row.accuracy >= unpruned - MARGIN - _ROUNDING]
    if not kept:
        return MainResult(f"nothing removed within {_WITHIN}", 0.0)
    best = max(kept, key=lambda row: (row.sparsity, row.accuracy))
    by = best.criterion.replace("_shuffled", ", layer-shuffled,")
    share = f"{_percent(best.sparsity)} of {best.what} by {by}"
    return MainResult(f"{share} at {_percent(best.accuracy)}", best.sparsity)


def _rows(result: Result, name: str) -> Iterator[dict[str, Any]]:
    table = result.tables.get(name)
    for row in table.rows if table else ():
        yield dict(zip(table.columns, row, strict=True)) if table else {}


def _level(result: Result, series: str, label: str, wanted: str) -> float | None:
    """The value of a horizontal line, if the run has come to it."""
    found = result.series.get(series)
    if found is None or wanted not in found.labels.get(label, []):
        return None
    return found.y[found.labels[label].index(wanted)]


def _percent(share: float) -> str:
    """A share in per cent, with one digit behind the point unless that is zero."""
    return f"{round(100 * share, 1):g} %"
