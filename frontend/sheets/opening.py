"""From the name of something to look at to its sheet."""

from __future__ import annotations

from backend.services import Services
from frontend.sheets.base import ComparisonSource, RunSource, Sheet, Source, run_sheet
from frontend.sheets.board import board_sheet
from frontend.sheets.comparison import comparison_sheet


def sheet_of(services: Services, source: Source, *, whole: bool = True) -> Sheet:
    """The sheet of a source, with everything that its runs have said so far.

    Unless it is ``whole``, its results have no frames, which are most of them.

    Raises
    ------
    Problem
        404 for what does not exist (any more), 422 for runs that share no axes.
    """
    match source:
        case RunSource():
            run = services.runs.get(source.run)
            masks = services.hand_masks.of(source.run)
            read = services.runs.result if whole else services.runs.light_result
            return run_sheet(run, *read(source.run), masks)
        case ComparisonSource():
            return comparison_sheet(services, source, whole=whole)
    return board_sheet(services, services.dashboards.get(source.dashboard), whole=whole)
