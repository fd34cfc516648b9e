"""All panels of a section in one picture, with their titles and the legend that they share."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.problems import FieldError, Problem, not_found
from frontend.exports.browser import Shot, draw
from frontend.exports.figures import heading, sections_of, seen_rows, told_rows
from frontend.exports.pictures import Look
from frontend.figures.panels import SIZES, Key, Section
from frontend.sheets.base import Sheet, Stage

# What the name of a figure begins with that is all panels of a section; alone it is the first.
PANELS = "panels"


def is_grid(name: str | None) -> bool:
    """Whether a name is one of :func:`grids_of`, or stands for the first of them."""
    return name is not None and (name == PANELS or name.startswith(f"{PANELS}-"))


def grids_of(sheet: Sheet) -> dict[str, tuple[Stage, Section]]:
    """The sections with several panels to see, by what files and addresses call all of them."""
    return {
        f"{PANELS}-{name}": (stage, section)
        for name, (stage, section) in sections_of(sheet).items()
        if sum(len(row.panels) for row in seen_rows(stage, section)) > 1
    }


def grid(sheet: Sheet, name: str, look: Look) -> tuple[str, bytes]:
    """The name of a grid and its picture. It blocks.

    Raises
    ------
    Problem
        404 where no section has several panels, 422 for an unknown name.
    """
    grids = grids_of(sheet)
    if not grids:
        raise not_found("section here with several panels to put into one picture")
    name = next(iter(grids)) if name == PANELS else name
    if name not in grids:
        detail = f"Choose one of {', '.join(grids)}."
        field = FieldError(field="figure", message=detail, allowed=list(grids))
        raise Problem(422, "There is no such figure", detail, [field])
    [picture] = draw([_shot(*grids[name], look)])
    return name, picture


def _shot(stage: Stage, section: Section, look: Look) -> Shot:
    rows = seen_rows(stage, section)
    wish: dict[str, Any] = {
        "title": heading(stage, section),
        "rows": told_rows(section, rows),
        "keys": [asdict(key) for key in _legend(section)],
        "size": SIZES[section.shape],
        **look.wish,
    }
    return Shot("panels", stage, section, [panel for row in rows for panel in row.panels], wish)


def _legend(section: Section) -> list[Key]:
    """What colours and marks mean; on the page, buttons that hide curves say it, too."""
    told = [Key(each.title, each.colour, each.symbol) for each in section.toggles]
    faded = [Key(k.title, None, "faded") if _is_plain(k) else k for k in section.keys]
    return [*faded, *told]


def _is_plain(key: Key) -> bool:
    return key.colour is None and key.symbol == "circle"
