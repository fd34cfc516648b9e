"""A section over the places of the slider, as a GIF: as pages make it, in the server's browser."""

from __future__ import annotations

from backend.problems import FieldError, Problem, not_found
from frontend.exports.browser import Shot, draw
from frontend.exports.figures import SIZES, figures_of, is_seen
from frontend.figures.view import Row, Scrubber, Section
from frontend.sheets.base import Sheet, Stage

# Of more places, as many are shown that lie evenly among them.
_MOST_PLACES = 30


def sections_of(sheet: Sheet) -> dict[str, tuple[Stage, Section]]:
    """The sections that follow a slider, by name, the ones made for it first."""
    moving = {
        f"{d.stage.name}-{d.section.name}" if len(sheet.stages) > 1 else d.section.name: (
            d.stage,
            d.section,
        )
        for d in figures_of(sheet)
        if d.stage.view.scrubber and _moves(d.section)
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


def animation(sheet: Sheet, name: str | None = None, *, dark: bool = False) -> tuple[str, bytes]:
    """The name of a section, or else of the first that moves, and its GIF. It blocks.

    Raises
    ------
    Problem
        404 where nothing moves, 422 for an unknown name.
    """
    sections = sections_of(sheet)
    if not sections:
        raise not_found("figure here that follows a slider, so there is nothing to animate")
    name = name or next(iter(sections))
    if name not in sections:
        detail = f"Choose one of {', '.join(sections)}."
        field = FieldError(field="figure", message=detail, allowed=list(sections))
        raise Problem(422, "There is no such animation", detail, [field])
    [gif] = draw([_shot(*sections[name], dark=dark)])
    return name, gif


def _shot(stage: Stage, section: Section, *, dark: bool) -> Shot:
    assert stage.view.scrubber
    rows = [row for each in section.rows if (row := _seen(stage, each)).panels]
    wish = {
        "title": next(filter(None, (section.title, stage.title)), ""),
        "rows": [_named(section, row) for row in rows],
        "size": SIZES[section.shape],
        "places": _places(stage.view.scrubber),
        "dark": dark,
    }
    return Shot("animation", stage, section, [panel for row in rows for panel in row.panels], wish)


def _seen(stage: Stage, row: Row) -> Row:
    """A row with the panels in which there is something to see."""
    return Row([panel for panel in row.panels if is_seen(stage, panel)], row.title)


def _named(section: Section, row: Row) -> list[dict[str, str]]:
    """The figures of a row, and what each is called; the first names its row, too."""
    titles = [panel.title for panel in row.panels]
    titles[0] = " · ".join(filter(None, (row.title, titles[0])))
    figures = map(section.figure_name, row.panels)
    return [{"figure": f, "title": title} for f, title in zip(figures, titles, strict=True)]


def _places(slider: Scrubber) -> list[float]:
    step = max(1, (len(slider.places) - 1) / (_MOST_PLACES - 1))
    shown = min(len(slider.places), _MOST_PLACES)
    return [slider.places[round(i * step)] for i in range(shown)]
