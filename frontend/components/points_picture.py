"""A small picture of points in the plane, drawn as SVG."""

from __future__ import annotations

from base64 import b64encode

from backend.points import ShownPoints
from frontend.figures.colours import class_colour
from pruning.data.formula_points import SIDE

_PIXELS = 160
_RADIUS = 2.2
_MARGIN = 4


def points_picture(shown: ShownPoints) -> str:
    """The address of a picture of these points, with all of it in the address."""
    reach = max(SIDE, *map(abs, (*shown.x, *shown.y)))
    scale = (_PIXELS / 2 - _MARGIN) / reach
    dots = "".join(
        f'<circle cx="{_PIXELS / 2 + scale * x:.1f}" cy="{_PIXELS / 2 - scale * y:.1f}" '
        f'r="{_RADIUS}" fill="{class_colour(label)}"/>'
        for x, y, label in zip(shown.x, shown.y, shown.label, strict=True)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_PIXELS} {_PIXELS}" '
        f'width="{_PIXELS}" height="{_PIXELS}">{dots}</svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
