"""Figures as PNG and SVG."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from frontend.exports.browser import Format, Shot, draw
from frontend.exports.figures import Drawn

# A PNG of a figure has so many pixels for each of the page's.
_FINE = 2.0


def pictures(
    figures: Sequence[Drawn],
    format: Format,
    at: float | None = None,
    choices: Mapping[str, str] | None = None,
    *,
    dark: bool = False,
) -> list[bytes]:
    """Figures of a sheet in the sizes of their shapes, all by one browser. It blocks."""
    scale = _FINE if format == "png" else 1
    look = {"at": at, "choices": choices or {}, "dark": dark, "format": format, "scale": scale}
    return draw([_shot(drawn, look) for drawn in figures])


def _shot(drawn: Drawn, look: Mapping[str, Any]) -> Shot:
    width, height = drawn.size
    options = {chooser.name: chooser.options for chooser in drawn.stage.view.choosers}
    readings = [asdict(reading) for reading in drawn.panel.readings]
    said = {"title": drawn.title, "options": options, "readings": readings}
    wish = {**said, "width": width, "height": height, **look}
    figure = drawn.section.figure_name(drawn.panel)
    return Shot("picture", drawn.stage, drawn.section, [drawn.panel], {"figure": figure, **wish})


def pictures_zip(
    figures: Sequence[Drawn],
    format: Format,
    at: float | None = None,
    choices: Mapping[str, str] | None = None,
    *,
    dark: bool = False,
) -> bytes:
    """All figures in one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for drawn, image in zip(
            figures, pictures(figures, format, at, choices, dark=dark), strict=True
        ):
            pack.writestr(f"{drawn.name}.{format}", image)
    return file.getvalue()
