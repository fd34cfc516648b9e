"""Plotly layouts that sit on the page: transparent, so that one figure serves both themes.

Colours of text and lines come from ``assets/plots.css``, which follows the page's theme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pruning.experiments.outputs import Format

_CLEAR = "rgba(0,0,0,0)"
_HOVER = {
    "bgcolor": "#20242C",
    "bordercolor": "#4B5563",
    "font": {"color": "#F8F9FA", "size": 12},
    "align": "left",
}
_QUIET = {"zeroline": False, "ticks": "", "tickfont": {"size": 10}, "nticks": 6}

# How numbers of each format are written: along an axis, and beside the pointer.
TICKS: dict[Format, tuple[str, str]] = {
    "text": ("", ""),
    "percent": (".0%", ".1%"),
    "points": (".0%", ".1%"),
    "times": ("~g", ".3~g"),
    "integer": ("d", "d"),
    "percentage": ("~g", ".4~g"),
    "number": ("~g", ".3f"),
    "milliseconds": ("~g", ".3~g"),
    "bytes": ("~s", ".3~s"),
}

_SMALL_MARGIN = {"l": 40, "r": 8, "t": 8, "b": 20}
# More numbers than these would run into each other below a small chart.
_MOST_TICKS = 10
# More names than these have to be small.
_MOST_NAMES = 20


def panel_layout(extent: str) -> dict[str, Any]:
    """The layout of a small square figure whose axes span the frame ``extent``, edge to edge."""
    axis = {**_QUIET, "tickfont": {"size": 9}, "showgrid": False, "ticklabelposition": "inside"}
    return {
        **_base(),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "hovermode": "closest",
        "meta": {"extent": extent},
        "xaxis": axis,
        "yaxis": dict(axis),
    }


def line_layout(x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    """The layout of a chart of shares against shares, with a marker at the slider's place."""
    axis = {**_QUIET, "tickformat": ".0%"}
    return {
        **_base(),
        "margin": {"l": 60, "r": 12, "t": 8, "b": 42},
        "hovermode": "x unified",
        "meta": {"extent": {"x": x["range"], "y": y["range"]}},
        "xaxis": {**axis, "nticks": 11, "hoverformat": ".1%", **_titled(x)},
        "yaxis": {**axis, **_titled(y)},
        "shapes": [_place_mark()],
    }


def chart_layout(
    x: dict[str, Any],
    y: dict[str, Any],
    extent: dict[str, Any],
    by: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The layout of any chart: its axes with their titles, what they span, what choices change.

    ``extent`` and ``by`` are written in :mod:`.binding`.
    """
    return {
        **_base(),
        "margin": {"l": 60, "r": 12, "t": 8, "b": 42},
        "hovermode": "x unified",
        "meta": {"extent": extent, **({"by": by} if by else {})},
        "xaxis": {**_QUIET, **_titled(x)},
        "yaxis": {**_QUIET, **_titled(y)},
    }


def marked_layout(*args: Any, **options: Any) -> dict[str, Any]:
    """A :func:`chart_layout` with a marker at the slider's place."""
    return {**chart_layout(*args, **options), "shapes": [_place_mark()]}


def picture_layout(image: str) -> dict[str, Any]:
    """The layout of a picture, as large as fits; ``image`` is ``FRAME:ARRAY``."""
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return {
        **_base(),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "hovermode": "closest",
        "meta": {"extent": {"image": image}},
        "xaxis": hidden,
        "yaxis": {**hidden, "scaleanchor": "x"},
        "shapes": [_edge()],
    }


def classes_layout(names: Sequence[str], x: str, y: str) -> dict[str, Any]:
    """The layout of a matrix of classes, the first on top and on the left."""
    longest = max(len(name) for name in names)
    axis = {
        **_QUIET,
        "type": "category",
        "showgrid": False,
        "fixedrange": True,
        "nticks": 0,
        "tickfont": {"size": 10 if len(names) <= _MOST_NAMES else 7},
    }
    room = 34 + 6 * longest
    return {
        **_base(),
        "margin": {"l": room, "r": 4, "t": 4, "b": room if longest > 2 else 44},
        "hovermode": "closest",
        "xaxis": {**axis, "tickangle": -90 if longest > 2 else 0, **_titled({"title": x})},
        "yaxis": {**axis, "autorange": "reversed", **_titled({"title": y})},
    }


def counts_layout(counts: Sequence[int], y: dict[str, Any]) -> dict[str, Any]:
    """The layout of a small chart of shares against counts, with a tick at each count.

    ``y`` is what the vertical axis spans: see ``extent`` in :mod:`.binding`.
    """
    low, high = math.log10(counts[0]), math.log10(counts[-1])
    room = 0.05 * (high - low) or 0.5
    span = [low - room, high + room]
    return {
        **_base(),
        "margin": _SMALL_MARGIN,
        "hovermode": "x unified",
        "meta": {"extent": {"x": span, "y": y}},
        "xaxis": {
            **_QUIET,
            "type": "log",
            "tickvals": counts,
            "ticktext": _apart(counts, (high - low) / _MOST_TICKS),
            "tickangle": 0,
            "hoverformat": "d",
        },
        "yaxis": {**_QUIET, "tickformat": ".0%"},
        "shapes": [_place_mark()],
    }


def names_layout(names: Sequence[str], y: dict[str, Any]) -> dict[str, Any]:
    """The layout of a small chart of shares, one column for each name."""
    last = len(names) - 1
    axis = {"showgrid": False, "categoryorder": "array", "categoryarray": names, "tickangle": 0}
    return {
        **_base(),
        "margin": _SMALL_MARGIN,
        "hovermode": "closest",
        "meta": {"extent": {"x": [-0.5, last + 0.5], "y": y}},
        "xaxis": {**_QUIET, **axis, "nticks": 0},
        "yaxis": {**_QUIET, "tickformat": ".0%", "hoverformat": ".1%"},
    }


def matrix_layout(size: int) -> dict[str, Any]:
    """The layout of a small square table of numbers, its diagonal falling; the size of names."""
    quiet = {**_QUIET, "tickfont": {"size": size}}
    axis = {**quiet, "type": "category", "showgrid": False, "fixedrange": True, "nticks": 0}
    return {
        **_base(),
        "margin": {"l": 44, "r": 4, "t": 4, "b": 24},
        "hovermode": "closest",
        "xaxis": {**axis, "tickangle": 0},
        "yaxis": {**axis, "autorange": "reversed"},
    }


def _apart(counts: Sequence[int], least: float) -> list[str]:
    """The counts as texts, leaving out those that are too close to one that is written."""
    texts, free = [], -math.inf
    for count in counts:
        fits = math.log10(count) >= free - 1e-9
        texts.append(str(count) if fits else "")
        free = math.log10(count) + least if fits else free
    return texts


def _edge() -> dict[str, Any]:
    """A line around a picture: white is to be seen on a white page."""
    return {
        "type": "rect",
        **{"xref": "x domain", "x0": 0, "x1": 1},
        **{"yref": "y domain", "y0": 0, "y1": 1},
        "line": {"color": "rgba(134,142,150,0.5)", "width": 1},
    }


def _place_mark() -> dict[str, Any]:
    """A vertical line at the slider's place."""
    return {
        "type": "line",
        "name": "place",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": 0,
        "x1": 0,
        "layer": "below",
        "line": {"color": "rgba(134,142,150,0.75)", "width": 2},
    }


def _base() -> dict[str, Any]:
    return {
        "autosize": True,
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "font": {"family": "inherit"},
        "showlegend": False,
        "hoverlabel": _HOVER,
    }


def _titled(axis: dict[str, Any]) -> dict[str, Any]:
    title = {"text": axis.get("title", ""), "font": {"size": 12}, "standoff": 8}
    return {**axis, "title": title}
