"""`prunelab site`: a website of results, written from the store itself, with no server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from backend.problems import invalid
from prunelab.exports import fail, opened_services
from pruning.registry import UnknownNameError

if TYPE_CHECKING:
    from backend.services import Services
    from frontend.exports.site.pages import SitePage
    from frontend.sheets.base import ComparisonSource, Source
    from pruning.recipes.base import Recipe

RunIds = Annotated[list[str] | None, typer.Argument(metavar="RUN_ID …")]
Out = Annotated[Path, typer.Option(help="The folder: a new one, or one with a site in it.")]


def site(
    out: Out,
    run_ids: RunIds = None,
    comparison: Annotated[
        list[str] | None, typer.Option(help="A comparison: ids of runs, with commas between.")
    ] = None,
    dashboard: Annotated[list[str] | None, typer.Option(help="The id of a dashboard.")] = None,
    recipe: Annotated[
        list[str] | None, typer.Option(help="A recipe: its newest run that is done.")
    ] = None,
    title: Annotated[str, typer.Option(help="What the index is called.")] = "",
) -> None:
    """Write a website of runs, comparisons, dashboards and recipes; again to refresh it."""
    from frontend.exports.site.folder import check_folder, replaced
    from frontend.exports.site.pages import distinct
    from frontend.exports.site.site import made, why_without_pictures

    comparisons = [_comparison(text) for text in comparison or []]
    chosen_recipes = [_recipe(name) for name in recipe or []]
    if not (run_ids or comparisons or dashboard or chosen_recipes):
        fail("name a run, or something with --comparison, --dashboard or --recipe")
    with opened_services() as services:
        check_folder(out)
        found = _pages(services, run_ids or [], comparisons, dashboard or [], chosen_recipes)
        pages = distinct(found)
        without = why_without_pictures()
        if without:
            typer.echo(f"The site is made without pictures. {without}", err=True)
        with replaced(out) as draft:
            for number, part in enumerate(made(services, pages, title), start=1):
                draft.add(part.files)
                if part.page:
                    typer.echo(f"{number} of {len(pages)}: {part.page.title}")
        typer.echo(f"{out / 'index.html'} ({_size(out):,} bytes in all)")


def _pages(
    services: Services,
    run_ids: Sequence[str],
    comparisons: Sequence[ComparisonSource],
    dashboards: Sequence[str],
    recipes: Sequence[Recipe],
) -> Iterator[SitePage]:
    """The pages, in the order of the options."""
    from frontend.exports.site.pages import recipe_page, site_page
    from frontend.sheets.base import DashboardSource, RunSource

    sources: list[Source] = [
        *(RunSource(run=run_id) for run_id in run_ids),
        *comparisons,
        *(DashboardSource(dashboard=each) for each in dashboards),
    ]
    yield from (site_page(services, source) for source in sources)
    yield from (recipe_page(services, each) for each in recipes)


def _comparison(text: str) -> ComparisonSource:
    from frontend.sheets.base import ComparisonSource

    run_ids = [run_id for run_id in text.replace(" ", "").split(",") if run_id]
    try:
        return ComparisonSource(runs=run_ids)
    except ValidationError as error:
        fail(invalid(error, "--comparison").detail)


def _recipe(name: str) -> Recipe:
    from pruning.recipes.base import recipes

    try:
        return recipes[name]
    except UnknownNameError as error:
        fail(str(error))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
