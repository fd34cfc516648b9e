"""Pictures of decision boundaries: regions of classes, and points on them.

``scope`` is what the names of the frames begin with, where one run has several networks.
"""

from __future__ import annotations

from typing import Any

from frontend.figures.colours import SYMBOLS, class_colour, class_scale, region_scale
from frontend.figures.view import Key

# Every marker is an SVG node that is drawn anew with its panel: more than these cannot be told
# apart and make the boundary's forming stutter.
MOST_POINTS = 400


def region(name: str, classes: int, scope: str = "") -> dict[str, Any]:
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
                "customdata": "class",
                "text": "confidence",
            },
        },
        "zmin": 0,
        "zmax": 101 * classes - 1,
        "colorscale": region_scale(classes),
        "showscale": False,
        # One pixel per grid point, scaled up by the browser: the fastest way to draw it, and it
        # blends colours, where "best" would blend the numbers of two classes into a third.
        "zsmooth": "fast",
        "hovertemplate": "class %{customdata}<br>confidence %{text} %"
        "<br>%{x:.2f}, %{y:.2f}<extra></extra>",
    }


def train_points(classes: int, *, size: int, scope: str = "") -> dict[str, Any]:
    """The training points, and what the unpruned network takes them for."""
    frame = f"{scope}points/train"
    return _points(frame, f"{scope}boundary/unpruned:train_", classes, size)


def reference_points(name: str, classes: int, *, size: int, scope: str = "") -> dict[str, Any]:
    """The reference samples, ringed, and what the network ``name`` takes them for."""
    frame = f"{scope}points/reference"
    points = _points(frame, f"{scope}boundary/{name}:reference_", classes, size)
    points["marker"]["line"] = {"width": 1.5}
    return points


def _points(frame: str, predicted: str, classes: int, size: int) -> dict[str, Any]:
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
                "customdata": ["class", f"{predicted}class", f"{predicted}confidence"],
            },
        },
        "marker": {
            "size": size,
            "cmin": -0.5,
            "cmax": classes - 0.5,
            "colorscale": class_scale(classes),
            "line": {"width": 0.5},
        },
        "hovertemplate": "is class %{customdata[0]}<br>taken for class %{customdata[1]}"
        "<br>confidence %{customdata[2]} %<extra></extra>",
    }


def keys(classes: int) -> list[Key]:
    """What colours and marks in the pictures mean."""
    return [
        *(Key(f"class {i}", class_colour(i), SYMBOLS[i]) for i in range(classes)),
        Key("ringed: reference sample", None, "ring"),
        Key("stronger colour: more confident"),
    ]
