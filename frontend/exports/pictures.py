"""Figures as PNG and SVG."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontend.exports.browser import Format, Shot, draw
from frontend.exports.figures import Drawn

# A PNG of a figure has so many pixels for each of the page's.
_FINE = 2.0


@dataclass(frozen=True)
class Look:
    """In which form, at which place of the slider and with what chosen a picture is drawn.

    Attributes
    ----------
    at
        A place of the slider; where it starts unless given.
    choices
        Options by their choosers; what the page starts with unless given.
    dark
        Whether it is light on dark.
    """

    format: Format
    at: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    dark: bool = False

    @property
    def wish(self) -> dict[str, Any]:
        """The same as the browser is told of it."""
        scale = _FINE if self.format == "png" else 1
        said = {"at": self.at, "choices": self.choices, "dark": self.dark}
        return {**said, "format": self.format, "scale": scale}


def pictures(figures: Sequence[Drawn], look: Look) -> list[bytes]:
    """Figures of a sheet in the sizes of their shapes, all by one browser. It blocks."""
    return draw([_shot(drawn, look) for drawn in figures])


def light_and_dark(drawn: Drawn, size: tuple[int, int]) -> list[bytes]:
    """A figure as it begins, as two PNGs of a size in pixels of a page, by one browser. It blocks.

    In a size smaller than its own its letters are larger beside its curves.
    """
    return draw([_shot(drawn, Look("png", dark=dark), size) for dark in (False, True)])


def _shot(drawn: Drawn, look: Look, size: tuple[int, int] | None = None) -> Shot:
    width, height = size or drawn.size
    figure = drawn.section.figure_name(drawn.panel)
    wish = {"figure": figure, "title": drawn.title, "width": width, "height": height, **look.wish}
    return Shot("picture", drawn.stage, drawn.section, [drawn.panel], wish)


def pictures_zip(figures: Sequence[Drawn], look: Look) -> bytes:
    """All figures in one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for drawn, image in zip(figures, pictures(figures, look), strict=True):
            pack.writestr(f"{drawn.name}.{look.format}", image)
    return file.getvalue()
