"""The vocabulary of figures: the traces that views and comparisons are composed of.

A trace begins with what fills it: :func:`series`, :func:`frame` or :func:`rows`. The other
functions say how it looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from frontend.figures.colours import UNPRUNED, faded

Trace = dict[str, Any]
PERCENT = "%{y:.1%}"
# What whiskers and rings mean, in a legend and above a figure.
UNTOLD = "Cannot be told from 1"
WHISKERS = (
    "Whiskers: the quartiles of a measured speed-up. Ringed in grey: it cannot be told from 1, "
    "which lies between them."
)


def series(name: str, labels: Mapping[str, Any], **meta: Any) -> Trace:
    """The points of a series that carry these labels; see :mod:`.binding` for ``meta``."""
    return {"type": "scatter", "meta": {"series": name, "labels": labels, **meta}}


def frame(kind: str, name: str, bind: Mapping[str, Any], at: float | None = None) -> Trace:
    """Arrays of a frame, drawn as this kind of trace; with ``at`` of the frame at that place."""
    fixed = {} if at is None else {"at": at}
    return {"type": kind, "name": "", "meta": {"frame": name, "bind": bind, **fixed}}


def rows(kind: str, table: str, bind: Mapping[str, Any], **meta: Any) -> Trace:
    """Rows of a table, drawn as this kind of trace."""
    return {"type": kind, "name": "", "meta": {"table": table, "bind": bind, **meta}}


def mean(
    filled: Trace,
    name: str,
    colour: str,
    symbol: str = "",
    *,
    dash: str | None = None,
    width: float = 2,
    size: float = 5,
    hover: str = PERCENT,
    marked: bool = True,
) -> Trace:
    """A curve; one that is not ``marked`` keeps its symbol to itself."""
    return {
        **filled,
        "mode": "lines+markers" if symbol and marked else "lines",
        "name": name,
        "line": {"color": colour, "width": width, **({"dash": dash} if dash else {})},
        **({"marker": {"size": size, "symbol": symbol}} if symbol else {}),
        "hovertemplate": hover,
    }


def band(edges: Iterable[Trace], colour: str, alpha: float) -> list[Trace]:
    """What lies between a lower and an upper curve, without their lines."""
    lower, upper = edges
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": ""}
    fill = {"fill": "tonexty", "fillcolor": faded(colour, alpha)}
    return [{**lower, **edge}, {**upper, **edge, **fill}]


def error_bars(colour: str) -> dict[str, Any]:
    """Whiskers of two lengths, which a binding tells."""
    return {"type": "data", "symmetric": False, "color": colour, "thickness": 1, "width": 3}


def whiskered(curve: Trace, colour: str) -> list[Trace]:
    """A curve with the quartiles of its x where a series tells them.

    Ringed are points that cannot be told from 1: hollow marks have other meanings.
    """
    whiskers = {
        "meta": {**curve["meta"], "whiskers": True},
        "error_x": error_bars(colour),
        "hovertemplate": f"{curve['hovertemplate']}%{{customdata}}",
    }
    ring = {"size": 13, "symbol": "circle-open", "color": UNPRUNED, "line": {"width": 1.5}}
    rings = {
        "type": curve["type"],
        "meta": {**curve["meta"], "untold": True},
        "mode": "markers",
        "name": UNTOLD,
        "marker": ring,
        "hoverinfo": "skip",
        **({"legendgroup": curve["legendgroup"]} if "legendgroup" in curve else {}),
    }
    return [{**curve, **whiskers}, rings]


def level(filled: Trace, name: str, dash: str = "dash", hover: str = PERCENT) -> Trace:
    """The line of the network before pruning."""
    return mean(filled, name, UNPRUNED, dash=dash, width=1.5, hover=hover)


def published(
    points: Sequence[tuple[Any, Any]],
    name: str,
    colour: str,
    symbol: str,
    size: float,
    sds: Sequence[Any] | None = None,
) -> Trace:
    """Published figures as hollow marks, with bars where their spread is known."""
    bars = {"type": "data", "array": sds, "color": colour, "thickness": 1, "width": 3}
    mark = {"size": size, "symbol": f"{symbol}-open", "color": colour, "line": {"width": 1.5}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        **({"error_y": bars} if sds is not None else {}),
        "marker": mark,
        "hovertemplate": PERCENT,
    }


def matrix(
    filled: Trace,
    scale: Sequence[tuple[float, str]],
    span: tuple[float, float],
    *,
    text: str,
    hover: str,
    size: int = 10,
) -> Trace:
    """Numbers in cells, on a scale of colours that spans ``span``."""
    return {
        **filled,
        "type": "heatmap",
        "name": "",
        "zmin": span[0],
        "zmax": span[1],
        "colorscale": scale,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "texttemplate": text,
        "textfont": {"size": size},
        "hovertemplate": f"{hover}<extra></extra>",
    }


def picture(name: str, array: str = "image", at: float | None = None, **tiles: Any) -> Trace:
    """An array of a frame as a picture with sharp pixels; see :mod:`.binding`."""
    source = {"source": {"png": array, **tiles}}
    return {**frame("image", name, source, at), "hoverinfo": "skip"}
