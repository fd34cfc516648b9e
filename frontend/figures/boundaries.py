"""Pictures of decision boundaries: regions of classes, and points on them.

``scope`` is what the names of the frames begin with, where one run has several networks;
``classes`` is what the classes are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from frontend.figures.colours import SYMBOLS, class_colour, class_scale, region_scale
from frontend.figures.panels import Key

# Every marker is an SVG node that is drawn anew with its panel: more than these cannot be told
# apart and make the boundary's forming stutter.
MOST_POINTS = 400

Source = str | dict[str, Any]
# Of the name of a class: a legend and a diagram have room for so many.
_LETTERS = 24


def short(names: Sequence[str]) -> list[str]:
    """Names of classes, cut where there is no room for more."""
    return [name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…" for name in names]


def common(datasets: Iterable[Sequence[str]]) -> list[str]:
    """What each class is called in any of several datasets that share their colours."""
    by_class = zip_longest(*datasets)
    return [" / ".join(dict.fromkeys(filter(None, names))) for names in by_class]


def told(source: str, classes: Sequence[str]) -> Source:
    """What names the classes of an array: their numbers are all that it has."""
    if list(classes) == [str(i) for i in range(len(classes))]:
        return source
    return {"named": [source], "words": list(classes)}


def region(name: str, classes: Sequence[str], scope: str = "") -> dict[str, Any]:
    """What the network ``name`` takes each grid point for, and how confident it is."""
    return {
        "type": "heatmap",
        "name": "",
        "meta": {
            "frame": f"{scope}boundary/{name}",
            "bind": {
                "x": f"{scope}grid:x",
                "y": f"{scope}grid:y",
                "z": {"class": 101, "confidence": 1},
                "customdata": told("class", classes),
                "text": "confidence",
            },
        },
        "zmin": 0,
        "zmax": 101 * len(classes) - 1,
        "colorscale": region_scale(len(classes)),
        "showscale": False,
        # One pixel per grid point, scaled up by the browser: the fastest way to draw it, and it
        # blends colours, where "best" would blend the numbers of two classes into a third.
        "zsmooth": "fast",
        "hovertemplate": "class %{customdata}<br>confidence %{text} %"
        "<br>%{x:.2f}, %{y:.2f}<extra></extra>",
    }


def train_points(classes: Sequence[str], *, size: int, scope: str = "") -> dict[str, Any]:
    """The training points, and what the unpruned network takes them for."""
    frame = f"{scope}points/train"
    return _points(frame, f"{scope}boundary/unpruned:train_", classes, size)


def reference_points(
    name: str, classes: Sequence[str], *, size: int, scope: str = ""
) -> dict[str, Any]:
    """The reference samples, ringed, and what the network ``name`` takes them for."""
    frame = f"{scope}points/reference"
    points = _points(frame, f"{scope}boundary/{name}:reference_", classes, size)
    points["marker"]["line"] = {"width": 1.5}
    return points


def _points(frame: str, predicted: str, classes: Sequence[str], size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "",
        "meta": {
            "frame": frame,
            "bind": {
                "x": "x",
                "y": "y",
                "marker.color": "class",
                "marker.symbol": "class",
                "customdata": [
                    told("class", classes),
                    told(f"{predicted}class", classes),
                    f"{predicted}confidence",
                ],
            },
        },
        "marker": {
            "size": size,
            "cmin": -0.5,
            "cmax": len(classes) - 0.5,
            "colorscale": class_scale(len(classes)),
            "line": {"width": 0.5},
        },
        "hovertemplate": "is class %{customdata[0]}<br>taken for class %{customdata[1]}"
        "<br>confidence %{customdata[2]} %<extra></extra>",
    }


def keys(classes: Sequence[str]) -> list[Key]:
    """What colours and marks in the pictures mean."""
    return [
        *(
            Key(f"class {name}", class_colour(i), SYMBOLS[i])
            for i, name in enumerate(short(classes))
        ),
        Key("ringed: reference sample", None, "ring"),
        Key("stronger colour: more confident"),
    ]
