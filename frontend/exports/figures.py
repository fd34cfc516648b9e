"""The figures of a sheet, filled and dressed so that they can leave the page.

On the page a figure is transparent, takes its colours from the theme, and is named and explained
by what stands around it. Away from it, it brings paper, ink, a title and a legend.
"""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.problems import FieldError, Problem, not_found
from frontend.figures.binding import choices_in, fill
from frontend.figures.texts import escaped, with_texts_escaped
from frontend.figures.view import Figure, Panel, Section, Shape, View
from frontend.sheets.base import Item, Sheet, Stage

# Width and height, in pixels.
SIZES: dict[Shape, tuple[int, int]] = {
    "square": (600, 540),
    "small": (640, 400),
    "matrix": (600, 540),
    "wide": (960, 480),
    "low": (960, 380),
    "picture": (560, 600),
    "mosaic": (960, 680),
}
HEAD = 44
_LINE = 20
# What a letter of a title takes, in pixels.
_LETTER = 9
_FOOT = 24
_SIDE = 24
_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
_RINGED = {
    "weight": 600,
    "shadow": ", ".join(f"{x}px {y}px 1px #000" for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y),
}
# What a trace draws is in one of these.
_DRAWN = ("x", "y", "z", "source", "values")


@dataclass(frozen=True)
class Ink:
    """The colours of a theme that a picture needs: those of ``assets/base.css``."""

    paper: str
    text: str
    quiet: str
    line: str


LIGHT = Ink("#FFFFFF", "#1F2430", "#6B7280", "#E3E6EB")
DARK = Ink("#171B23", "#E4E7EC", "#9AA3B2", "#2E3543")


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
        """Its width and height as a picture."""
        return SIZES[self.section.shape]

    def filled(self, at: float | None = None) -> Figure:
        """The figure at a place of the slider, by itself where it starts."""
        return filled(self.stage, self.panel, at)

    def alone(self, at: float | None = None, *, dark: bool = False) -> Figure:
        """The filled figure as it can leave the page."""
        return dressed(self.filled(at), self.title, self.size[0], dark=dark)


def figures_of(sheet: Sheet) -> list[Drawn]:
    """The figures in which there is something to see, from top to bottom."""
    found: dict[str, Drawn] = {}
    for item in sheet.items:
        for drawn in _of_item(sheet, item):
            if drawn.name not in found and has_something(drawn.filled()):
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


def filled(stage: Stage, panel: Panel, at: float | None) -> Figure:
    """A panel's figure with what is in the stage's result, nothing chosen by hand."""
    place = start_of(stage.view) if at is None else at
    choices = choices_in(stage.view, stage.result)
    return fill(with_texts_escaped(panel.figure), stage.result, place, choices)


def start_of(view: View) -> float:
    """Where the slider starts; 0 where there is none."""
    return view.scrubber.start if view.scrubber else 0.0


def has_something(figure: Figure) -> bool:
    """Whether any trace draws anything."""
    return any(
        trace.get("visible", True) is True
        and any(key in trace and _length(trace[key]) for key in _DRAWN)
        for trace in figure["data"]
    )


def _length(values: Any) -> int:
    return len(values) if hasattr(values, "__len__") else 0


def dressed(figure: Figure, title: str, width: int, *, dark: bool = False) -> Figure:
    """A copy of a filled figure with a title, a legend, and colours of its own."""
    ink = DARK if dark else LIGHT
    worn = copy.deepcopy(figure)
    layout = worn["layout"]
    lines = textwrap.wrap(title, width // _LETTER)
    layout["title"] = title_of(lines, ink)
    colour(layout, ink)
    margin = layout.get("margin", {})
    layout["margin"] = {
        "l": max(margin.get("l", 0), _SIDE),
        "r": max(margin.get("r", 0), _SIDE),
        "t": margin.get("t", 0) + HEAD + _LINE * max(0, len(lines) - 1),
        "b": max(margin.get("b", 0), _FOOT),
    }
    _add_legend(worn, ink)
    _ring_words(worn)
    for trace in worn["data"]:
        # Plotly would call it "trace 0".
        trace.setdefault("name", "")
    return worn


def title_of(lines: list[str], ink: Ink) -> dict[str, Any]:
    """A title at the top left, as it is written."""
    return {
        "text": "<br>".join(map(escaped, lines)),
        "font": {"size": 15, "color": ink.text},
        "x": 0,
        "xref": "paper",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 14},
    }


def colour(layout: dict[str, Any], ink: Ink) -> None:
    """Put a layout onto paper."""
    layout["paper_bgcolor"] = layout["plot_bgcolor"] = ink.paper
    layout["font"] = {"family": _FONT, "color": ink.text}
    layout["autosize"] = False
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            axis["gridcolor"] = axis["linecolor"] = ink.line
            axis["tickfont"] = {**axis.get("tickfont", {}), "color": ink.quiet}


def _add_legend(figure: Figure, ink: Ink) -> None:
    """Say which colour is what, where there is more than one: the page does it with buttons."""
    told: dict[str, dict[str, Any]] = {}
    for trace in figure["data"]:
        trace.setdefault("showlegend", True)
        if _is_curve(trace) and trace["showlegend"]:
            before = told.setdefault(trace["name"], trace)
            # Of several curves of one name the boldest speaks for all.
            if _weight(trace) > _weight(before):
                told[trace["name"]] = trace
        trace["showlegend"] = False
    for trace in told.values():
        trace["showlegend"] = True
    figure["layout"]["showlegend"] = len(told) > 1
    figure["layout"]["legend"] = {
        "font": {"size": 11, "color": ink.text},
        "bgcolor": "rgba(0,0,0,0)",
        "tracegroupgap": 0,
    }


def _is_curve(trace: dict[str, Any]) -> bool:
    is_kind = trace["type"] in ("scatter", "bar", "box") and trace.get("mode") != "text"
    return is_kind and bool(trace.get("name")) and has_something({"data": [trace]})


def _weight(trace: dict[str, Any]) -> float:
    return float(trace.get("line", {}).get("width", 1) * trace.get("opacity", 1))


def _ring_words(figure: Figure) -> None:
    """Words on a picture can be read whatever is behind them: as ``assets/plots.css`` does it."""
    if any(trace["type"] == "image" for trace in figure["data"]):
        for trace in figure["data"]:
            if trace.get("mode") == "text":
                trace["textfont"] = {**trace.get("textfont", {}), **_RINGED}
