"""Sheets frozen as they stand: what a share keeps, and what a self-contained file is made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from dash import html

from frontend.components import figures
from frontend.components.attributes import attributes
from frontend.components.controls import enlarge_button, scrubber
from frontend.components.icons import icon
from frontend.documents.explanations import with_explanations
from frontend.documents.markup import Markup, markdown, to_html
from frontend.figures.panels import Section
from frontend.figures.used_results import used_by
from frontend.figures.view import Downloads, Scrubber
from frontend.sheets.base import Item, Place, Sheet, Stage
from frontend.sheets.staging import stage_page

FORMAT = 1


@dataclass(frozen=True)
class Snapshot:
    """A sheet as HTML, and the data that fills it.

    Attributes
    ----------
    body
        What is below the title; safe HTML.
    data
        JSON of what ``assets/pages/live.js`` opens a page with.
    """

    title: str
    summary: str
    frozen_at: str
    body: str
    data: bytes

    def to_json(self) -> bytes:
        """Everything, as JSON."""
        fields = {**asdict(self), "data": orjson.Fragment(self.data)}
        return orjson.dumps({"format": FORMAT, **fields})

    @classmethod
    def from_json(cls, document: bytes) -> Snapshot:
        """What :meth:`to_json` has written."""
        fields = orjson.loads(document)
        if fields.pop("format") != FORMAT:
            raise ValueError("the snapshot is of another version")
        return cls(**{**fields, "data": orjson.dumps(fields["data"])})


def snapshot_of(sheet: Sheet, title: str = "") -> Snapshot:
    """Freeze a sheet, under a title of its own if it is given one."""
    title = title or sheet.title
    sheet = _numbered(sheet) if _is_board(sheet) else sheet
    now = datetime.now(UTC)
    data = {
        "title": title,
        "now": now.isoformat(),
        "stages": {name: _frozen(stage) for name, stage in sheet.stages.items()},
    }
    return Snapshot(title, sheet.summary, now.isoformat(), body_of(sheet), orjson.dumps(data))


def body_of(sheet: Sheet) -> Markup:
    """What is on a sheet, as HTML: one thing below the other, or in the places of a dashboard."""
    if _is_board(sheet):
        grid = html.Div([_placed(item, sheet) for item in sheet.items], className="grid")
        return with_explanations(to_html(grid))
    parts = [_shown(item, sheet) for item in sheet.items]
    return with_explanations(to_html([_notes(sheet), *parts]))


def _is_board(sheet: Sheet) -> bool:
    """Whether it has its things in places of a dashboard."""
    return any(item.place for item in sheet.items)


def _numbered(sheet: Sheet) -> Sheet:
    """A dashboard with numbers for its stages, which are called after the ids of runs."""
    names = {name: f"stage-{number}" for number, name in enumerate(sheet.stages, start=1)}
    stages = {names[name]: replace(each, name=names[name]) for name, each in sheet.stages.items()}
    items = [replace(item, stage=names[item.stage]) if item.stage else item for item in sheet.items]
    return replace(sheet, stages=stages, items=items)


def item_body(item: Item, stage: Stage | None) -> Any:
    """What is in one panel: a note, a part, what is gone; None of what cannot be frozen."""
    if item.gone:
        return html.P([icon("bin"), html.Span(item.gone)], className="gone")
    if stage is None or item.part is None:
        return html.Div(markdown(item.note, item.pictures), className="note")
    if isinstance(item.part, Downloads):
        return None
    return figures.part_of(item.part)


def _in_panel(item: Item, stage: Stage | None) -> Any:
    """Where a panel has but one figure, it is as large as the panel."""
    if isinstance(item.part, Section) and len(item.part.panels) == 1:
        return figures.alone(item.part)
    return item_body(item, stage)


def panel_body(item: Item, stage: Stage | None) -> Any:
    """What is in a panel of a dashboard, with a slider of its own if it follows one."""
    slider = stage.view.scrubber if stage else None
    follows = slider and item.part and figures.follows(item.part)
    content = html.Div(_in_panel(item, stage), className="panel-content")
    on_stage = attributes(data_stage=stage.name) if stage else {}
    foot = part_foot(slider) if follows and slider else None
    told = html.P(item.missing, className="panel-missing") if item.missing else None
    return html.Div([told, content, foot], className="panel-body", **on_stage)


def part_foot(slider: Scrubber) -> html.Div:
    """The slider below one panel; those of the same places move together."""
    return html.Div(scrubber(slider), className="panel-foot")


def _shown(item: Item, sheet: Sheet) -> Any:
    stage = sheet.stages[item.stage] if item.stage else None
    content = item_body(item, stage)
    if content is None or stage is None:
        return content
    return html.Div(content, className="on-stage", **attributes(data_stage=stage.name))


def _placed(item: Item, sheet: Sheet) -> html.Div:
    stage = sheet.stages[item.stage] if item.stage else None
    heading = html.H2(item.title, className="panel-heading") if item.title else None
    body = panel_body(item, stage)
    larger = enlarge_button(item.title or "the panel") if item.part else None
    return html.Div([heading, body, larger], className="grid-panel", style=_style(item.place))


def _style(place: Place | None) -> dict[str, str]:
    if place is None:
        return {}
    return {
        "gridColumn": f"{place.x + 1} / span {place.width}",
        "gridRow": f"{place.y + 1} / span {place.height}",
    }


def _notes(sheet: Sheet) -> html.Ul | None:
    notes = [note for stage in sheet.stages.values() for note in stage.result.notes]
    lines = [html.Li(note.text, **attributes(data_level=note.level)) for note in notes]
    return html.Ul(lines, className="notes") if lines else None


def _frozen(stage: Stage) -> dict[str, Any]:
    """A stage with nothing of its runs but what is drawn: no files, no traces of errors.

    Notes stand in the body, where the sheet is one that tells them.
    """
    result = used_by(stage.result, stage.view)
    silent: dict[str, Any] = {"artifacts": [], "notes": [], "error": None}
    silent |= {"progress": None, "done_by_part": {}}
    result = result.model_copy(update=silent)
    page = stage_page(replace(stage, result=result), frozen=True)
    for voice in page["voices"]:
        voice |= {"run": {"status": voice["run"]["status"]}, "after": "0", "frames": None}
    for mask in page["hand_masks"]:
        del mask["run"]
    return page
