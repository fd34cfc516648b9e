"""Runs that could be added to a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from backend.runs import Run
from backend.services import Services
from backend.store.listing import Wanted
from frontend.comparing.runs import MOST_RUNS, told_apart
from frontend.naming import experiment_title
from frontend.views.base import comparable_of_stored

_LOOKED_AT = 200
_OFFERED = 20


def candidates(services: Services, chosen: Sequence[Run], words: str) -> list[Run]:
    """The newest runs with these words that share axes with all that are chosen."""
    if len(chosen) >= MOST_RUNS:
        return []
    known = {run.id for run in chosen}
    reaches = [_reach(run) for run in chosen]
    page = services.run_list.page(Wanted(search=words), limit=_LOOKED_AT)
    found = (
        run for run in page.runs if run.id not in known and set.intersection(_reach(run), *reaches)
    )
    return list(islice(found, _OFFERED))


def _reach(run: Run) -> set[tuple[str, str]]:
    return comparable_of_stored(run.experiment, run.config).reach


def offered(chosen: Sequence[Run], found: Sequence[Run]) -> list[str]:
    """What runs are called when they are offered beside those that are chosen: no two alike."""
    runs = [*chosen, *found]
    return told_apart(runs, [described(run) for run in runs])[len(chosen) :]


def described(run: Run) -> str:
    """A run in one line, its own title first."""
    words = (run.title, run.model, run.dataset, ", ".join(run.criteria), experiment_title(run))
    return " · ".join(filter(None, words))
