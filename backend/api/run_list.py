"""Lists of runs, what people mark them with, and the bin, over REST."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api.dependencies import RunListOf, Whole
from backend.api.runs import PROBLEMS, Tags, Title
from backend.run_model import Run
from backend.store.listing import Sort, Wanted
from pruning.events import Status

TOTAL = "X-Total-Count"

router = APIRouter(tags=["runs"], responses=PROBLEMS)


class Filters(BaseModel):
    """Which runs, and in which order."""

    model_config = ConfigDict(extra="forbid")

    experiment: str = Field("", description="The name of their experiment.")
    dataset: str = Field("", description="A part of their dataset's name.")
    model: str = Field("", description="A part of their model's name.")
    criteria: str = Field("", description="A part of the names of their criteria.")
    status: list[Status] = Field(default_factory=list, description="One of these; any if none.")
    tag: str = Field("", description="A tag that they have.")
    starred: bool = Field(False, description="Only those with a star.")
    search: str = Field(
        "",
        max_length=200,
        description="Words, each of which is in title, tags, id, experiment, dataset, model or "
        "criteria.",
    )
    bin: bool = Field(False, description="Those in the bin instead.")
    sort: Sort = Field("created", description="The column that they are sorted by.")
    descending: bool = Field(True, description="The highest, or the newest, first.")
    limit: int = Field(50, ge=1, le=500)
    offset: Whole = 0

    @property
    def wanted(self) -> Wanted:
        """The same without the page."""
        return Wanted(**self.model_dump(exclude={"limit", "offset"}))


class Marks(BaseModel):
    """What to change of a run; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    tags: Tags | None = None
    starred: bool | None = None


class Emptied(BaseModel):
    """What became of the bin."""

    removed: int = Field(description="How many runs were in it.")


@router.get("/runs")
def list_runs(
    filters: Annotated[Filters, Query()], runs: RunListOf, response: Response
) -> list[Run]:
    """A page of runs, the newest first unless asked otherwise; X-Total-Count says of how many."""
    page = runs.page(filters.wanted, filters.limit, filters.offset)
    response.headers[TOTAL] = str(page.total)
    return page.runs


@router.patch("/runs/{run_id}")
def mark_run(run_id: str, marks: Marks, runs: RunListOf) -> Run:
    """Rename, tag or star a run."""
    return runs.mark(run_id, title=marks.title, tags=marks.tags, starred=marks.starred)


@router.delete("/runs/{run_id}", status_code=204)
def delete_run(
    run_id: str,
    runs: RunListOf,
    for_good: Annotated[bool, Query(description="Out of the bin, with all that it left.")] = False,
) -> None:
    """Move a run that has ended to the bin, or remove one in the bin for good."""
    if for_good:
        runs.remove(run_id)
    else:
        runs.put_in_bin(run_id)


@router.post("/runs/{run_id}/restore")
def restore_run(run_id: str, runs: RunListOf) -> Run:
    """Take a run out of the bin."""
    return runs.restore(run_id)


@router.post("/bin/empty")
def empty_bin(runs: RunListOf) -> Emptied:
    """Remove all that is in the bin for good."""
    return Emptied(removed=runs.empty_bin())
