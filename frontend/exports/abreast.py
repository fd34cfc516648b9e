"""A whole section as one figure: its panels beside each other, each on axes of its own.

A browser draws one figure of six panels several times faster than six figures.
"""

from __future__ import annotations

import copy
import textwrap
from dataclasses import dataclass
from typing import Any

from frontend.exports.figures import (
    DARK,
    HEAD,
    LIGHT,
    SIZES,
    Ink,
    colour,
    filled,
    has_something,
    start_of,
    title_of,
)
from frontend.figures.texts import escaped
from frontend.figures.view import Figure, Panel, Section
from frontend.sheets.base import Stage

# In pixels: as wide as a section may be, and what is left between and above its panels.
_WIDEST = 1200
_GAP = 24
_NAME = 26
# What a letter of a name takes.
_LETTER = 8


@dataclass(frozen=True)
class _Tile:
    """A panel with where its figure is, in shares of the whole."""

    panel: Panel
    title: str
    across: list[float]
    up: list[float]
    top: float


@dataclass(frozen=True)
class Abreast:
    """The panels of a section in rows, with the size of the picture that they make."""

    stage: Stage
    section: Section
    tiles: list[_Tile]
    width: int
    height: int

    def figure(self, title: str, at: float, *, dark: bool = False) -> Figure:
        """The section at a place of the slider, with a title above it."""
        ink = DARK if dark else LIGHT
        traces: list[dict[str, Any]] = []
        layout: dict[str, Any] = {"shapes": [], "annotations": [], "showlegend": False}
        for number, tile in enumerate(self.tiles, start=1):
            figure = filled(self.stage, tile.panel, at)
            traces += [_on(trace, number) for trace in figure["data"]]
            _add_axes(layout, figure["layout"], tile, number)
            if len(self.tiles) > 1:
                layout["annotations"].append(_name(tile, ink))
        layout["title"] = title_of([title], ink)
        layout["title"]["pad"]["l"] = _GAP
        layout["margin"] = {side: 0 for side in "lrtb"}
        colour(layout, ink)
        return {"data": traces, "layout": layout}


def abreast(stage: Stage, section: Section) -> Abreast:
    """Lay out the panels of a section in which there is something to see."""
    rows = _rows(stage, section)
    wide, high = SIZES[section.shape]
    columns = max(map(len, rows), default=1)
    # A figure of its own size has room for a legend, which there is not here.
    share = min(0.75, (_WIDEST - _GAP) / (columns * (wide + _GAP)))
    tile_width, tile_height = round(wide * share), round(high * share)
    width = _GAP + columns * (tile_width + _GAP)
    height = HEAD + len(rows) * (_NAME + tile_height + _GAP)
    tiles = []
    for y, row in enumerate(rows):
        for x, (title, panel) in enumerate(row):
            margin = panel.figure["layout"].get("margin", {})
            left = _GAP + x * (tile_width + _GAP)
            top = HEAD + _NAME + y * (_NAME + tile_height + _GAP)
            across = [
                (left + margin.get("l", 0)) / width,
                (left + tile_width - margin.get("r", 0)) / width,
            ]
            up = [
                1 - (top + tile_height - margin.get("b", 0)) / height,
                1 - (top + margin.get("t", 0)) / height,
            ]
            short = textwrap.shorten(title, tile_width // _LETTER, placeholder=" …")
            tiles.append(_Tile(panel, short, across, up, 1 - top / height))
    return Abreast(stage, section, tiles, width, height)


def _rows(stage: Stage, section: Section) -> list[list[tuple[str, Panel]]]:
    """The panels with something in them, and what each is called; the first names its row."""
    start = start_of(stage.view)
    rows = []
    for row in section.rows:
        panels = [panel for panel in row.panels if has_something(filled(stage, panel, start))]
        names = [panel.title for panel in panels]
        if row.title and names:
            names[0] = f"{row.title} · {names[0]}"
        rows.append(list(zip(names, panels, strict=True)))
    return [row for row in rows if row]


def _on(trace: dict[str, Any], number: int) -> dict[str, Any]:
    return {**trace, "xaxis": f"x{number}", "yaxis": f"y{number}", "showlegend": False}


def _add_axes(whole: dict[str, Any], layout: dict[str, Any], tile: _Tile, number: int) -> None:
    """Put a panel's axes and shapes where its tile is."""
    domains = {"x": tile.across, "y": tile.up}
    anchors = {"x": f"y{number}", "y": f"x{number}"}
    for axis in ("x", "y"):
        own = copy.deepcopy(layout.get(f"{axis}axis", {}))
        if "scaleanchor" in own:
            own["scaleanchor"] = f"{own['scaleanchor']}{number}"
        whole[f"{axis}axis{number}"] = {**own, "domain": domains[axis], "anchor": anchors[axis]}
    for shape in layout.get("shapes", []):
        ends = {
            f"{axis}ref": _ref(shape.get(f"{axis}ref", axis), axis, number) for axis in ("x", "y")
        }
        whole["shapes"].append({**shape, **ends})


def _ref(reference: str, axis: str, number: int) -> str:
    return f"{axis}{number} domain" if reference == "paper" else f"{axis}{number}"


def _name(tile: _Tile, ink: Ink) -> dict[str, Any]:
    return {
        "text": f"<b>{escaped(tile.title)}</b>",
        "font": {"size": 12, "color": ink.text},
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": tile.across[0],
        "y": tile.top,
        "xanchor": "left",
        "yanchor": "bottom",
    }
