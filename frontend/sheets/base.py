"""What can be looked at as a whole: a run, a comparison of runs, a dashboard.

A *stage* is a result with the view that draws it: what one slider moves. A *sheet* puts what is
on one stage or on several into an order. Pages, exports and shares are made of sheets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.dashboards import By
from backend.hand_mask_model import HandMask
from backend.runs import Run
from frontend.figures.view import Part, View
from frontend.naming import run_title
from frontend.sheets.note_pictures import NotePicture
from frontend.views.base import view_of_stored
from pruning.events import Result


class _Source(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunSource(_Source):
    """One run."""

    kind: Literal["run"] = "run"
    run: str


class ComparisonSource(_Source):
    """Several runs over each other."""

    kind: Literal["comparison"] = "comparison"
    runs: list[str] = Field(min_length=1, max_length=50)
    by: By | None = Field(
        None, description="What colours stand for; empty: what there are many of."
    )


class DashboardSource(_Source):
    """A dashboard."""

    kind: Literal["dashboard"] = "dashboard"
    dashboard: str


Source = Annotated[RunSource | ComparisonSource | DashboardSource, Field(discriminator="kind")]


@dataclass(frozen=True)
class Voice:
    """A run that speaks on a stage: its names there begin with ``prefix``.

    Where it is known which of its ``frames`` are drawn, a browser needs to ask for no others.
    """

    run: Run
    last_event_id: str
    prefix: str = ""
    frames: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Stage:
    """A result with its view.

    Attributes
    ----------
    name
        What ``data-stage`` says of all that is drawn of it.
    voices
        The runs that the result is of.
    hand_masks
        The masks that people keep with the one run that it is of, the oldest first.
    """

    name: str
    title: str
    view: View
    result: Result
    voices: list[Voice]
    hand_masks: Sequence[HandMask] = ()


@dataclass(frozen=True)
class Place:
    """Where something is on a dashboard, in columns (of 12) and rows."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Item:
    """One thing on a sheet: a part of a stage's view, or a note in Markdown.

    Of the pictures that a note names, ``pictures`` has those that there are, by their digests.
    Of a section with several figures, ``figure`` may name one. Where there is nothing to show any
    more, ``gone`` says what was there; where only some of it is missing, ``missing`` says what.
    """

    stage: str | None = None
    part: Part | None = None
    figure: str | None = None
    note: str = ""
    pictures: Mapping[str, NotePicture] = field(default_factory=dict)
    gone: str = ""
    missing: str = ""
    title: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Sheet:
    """A title, stages by name, and what of them is shown, from top to bottom."""

    title: str
    stages: dict[str, Stage]
    items: list[Item]
    summary: str = ""
    words: list[str] = field(default_factory=list)

    @property
    def runs(self) -> list[Run]:
        """The runs that are on it, each once."""
        found = {v.run.id: v.run for stage in self.stages.values() for v in stage.voices}
        return list(found.values())


def run_sheet(
    run: Run, result: Result, last_event_id: str, hand_masks: Sequence[HandMask] = ()
) -> Sheet:
    """The sheet of one run: all parts of its view."""
    view = view_of_stored(run.experiment, run.config)
    title = run_title(run)
    stage = Stage("run", title, view, result, [Voice(run, last_event_id)], hand_masks)
    said = " · ".join(filter(None, (view.summary, view.details)))
    return Sheet(title, {"run": stage}, [Item("run", part) for part in view.parts], said)
