"""A section over all places of the slider, as a GIF. The page makes its own, in the browser."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.problems import FieldError, Problem, not_found
from frontend.exports.abreast import Abreast, abreast
from frontend.exports.browser import Shot, draw
from frontend.exports.figures import figures_of
from frontend.figures.view import Scrubber, Section
from frontend.sheets.base import Sheet, Stage

if TYPE_CHECKING:
    from PIL.Image import Image

# Of more places, as many are shown that lie evenly among them.
_MOST_PLACES = 30
_STEP_MS = 500
_LAST_MS = 2000
_COLOURS = 256


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
    stage, section = sections[name]
    scene = abreast(stage, section)
    assert stage.view.scrubber
    return name, gif(draw(_shots(scene, stage.view.scrubber, dark=dark)))


def _shots(scene: Abreast, slider: Scrubber, *, dark: bool) -> list[Shot]:
    places = list(zip(slider.places, slider.labels, strict=True))
    step = max(1, (len(places) - 1) / (_MOST_PLACES - 1))
    shown = [places[round(i * step)] for i in range(min(len(places), _MOST_PLACES))]
    named = filter(None, (scene.section.title, scene.stage.title))
    title = next(named, "")
    return [
        Shot(scene.figure(f"{label} · {title}", at, dark=dark), "png", scene.width, scene.height)
        for at, label in shown
    ]


def gif(pictures: Sequence[bytes]) -> bytes:
    """PNGs of one size as an animation that begins again, the last one shown for longer."""
    images = [_with_palette(picture) for picture in pictures]
    file = io.BytesIO()
    durations = [*[_STEP_MS] * (len(images) - 1), _LAST_MS]
    images[0].save(file, "gif", save_all=True, append_images=images[1:], duration=durations, loop=0)
    return file.getvalue()


def _with_palette(picture: bytes) -> Image:
    """A picture in the colours that suit it best."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as opened:
        return opened.convert("RGB").quantize(
            _COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
