"""A dashboard as a sheet: a panel for each part of a run's view, or of a comparison's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backend.dashboards import Dashboard, Panel
from backend.problems import Problem
from backend.services import Services
from frontend.figures.panels import Row, Section
from frontend.figures.tables import TableView
from frontend.figures.view import Downloads, Part, Scrubber, View
from frontend.sheets.base import ComparisonSource, Item, Place, Sheet, Stage, run_sheet
from frontend.sheets.comparison import comparison_sheet, sheet_of_runs, still_there
from frontend.sheets.note_pictures import NotePicture, frozen_pictures, linked_pictures

_GONE = "A run that is gone"


@dataclass(frozen=True)
class PartOption:
    """A part of a view that can be put on a dashboard, with the figures in it."""

    part: str
    title: str
    figures: dict[str, str]


def board_sheet(services: Services, dashboard: Dashboard, *, whole: bool) -> Sheet:
    """The sheet of a dashboard; unless it is ``whole``, its results have no frames yet, and
    its pictures come later.

    What is gone since it was put there leaves a panel that says so.
    """
    panels = dashboard.content.panels
    stages: dict[str, Stage | Problem] = {}
    for panel in panels:
        if panel.runs and stage_name(panel) not in stages:
            stages[stage_name(panel)] = _staged(services, panel, whole=whole)
    of_notes = frozen_pictures if whole else linked_pictures
    pictures = of_notes(services.pictures, (panel.note for panel in panels if not panel.runs))
    items = [_item(panel, stages.get(stage_name(panel)), pictures) for panel in panels]
    used = {
        name: _reduced(stage, items) for name, stage in stages.items() if isinstance(stage, Stage)
    }
    return Sheet(dashboard.content.title, used, items)


def stage_name(panel: Panel) -> str:
    """What all panels of the same runs have in common."""
    if len(panel.runs) == 1:
        return f"run-{panel.runs[0]}"
    return "-".join(["comparison", *panel.runs, panel.by])


def stage_of(services: Services, runs: list[str], by: str, *, whole: bool) -> Stage:
    """The stage of one run, or of a comparison of several."""
    if len(runs) > 1:
        source = ComparisonSource.model_validate({"runs": runs, "by": by})
        (stage,) = comparison_sheet(services, source, whole=whole).stages.values()
        return stage
    read = services.runs.result if whole else services.runs.light_result
    run = services.runs.get(runs[0])
    return run_sheet(run, *read(run.id), services.hand_masks.of(run.id)).stages["run"]


def part_options(view: View) -> list[PartOption]:
    """What of a view can be put on a dashboard."""
    return [
        PartOption(key_of(part), _title(part), _figures(part))
        for part in view.parts
        if not isinstance(part, (Scrubber, Downloads))
    ]


def key_of(part: Part) -> str:
    """What a dashboard calls a part."""
    match part:
        case Section():
            return part.name
        case TableView():
            return f"table-{part.name}"
    return type(part).__name__.lower()


def _staged(services: Services, panel: Panel, *, whole: bool) -> Stage | Problem:
    try:
        if len(panel.runs) > 1:
            stage = _stage_of_rest(services, panel, whole=whole)
        else:
            stage = stage_of(services, panel.runs, panel.by, whole=whole)
    except Problem as problem:
        # One run that is gone must not take the rest of the dashboard with it.
        if problem.status not in (404, 422):
            raise
        return problem
    return replace(stage, name=stage_name(panel))


def _stage_of_rest(services: Services, panel: Panel, *, whole: bool) -> Stage:
    """The comparison of those of a panel's runs that still exist."""
    asked = list(dict.fromkeys(panel.runs))
    left = list(still_there(services, asked).values())
    gone = [run_id for run_id in asked if run_id not in {run.id for run in left}]
    if gone and len(left) < 2:
        rest = f" Only {left[0].title or left[0].id} is left of the comparison." if left else ""
        raise Problem(404, "Not found", f"{_no_run(gone)}.{rest}")
    sheet, _ = sheet_of_runs(services, left, panel.by, whole=whole, among=asked)
    (stage,) = sheet.stages.values()
    return stage


def _item(panel: Panel, found: Stage | Problem | None, pictures: Mapping[str, NotePicture]) -> Item:
    place = Place(panel.x, panel.y, panel.width, panel.height)
    if found is None:
        return Item(note=panel.note, pictures=pictures, title=panel.title, place=place)
    if isinstance(found, Problem):
        title = _GONE if found.status == 404 else found.title
        return Item(gone=found.detail, title=panel.title or title, place=place)
    part = next((part for part in found.view.parts if key_of(part) == panel.part), None)
    if isinstance(part, Section) and panel.figure:
        part = _only(part, panel.figure)
    if part is None:
        gone = f"{found.title} has no {panel.figure or panel.part} (any more)."
        return Item(gone=gone, title=panel.title or "A figure that is gone", place=place)
    title = panel.title or f"{_named(part, panel.figure)} · {_whose(found)}"
    missing = _missing(panel, found)
    return Item(found.name, part, panel.figure or None, missing=missing, title=title, place=place)


def _missing(panel: Panel, stage: Stage) -> str:
    """Which runs of a comparison are not in it any more."""
    there = {voice.run.id for voice in stage.voices}
    gone = [run_id for run_id in dict.fromkeys(panel.runs) if run_id not in there]
    return f"{_no_run(gone)} any more; the others are shown." if gone else ""


def _no_run(run_ids: Sequence[str]) -> str:
    return f"There is no run {' or '.join(map(repr, run_ids))}"


def _only(section: Section, figure: str) -> Section | None:
    """A section with one of its figures."""
    found = [panel for panel in section.panels if panel.name == figure]
    return replace(section, rows=[Row(found)]) if found else None


def _named(part: Part, figure: str) -> str:
    return _figures(part).get(figure) or _title(part)


def _whose(stage: Stage) -> str:
    runs = [voice.run for voice in stage.voices]
    summary = stage.view.summary.partition(" · ")[0]
    return stage.title if len(runs) > 1 else runs[0].title or summary or stage.title


def _title(part: Part) -> str:
    if isinstance(part, Section) and not part.title:
        return ", ".join(panel.title for panel in part.panels)
    return part.title


def _figures(part: Part) -> dict[str, str]:
    if not isinstance(part, Section):
        return {}
    return {panel.name: _panel_title(row, panel.title) for row in part.rows for panel in row.panels}


def _panel_title(row: Row, title: str) -> str:
    return " · ".join(filter(None, (row.title, title)))


def _reduced(stage: Stage, items: list[Item]) -> Stage:
    """A stage with only what is shown of it, and its slider."""
    shown = [item.part for item in items if item.stage == stage.name and item.part]
    slider = [part for part in stage.view.parts if isinstance(part, Scrubber)]
    return replace(stage, view=replace(stage.view, parts=[*slider, *shown]))
