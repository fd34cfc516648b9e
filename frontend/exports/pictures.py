"""Figures as PNG and SVG."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from frontend.exports.browser import Format, Shot, draw
from frontend.exports.figures import Drawn, dressed
from frontend.figures.view import Figure

# A PNG of a figure has so many pixels for each of the page's.
_FINE = 2.0


def picture(
    figure: Figure, *, format: Format, width: int, height: int, dark: bool = False
) -> bytes:
    """One filled figure, dressed, in exactly so many pixels. It blocks, see :func:`.draw`."""
    title = figure["layout"].get("title", {}).get("text", "")
    return draw([Shot(dressed(figure, title, width, dark=dark), format, width, height)])[0]


def pictures(
    figures: Sequence[Drawn], format: Format, at: float | None = None, *, dark: bool = False
) -> list[bytes]:
    """Figures of a sheet in the sizes of their shapes, all by one browser."""
    scale = _FINE if format == "png" else 1
    return draw([Shot(d.alone(at, dark=dark), format, *d.size, scale) for d in figures])


def pictures_zip(
    figures: Sequence[Drawn], format: Format, at: float | None = None, *, dark: bool = False
) -> bytes:
    """All figures in one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for drawn, image in zip(figures, pictures(figures, format, at, dark=dark), strict=True):
            pack.writestr(f"{drawn.name}.{format}", image)
    return file.getvalue()
