"""Everything that can be taken away, of a run, a comparison and a dashboard alike."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ValidationError
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from backend.api.dependencies import ServicesOf
from backend.dashboards import By
from backend.exports import attachment
from backend.problems import file_answer, invalid, problem_answers, unavailable
from backend.services import Services
from frontend.exports.animation import animations_of
from frontend.exports.browser import Format
from frontend.exports.figures import figures_of, heading
from frontend.exports.forms import FORMS, Export, FormName, Wish, export
from frontend.exports.grids import grids_of
from frontend.figures.panels import Section
from frontend.sheets.base import ComparisonSource, DashboardSource, RunSource, Source, Stage
from frontend.sheets.opening import sheet_of

# One browser draws at a time; what waits for it takes no thread from other requests.
_drawing = ThreadPoolExecutor(1, thread_name_prefix="pictures")
_MOST_WAITING = 8
# A mask of hundreds of units fits.
_MOST_LETTERS = 8000
_waiting = 0


class FigureFacts(BaseModel):
    """A figure that can be taken away."""

    name: str
    title: str


class Drawable(BaseModel):
    """What of a source can be drawn: by itself, with others in one picture, as an animation."""

    figures: list[FigureFacts]
    grids: list[FigureFacts]
    animations: list[FigureFacts]


def _wish(
    figure: Annotated[
        str | None,
        Query(
            description="Of pictures, a figure's name; `panels` for all panels in one, or one of "
            "`grids` for those of a section. Of GIF, a section's name."
        ),
    ] = None,
    table: Annotated[str | None, Query(description="Of CSV and LaTeX, a table's name.")] = None,
    at: Annotated[
        float | None,
        Query(description="Of pictures and LaTeX, a place of the slider.", allow_inf_nan=False),
    ] = None,
    dark: Annotated[bool, Query(description="Of pictures, light on dark.")] = False,
    format: Annotated[Format, Query(description="Of figures.zip, what is in it.")] = "png",
    choose: Annotated[
        list[str] | None,
        Query(description="Of pictures and LaTeX, what is chosen: CHOOSER=OPTION."),
    ] = None,
    place: Annotated[
        str,
        Query(
            description="Of HTML and site.zip, where it stands when it is opened: what would "
            "stand behind the `#` of the page's address, such as `at=0.5&off=unpruned`.",
            max_length=_MOST_LETTERS,
        ),
    ] = "",
) -> Wish:
    choices = dict(each.split("=", 1) for each in choose or [] if "=" in each)
    return Wish(figure, table, at, dark, format, choices, place)


WishOf = Annotated[Wish, Depends(_wish)]


def _of_run(run_id: str) -> Source:
    return RunSource(run=run_id)


def _of_comparison(
    runs: Annotated[str, Query(description="The ids of runs, with commas between.")],
    by: Annotated[By | None, Query(description="What is beside each other.")] = None,
) -> Source:
    ids = [run_id for run_id in runs.replace(" ", "").split(",") if run_id]
    try:
        return ComparisonSource(runs=list(dict.fromkeys(ids)), by=by)
    except ValidationError as error:
        raise invalid(error) from None


def _of_dashboard(dashboard_id: str) -> Source:
    return DashboardSource(dashboard=dashboard_id)


def _routes(path: str, tag: str, source_of: Callable[..., Source]) -> APIRouter:
    """The routes of one kind of source."""
    router = APIRouter(prefix=path, tags=[tag], responses=problem_answers(404, 409, 422, 501, 503))
    SourceOf = Annotated[Source, Depends(source_of)]  # noqa: N806 - it is a type

    @router.get("/figures", name=f"list_figures_of_{tag}")
    def list_figures(source: SourceOf, services: ServicesOf) -> Drawable:
        """What can be drawn: the names that `figure` takes."""
        return drawable(services, source)

    @router.get(
        "/export.{form}",
        name=f"export_{tag}",
        response_class=Response,
        responses=file_answer(*sorted({each.media_type for each in FORMS.values()})),
    )
    async def send(
        form: FormName,
        source: SourceOf,
        wish: WishOf,
        services: ServicesOf,
    ) -> Response:
        """A file to be taken away."""
        answer = _drawn if FORMS[form].is_drawn else asyncio.to_thread
        return _download(await answer(export, services, source, form, wish))

    return router


def drawable(services: Services, source: Source) -> Drawable:
    """What of a source has something to be seen in it."""
    sheet = sheet_of(services, source)
    return Drawable(
        figures=[FigureFacts(name=d.name, title=d.title) for d in figures_of(sheet)],
        grids=_named(grids_of(sheet)),
        animations=_named(animations_of(sheet)),
    )


def _named(sections: Mapping[str, tuple[Stage, Section]]) -> list[FigureFacts]:
    return [FigureFacts(name=name, title=heading(*each)) for name, each in sections.items()]


async def _drawn(make: Callable[..., Export], *arguments: Any) -> Export:
    """Have something drawn, unless too many wait for that already."""
    global _waiting
    if _waiting >= _MOST_WAITING:
        raise unavailable("Many pictures are being drawn. Try again in a minute.")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_drawing, make, *arguments)
    finally:
        _waiting -= 1


def _download(made: Export) -> Response:
    headers = {
        "Content-Disposition": attachment(made.name),
        "X-Content-Type-Options": "nosniff",
    }
    if isinstance(made.body, Path):
        return FileResponse(
            made.body,
            media_type=made.media_type,
            headers=headers,
            background=BackgroundTask(made.body.unlink),
        )
    return Response(made.body, media_type=made.media_type, headers=headers)


_KINDS = (
    ("/runs/{run_id}", "runs", _of_run),
    ("/compare", "compare", _of_comparison),
    ("/dashboards/{dashboard_id}", "dashboards", _of_dashboard),
)
router = APIRouter()
for _path, _tag, _source_of in _KINDS:
    router.include_router(_routes(_path, _tag, _source_of))
