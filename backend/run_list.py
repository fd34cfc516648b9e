"""Lists of runs as people ask for them, what they mark runs with, and the bin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from backend.problems import Problem
from backend.run_model import Run
from backend.runs import Runs
from backend.store.listing import Listing, Sort, Wanted
from backend.store.repository import now
from backend.submission import tidy_tags, tidy_title

__all__ = ["Page", "RunList", "Sort", "Wanted"]


@dataclass(frozen=True)
class Page:
    """Some of the runs that were asked for, and how many there are in all."""

    runs: list[Run]
    total: int


class RunList:
    """The list of runs, and the bin."""

    def __init__(self, listing: Listing, runs: Runs, bin_days: float) -> None:
        self._listing = listing
        self._runs = runs
        self._kept = timedelta(days=bin_days)

    def page(self, wanted: Wanted, limit: int = 50, offset: int = 0) -> Page:
        """A page of the runs that are wanted."""
        rows, total = self._listing.page(wanted, limit, offset)
        return Page([Run.model_validate(row) for row in rows], total)

    def any_active(self) -> bool:
        """Whether any run waits or runs, so that a list of them will change."""
        return self._listing.any_active()

    def mark(
        self,
        run_id: str,
        *,
        title: str | None = None,
        tags: Sequence[str] | None = None,
        starred: bool | None = None,
    ) -> Run:
        """Rename, tag or star a run; what is None stays."""
        self._runs.get(run_id)
        marks: dict[str, Any] = {}
        if title is not None:
            marks["title"] = tidy_title(title)
        if tags is not None:
            marks["tags"] = tidy_tags(tags)
        if starred is not None:
            marks["starred"] = starred
        self._listing.mark(run_id, **marks)
        return self._runs.get(run_id)

    def put_in_bin(self, run_id: str) -> Run:
        """Take a run out of the lists; it can be restored until the bin is emptied."""
        run = self._runs.get(run_id)
        if not run.deleted_at and not self._listing.put_in_bin(run_id):
            raise Problem(409, "The run is still active", "Cancel it first, then delete it.")
        return self._runs.get(run_id)

    def restore(self, run_id: str) -> Run:
        """Take a run out of the bin; one that is not there stays as it is."""
        self._runs.get(run_id)
        self._listing.restore(run_id)
        return self._runs.get(run_id)

    def remove(self, run_id: str) -> None:
        """Remove a run that is in the bin for good."""
        self._runs.get(run_id)
        if not self._runs.delete(run_id):
            raise Problem(409, "The run is not in the bin", "Put it into the bin first.")

    def empty_bin(self) -> int:
        """Remove all that is in the bin for good, and say how many runs that were."""
        return self._remove(self._listing.in_bin())

    def expire(self) -> int:
        """Remove what has been in the bin for longer than it is kept there."""
        return self._remove(self._listing.in_bin(before=now() - self._kept))

    def _remove(self, run_ids: Sequence[str]) -> int:
        # What was restored, or removed by somebody else, since the ids were listed is left out.
        return sum(self._runs.delete(run_id) for run_id in run_ids)
