"""What is on a website: runs, comparisons, dashboards and recipes, and what a card says of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from backend.problems import Problem
from backend.runs import Run
from backend.services import Services
from frontend.components.recipe_card import agreement
from frontend.naming import experiment_title
from frontend.sheets.base import ComparisonSource, DashboardSource, RunSource, Sheet, Source
from frontend.sheets.comparison import still_there
from frontend.sheets.opening import sheet_of
from pruning.experiments.base import config_hash
from pruning.recipes.base import Recipe

Kind = Literal["Run", "Comparison", "Dashboard", "Recipe"]

# Of how many runs a card has the result in words.
_MOST_RESULTS = 3


@dataclass(frozen=True)
class SitePage:
    """A page of a website, with what is said of it elsewhere.

    Attributes
    ----------
    name
        What its files are called.
    date
        When its last run has ended, or the dashboard was last changed.
    results
        What came out, a line of words or of components each.
    place
        Where it stands when it is opened, as the fragment of its address has it.
    """

    name: str
    kind: Kind
    source: Source
    title: str
    summary: str
    date: datetime
    results: Sequence[Any]
    recipe: Recipe | None = None
    place: str = ""

    @property
    def file(self) -> str:
        """Its file, beside the index."""
        return f"{self.name}.html"


def site_page(services: Services, source: Source, place: str = "") -> SitePage:
    """The page of a source.

    Raises
    ------
    Problem
        404 for what does not exist, 409 for runs that have not ended, 422 for runs that cannot be
        compared.
    """
    _check_ended(_runs_of(services, source))
    sheet = sheet_of(services, source, whole=False)
    kind, name, date = _what_it_is(services, source, sheet)
    results = _results(source, sheet.runs)
    return SitePage(name, kind, source, sheet.title, sheet.summary, date, results, place=place)


def recipe_page(services: Services, recipe: Recipe) -> SitePage:
    """The page of a recipe: its newest run that is done.

    Raises
    ------
    Problem
        409 where there is none.
    """
    runs = services.runs.of_configuration(config_hash(recipe.experiment, recipe.checked_config()))
    run = next((run for run in runs if run.status == "done"), None)
    if run is None:
        raise Problem(
            409,
            "The recipe has not been run",
            f"No run of the recipe {recipe.name!r} is done here. Press Run on its card at /recipes "
            "and wait for it to end.",
        )
    sheet = sheet_of(services, RunSource(run=run.id), whole=False)
    compared = agreement(recipe, sheet.stages["run"].result.tables, here=True)
    return SitePage(
        f"recipe-{recipe.name}",
        "Recipe",
        RunSource(run=run.id),
        recipe.title,
        recipe.description,
        _ended(run),
        [compared],
        recipe,
    )


def distinct(pages: Iterable[SitePage]) -> list[SitePage]:
    """The pages, each once."""
    return list({page.name: page for page in pages}.values())


def _runs_of(services: Services, source: Source) -> list[Run]:
    """The runs of a source, without what they have said: that of a going one may be out of reach.

    A dashboard has places for those that are gone.
    """
    match source:
        case RunSource():
            return [services.runs.get(source.run)]
        case ComparisonSource():
            return [services.runs.get(run_id) for run_id in source.runs]
        case DashboardSource():
            panels = services.dashboards.get(source.dashboard).content.panels
            found = still_there(services, [run for panel in panels for run in panel.runs])
            return list(found.values())


def _check_ended(runs: Iterable[Run]) -> None:
    going = [run for run in runs if not run.ended]
    if going:
        said = " and ".join(f"The run {run.id!r} is {run.status}" for run in going)
        detail = f"{said}: a website shows what has ended. Wait for it, or leave it out."
        raise Problem(409, "A run has not ended", detail)


def _what_it_is(services: Services, source: Source, sheet: Sheet) -> tuple[Kind, str, datetime]:
    match source:
        case RunSource():
            return "Run", f"run-{source.run}", _ended(sheet.runs[0])
        case ComparisonSource():
            return "Comparison", _name_of(source), max(map(_ended, sheet.runs))
        case DashboardSource():
            changed = services.dashboards.get(source.dashboard).updated_at
            return "Dashboard", f"dashboard-{source.dashboard}", changed


def _name_of(source: ComparisonSource) -> str:
    """A name that is the same again for the same comparison, however many runs it has."""
    told = " ".join([*source.runs, source.by or ""])
    return f"comparison-{sha256(told.encode()).hexdigest()[:12]}"


def _ended(run: Run) -> datetime:
    return run.finished_at or run.created_at


def _results(source: Source, runs: Sequence[Run]) -> list[str]:
    if isinstance(source, RunSource):
        return [line for line in (_state(runs[0]), runs[0].main_result) if line]
    told = [run for run in runs if run.main_result]
    lines = [f"{run.title or experiment_title(run)}: {run.main_result}" for run in told]
    more = len(lines) - _MOST_RESULTS
    return [*lines[:_MOST_RESULTS], *([f"and {more} more"] if more > 0 else [])]


def _state(run: Run) -> str:
    """What became of a run that did not get to its end."""
    return "" if run.status == "done" else f"This run was {run.status}; what it had said is shown."
