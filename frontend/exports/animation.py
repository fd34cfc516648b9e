"""A section over the places of the slider, as a GIF: as pages make it, in the server's browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.problems import FieldError, Problem, not_found
from frontend.exports.browser import Shot, draw
from frontend.exports.figures import heading, sections_of, seen_rows, told_rows
from frontend.figures.panels import SIZES, Section
from frontend.sheets.base import Sheet, Stage


def animations_of(sheet: Sheet) -> dict[str, tuple[Stage, Section]]:
    """The sections that follow a slider, by name, the ones made for it first."""
    moving = {
        name: (stage, section)
        for name, (stage, section) in sections_of(sheet).items()
        if stage.view.scrubber and _moves(section)
    }
    order = sorted(moving, key=lambda name: not _for_animation(moving[name][1]))
    return {name: moving[name] for name in order}


def _moves(section: Section) -> bool:
    """Whether it draws frames: a curve only has its mark moved."""
    return any(
        "frame" in trace.get("meta", {}) or "at" in trace.get("meta", {})
        for panel in section.panels
        for trace in panel.figure["data"]
    )


def _for_animation(section: Section) -> bool:
    return section.animated or section.shape == "square"


def animation(
    sheet: Sheet,
    name: str | None = None,
    choices: Mapping[str, str] | None = None,
    *,
    dark: bool = False,
) -> tuple[str, bytes]:
    """The name of a section, or else of the first that moves, and its GIF. It blocks.

    Raises
    ------
    Problem
        404 where nothing moves, 422 for an unknown name.
    """
    sections = animations_of(sheet)
    if not sections:
        raise not_found("figure here that follows a slider, so there is nothing to animate")
    name = name or next(iter(sections))
    if name not in sections:
        detail = f"Choose one of {', '.join(sections)}."
        field = FieldError(field="figure", message=detail, allowed=list(sections))
        raise Problem(422, "There is no such animation", detail, [field])
    [gif] = draw([_shot(*sections[name], choices or {}, dark=dark)])
    return name, gif


def _shot(stage: Stage, section: Section, choices: Mapping[str, str], *, dark: bool) -> Shot:
    rows = seen_rows(stage, section)
    wish: dict[str, Any] = {
        "title": heading(stage, section),
        "rows": told_rows(section, rows),
        "size": SIZES[section.shape],
        "choices": choices,
        "dark": dark,
    }
    return Shot("animation", stage, section, [panel for row in rows for panel in row.panels], wish)
