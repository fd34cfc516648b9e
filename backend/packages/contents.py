"""What is in a package: the documents, their names, and how large they may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.dashboards import Content
from backend.hand_mask_model import MOST_MASKS, HandMade
from backend.store.models import DashboardRevision, DashboardRow, HandMaskRow, RunRow
from backend.utc import Moment
from pruning.events import Event, Items, Named

# A package is written in the first format that has what is in it, so that older versions take it:
# the second has masks made by hand, the third pictures of notes.
FORMAT = 3
MASKS_FORMAT = 2
FIRST_FORMAT = 1
MANIFEST = "manifest.json"
MOST_FILES = 20_000
# The list of the files, which is read before they are counted: 200 bytes for each of the most.
DIRECTORY_BYTES = 4 * 2**20
# A document is read into memory as a whole. The largest that is made here, a toy run of every
# criterion at 200 sparsities on the finest grid, has 290 million bytes, most of them base64.
DOCUMENT_BYTES = 320 * 2**20
MANIFEST_BYTES = 16 * 2**20
# A few bytes of JSON become a hundred in memory, so values are counted, too. A study of 50,000
# prunings says 1.5 million, and these take half a GiB.
MOST_VALUES = 5_000_000
# What one object of JSON has by name: the files of a manifest are the most.
MOST_NAMES = MOST_FILES
# A history is read line by line; the ids of these take a quarter of a GiB.
MOST_EVENTS = 2_000_000
# An experiment finds a fault in each item of a list; a real configuration has some thousand bytes.
CONFIG_BYTES = 64 * 2**10
# What both databases keep in a column of integers.
MOST_COUNT = 2**31 - 1

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Tag = Annotated[str, Field(max_length=50)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class FileFacts(_Document):
    """How a file has to be for the package to be whole."""

    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(_Document):
    """What a package holds: every file but this one."""

    format: int = FIRST_FORMAT
    prunelab: str
    title: str
    created_at: Moment
    runs: Items[Id]
    dashboards: Items[Id]
    files: Named[FileFacts]


class PackedRun(_Document):
    """All that is known of a run that has ended, but for what follows from the rest."""

    id: Id
    experiment: str = Field(min_length=1, max_length=64)
    title: str = Field(max_length=10_000)
    tags: list[Tag] = Field(max_length=100)
    starred: bool = False
    config: dict[str, Any]
    config_hash: str = Field(pattern=r"^[0-9a-f]{16}$")
    status: Literal["done", "failed", "cancelled"]
    error: str | None
    attempts: int = Field(ge=0, le=MOST_COUNT)
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment

    def row(self) -> RunRow:
        """The run as the store keeps it."""
        row = RunRow(**self.model_dump(), cancel_requested=False, divided=False, imported=True)
        if self.started_at:
            row.duration = (self.finished_at - self.started_at).total_seconds()
        return row


class PackedHandMask(HandMade):
    """A mask that somebody has made by hand, and when."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    created_at: Moment

    def row(self, run_id: str) -> HandMaskRow:
        """The mask as the store keeps it."""
        return HandMaskRow(run_id=run_id, **self.model_dump())


class PackedHandMasks(_Document):
    """The masks that are kept with a run, the oldest first."""

    masks: Items[PackedHandMask] = Field(max_length=MOST_MASKS)


class Line(_Document):
    """A line of a run's history."""

    id: str = Field(pattern=r"^\d{1,20}(-\d{1,20})?$")
    event: Event


class PackedRevision(_Document):
    """A dashboard as it was at some time."""

    number: int = Field(ge=0, le=MOST_COUNT)
    content: Content
    saved_at: Moment


class PackedDashboard(_Document):
    """A dashboard with all that undoing goes back to."""

    id: Id
    created_at: Moment
    updated_at: Moment
    current: int
    revisions: Items[PackedRevision] = Field(min_length=1, max_length=10_000)

    def rows(self) -> tuple[DashboardRow, list[DashboardRevision]]:
        """The dashboard as the store keeps it."""
        revisions = [
            DashboardRevision(
                dashboard_id=self.id,
                number=revision.number,
                content=revision.content.model_dump(mode="json"),
                saved_at=revision.saved_at,
            )
            for revision in self.revisions
        ]
        return DashboardRow(**self.model_dump(exclude={"revisions"})), revisions

    @property
    def content(self) -> Content | None:
        """What is on it now; None if it names a revision that it does not have."""
        found = (each.content for each in self.revisions if each.number == self.current)
        return next(found, None)

    def with_runs(self, ids: Mapping[str, str]) -> PackedDashboard:
        """The same with the ids that its runs have here."""
        revisions = [
            each.model_copy(update={"content": _with_runs(each.content, ids)})
            for each in self.revisions
        ]
        return self.model_copy(update={"revisions": revisions})


def _with_runs(content: Content, ids: Mapping[str, str]) -> Content:
    panels = [
        panel.model_copy(update={"runs": [ids.get(run_id, run_id) for run_id in panel.runs]})
        for panel in content.panels
    ]
    return content.model_copy(update={"panels": panels})


def run_file(run_id: str, name: str) -> str:
    """The name of a run's file in the package."""
    return f"runs/{run_id}/{name}"


def dashboard_file(dashboard_id: str) -> str:
    """The name of a dashboard's file in the package."""
    return f"dashboards/{dashboard_id}.json"
