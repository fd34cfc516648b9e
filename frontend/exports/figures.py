"""The figures of a sheet, as they can be taken away: what they are called and how large they are.

What is in them, and the paper, ink, title and legend that they leave with, a browser adds: see
:mod:`.browser`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.problems import FieldError, Problem, not_found
from frontend.figures.panels import SIZES, Panel, Row, Section
from frontend.figures.used_results import has_something
from frontend.sheets.base import Item, Sheet, Stage

# Of wide pictures, and what a title and margins take above and below.
_WIDE, _AROUND = 960, 80


@dataclass(frozen=True)
class Drawn:
    """A figure that a sheet has, with where it stands there.

    Attributes
    ----------
    name
        What files and addresses call it; each is once on a sheet.
    """

    name: str
    title: str
    stage: Stage
    section: Section
    panel: Panel

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height as a picture; one that is wide needs no room above and below."""
        width, height = SIZES[self.section.shape]
        aspect = self.panel.aspect
        if aspect is None or aspect <= width / height:
            return width, height
        return _WIDE, round(_WIDE / aspect) + _AROUND


def figures_of(sheet: Sheet) -> list[Drawn]:
    """The figures in which there is something to see, from top to bottom."""
    found: dict[str, Drawn] = {}
    for item in sheet.items:
        for drawn in _of_item(sheet, item):
            if drawn.name not in found and is_seen(drawn.stage, drawn.panel):
                found[drawn.name] = drawn
    return list(found.values())


def figure_of(sheet: Sheet, name: str | None) -> Drawn:
    """The figure of a name, or the first; a Problem that lists the names if there is none."""
    figures = figures_of(sheet)
    if not figures:
        raise not_found("figure yet: nothing has been drawn")
    for drawn in figures:
        if name in (None, drawn.name):
            return drawn
    names = [drawn.name for drawn in figures]
    field = FieldError(field="figure", message=f"choose one of {', '.join(names)}", allowed=names)
    detail = f"There is no figure {name!r}. Choose one of {', '.join(names)}."
    raise Problem(422, "There is no such figure", detail, [field])


def is_seen(stage: Stage, panel: Panel) -> bool:
    """Whether there is something to see in a panel of a stage."""
    return not panel.made_here and has_something(panel.figure, stage.result, stage.view.choices)


def sections_of(sheet: Sheet) -> dict[str, tuple[Stage, Section]]:
    """The sections in which there is something to see, by what files and addresses call them."""
    return {
        f"{d.stage.name}-{d.section.name}" if len(sheet.stages) > 1 else d.section.name: (
            d.stage,
            d.section,
        )
        for d in figures_of(sheet)
    }


def seen_rows(stage: Stage, section: Section) -> list[Row]:
    """The rows of a section, with the panels in which there is something to see."""
    rows = [Row([p for p in row.panels if is_seen(stage, p)], row.title) for row in section.rows]
    return [row for row in rows if row.panels]


def told_rows(section: Section, rows: list[Row]) -> list[list[dict[str, str]]]:
    """Their figures as a browser is told of them; the first of a row says what that is called."""
    return [
        [
            {
                "figure": section.figure_name(panel),
                "row": "" if place else row.title,
                "title": panel.title,
            }
            for place, panel in enumerate(row.panels)
        ]
        for row in rows
    ]


def heading(stage: Stage, section: Section) -> str:
    """What a section is called where it stands alone."""
    return section.title or stage.title


def _of_item(sheet: Sheet, item: Item) -> Iterator[Drawn]:
    if item.stage is None or not isinstance(item.part, Section):
        return
    stage, section = sheet.stages[item.stage], item.part
    scope = f"{stage.name}-" if len(sheet.stages) > 1 else ""
    for row in section.rows:
        for panel in row.panels:
            name = section.figure_name(panel)
            if item.figure in (None, name, panel.name):
                title = item.title if item.figure else ""
                said = title or _title(section, row.title, panel, stage.title if scope else "")
                yield Drawn(f"{scope}{name}", said, stage, section, panel)


def _title(section: Section, row: str, panel: Panel, whose: str) -> str:
    """What the card, the row and the panel are called, each once."""
    said = dict.fromkeys(filter(None, (section.title, row, panel.title, whose)))
    return " · ".join(said)
