"""The one line that a list of runs has room for: what main results have in common.

Of a toy run and of a sweep it is how much can go: the highest sparsity that some criterion reaches
while the network loses at most :data:`MARGIN` of test accuracy to the unpruned one. Of a study it
is which criterion keeps most accuracy. Both pick the best of several on the test set, so they are
headlines to find a run by, not estimates of what a new network would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pruning.events import Result
from pruning.experiments.base import MainResult

# How much test accuracy may be lost: one point of a hundred.
MARGIN = 0.01
_WITHIN = "1 point"
_CONTROLS = {"_shuffled": ", layer-shuffled,", "_reinitialised": ", reinitialised,"}
# Two accuracies that differ by this much differ by rounding.
_ROUNDING = 1e-9


class Pruned(NamedTuple):
    """One network at one sparsity, with what is removed (``units``) and by whom."""

    sparsity: float
    accuracy: float
    criterion: str
    what: str


def most_removed(rows: Iterable[Pruned], unpruned: float | None) -> MainResult | None:
    """The sparsest network within the margin; of equally sparse ones the most accurate."""
    rows = [row for row in rows if row.sparsity > 0]
    if unpruned is None or not rows:
        return None
    kept = [row for row in rows if row.accuracy >= unpruned - MARGIN - _ROUNDING]
    if not kept:
        return MainResult(f"nothing removed within {_WITHIN}", 0.0)
    best = max(kept, key=lambda row: (row.sparsity, row.accuracy))
    by = _by(best.criterion)
    share = f"{percent(best.sparsity)} of {best.what} by {by}"
    return MainResult(f"{share} at {percent(best.accuracy)}", best.sparsity)


def _by(criterion: str) -> str:
    """A criterion, or the control of one."""
    for ending, words in _CONTROLS.items():
        criterion = criterion.replace(ending, words)
    return criterion


def rows(result: Result, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a table by the names of their columns; none where there is no such table."""
    table = result.tables.get(name)
    for row in table.rows if table else ():
        yield dict(zip(table.columns, row, strict=True)) if table else {}


def level(result: Result, series: str, label: str, wanted: str) -> float | None:
    """The value of a horizontal line, if the run has come to it."""
    found = result.series.get(series)
    if found is None or wanted not in found.labels.get(label, []):
        return None
    return found.y[found.labels[label].index(wanted)]


def percent(share: float) -> str:
    """A share in per cent, with one digit behind the point unless that is zero."""
    return f"{round(100 * share, 1):g} %"
