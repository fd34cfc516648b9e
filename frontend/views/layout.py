"""Plotly layouts that sit on the page: transparent, so that one figure serves both themes.

Colours of text and lines come from ``assets/plots.css``, which follows the page's theme.
"""

from __future__ import annotations

from typing import Any

_CLEAR = "rgba(0,0,0,0)"
_HOVER = {
    "bgcolor": "#20242C",
    "bordercolor": "#4B5563",
    "font": {"color": "#F8F9FA", "size": 12},
    "align": "left",
}
_QUIET = {"zeroline": False, "ticks": "", "tickfont": {"size": 10}, "nticks": 6}


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
        "margin": {"l": 52, "r": 12, "t": 8, "b": 42},
        "hovermode": "x unified",
        "meta": {"extent": {"x": x["range"], "y": y["range"]}},
        "xaxis": {**axis, "nticks": 11, "hoverformat": ".1%", **_titled(x)},
        "yaxis": {**axis, **_titled(y)},
        "shapes": [
            {
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
        ],
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
    title = {"text": axis["title"], "font": {"size": 12}, "standoff": 8}
    return {**axis, "title": title}
