"""The decision boundaries of several runs: beside each other, and where two of them differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from frontend.comparing.runs import Compared, Drawn, Region, in_turns
from frontend.figures.boundaries import common, keys, reference_points, region, told
from frontend.figures.chooser import Chooser
from frontend.figures.colours import variant_colour
from frontend.figures.layouts import panel_layout
from frontend.figures.panels import Key, Panel, Reading, Row, Section
from frontend.views.comparable import Boundary

MOST_PANELS = 12
_DIFFERS = "#C2410C"
_MOVES = (
    "What criteria leave follows the slider; a run that has no such place shows its last before. "
    "Masks that were made by hand stay as they are."
)
# The pictures are small: more points than these would only cost time.
_MOST_POINTS = 150


def drawn(compared: Sequence[Compared]) -> Drawn:
    """All that is drawn of boundaries; nothing where there are none."""
    shown, left_out = _chosen(compared)
    beside = [_beside(shown, left_out)] if shown else []
    return Drawn([*beside, *_differences(compared, shown)], _frames(compared, shown))


def _chosen(compared: Sequence[Compared]) -> tuple[list[Region], list[Region]]:
    """The pruned networks that get a panel, and those that there is no room for."""
    by_run = [[Region(c, b) for b in c.content.boundaries if b.variant] for c in compared]
    shown, left_out = in_turns(by_run, MOST_PANELS)
    return [*chain(*shown)], [*chain(*left_out)]


def _frames(compared: Sequence[Compared], regions: Sequence[Region]) -> dict[str, tuple[str, ...]]:
    """The frames that are drawn of each run, under its own names, by its prefix."""
    drawn: dict[str, dict[str, None]] = {each.prefix: {} for each in compared}
    for each in [*regions, *_unpruned(compared, regions)]:
        scope, network = each.boundary.scope, each.boundary.network
        names = (f"{scope}grid", f"{scope}points/reference", f"{scope}boundary/{network}")
        drawn[each.of.prefix] |= dict.fromkeys(names)
    return {prefix: tuple(names) for prefix, names in drawn.items()}


def _beside(regions: Sequence[Region], left_out: Sequence[Region]) -> Section:
    """A row for each run, a panel for each of its pruned networks."""
    runs = list(dict.fromkeys(each.of.prefix for each in regions))
    rows = [[each for each in regions if each.of.prefix == prefix] for prefix in runs]
    classes = common(each.boundary.classes for each in regions)
    told = f" There is no room for {len(left_out)} more: {_listed(left_out)}." if left_out else ""
    return Section(
        "boundary",
        [Row([_panel(each) for each in row], row[0].of.name) for row in rows],
        title="Decision boundaries side by side",
        description=_MOVES + told,
        least=140,
        animated=True,
        keys=keys(classes),
    )


def _listed(regions: Sequence[Region]) -> str:
    by_run: dict[str, list[str]] = {}
    for each in regions:
        by_run.setdefault(each.of.name, []).append(_network(each.boundary))
    return "; ".join(f"{', '.join(networks)} of {name}" for name, networks in by_run.items())


def _panel(each: Region) -> Panel:
    boundary, scope = each.boundary, each.of.prefix + each.boundary.scope
    assert boundary.variant is not None
    picture = region(boundary.network, boundary.classes, scope)
    points = reference_points(boundary.network, boundary.classes, size=5, scope=scope)
    points["meta"]["most"] = _MOST_POINTS
    if boundary.exact:
        for trace in (picture, points):
            trace["meta"]["exact"] = True
    return Panel(
        _name(each),
        _titled(each),
        {"data": [picture, points], "layout": panel_layout(f"{scope}grid")},
        description=boundary.variant.description,
        colour=variant_colour(boundary.variant),
        readings=[_reading(each)],
        ringed=True,
    )


def _name(each: Region) -> str:
    return f"{each.of.key}-{each.boundary.scope.replace('/', '-')}{each.boundary.network}"


def _titled(each: Region) -> str:
    """The network; of a run with several datasets also which."""
    several = len({b.dataset for b in each.of.content.boundaries}) > 1
    network = _network(each.boundary)
    return f"{each.boundary.dataset}, {network}" if several else network


def _network(boundary: Boundary) -> str:
    return boundary.variant.title if boundary.variant else "Unpruned"


def _reading(each: Region) -> Reading:
    own = each.boundary.reading
    return replace(own, series=each.of.prefix + own.series)


def _differences(compared: Sequence[Compared], regions: Sequence[Region]) -> list[Section]:
    """A map for each plane on which there are two boundaries to lay over each other.

    Others are drawn on grids of their own, around other points, and cannot be.
    """
    planes: dict[tuple[Any, ...], list[Region]] = {}
    for each in [*regions, *_unpruned(compared, regions)]:
        planes.setdefault(each.boundary.plane, []).append(each)
    offered = [plane for plane in planes.values() if len(plane) > 1]
    return [
        _difference(plane, number, several=len(offered) > 1)
        for number, plane in enumerate(offered, start=1)
    ]


def _unpruned(compared: Sequence[Compared], regions: Sequence[Region]) -> list[Region]:
    """The unpruned networks beside those that are shown."""
    shown = {(each.of.prefix, each.boundary.plane) for each in regions}
    return [
        Region(each, boundary)
        for each in compared
        for boundary in each.content.boundaries
        if boundary.variant is None and (each.prefix, boundary.plane) in shown
    ]


def _difference(plane: Sequence[Region], number: int, *, several: bool) -> Section:
    left, right = f"left{number}", f"right{number}"
    frames = {_frame(each): f"{_network(each.boundary)} · {each.of.name}" for each in plane}
    first, second, *rest = frames.items()
    chosen = [Reading("", chosen={chooser: frames}) for chooser in (left, right)]
    share = {"text": {"differs": _pair(left, right), "said": "of the area differs"}}
    told = Reading("", bound={**_meta(left, plane[0]), "bind": share})
    where = f" · {plane[0].boundary.dataset}" if several else ""
    return Section(
        f"difference{number}",
        [
            Row(
                [
                    Panel("left", "The first", _whole(left, plane[0]), readings=chosen[:1]),
                    Panel("right", "The second", _whole(right, plane[0]), readings=chosen[1:]),
                    Panel("map", "Where they differ", _map(left, right, plane[0]), readings=[told]),
                ]
            )
        ],
        title=f"Difference map{where}",
        description="Where two boundaries give a point to different classes, at the slider's "
        "place. Only boundaries around the same training points can be laid over each other.",
        least=240,
        animated=True,
        keys=[Key("different classes", _DIFFERS, "square")],
        choosers=[
            Chooser(left, "Compare", dict([first, second, *rest])),
            Chooser(right, "with", dict([second, *rest, first])),
        ],
    )


def _frame(each: Region) -> str:
    return f"{each.of.prefix}{each.boundary.scope}boundary/{each.boundary.network}"


def _whole(chooser: str, of: Region) -> dict[str, Any]:
    """The boundary that is chosen."""
    scope, classes = of.of.prefix + of.boundary.scope, of.boundary.classes
    picture = region("", classes, scope)
    picture["meta"] |= _meta(chooser, of)
    return {"data": [picture], "layout": panel_layout(f"{scope}grid")}


def _meta(chooser: str, of: Region) -> dict[str, Any]:
    exact = {"exact": True} if of.boundary.exact else {}
    return {"frame": f"{{{chooser}}}", **exact}


def _map(left: str, right: str, of: Region) -> dict[str, Any]:
    scope = of.of.prefix + of.boundary.scope
    pair = _pair(left, right)
    named = [told(each, of.boundary.classes) for each in pair]
    bind = {
        "x": f"{scope}grid:x",
        "y": f"{scope}grid:y",
        "z": {"differs": pair},
        "customdata": named[0],
        "text": named[1],
    }
    picture = {
        "type": "heatmap",
        "name": "",
        "meta": {**_meta(left, of), "bind": bind},
        "zmin": 0,
        "zmax": 1,
        "colorscale": [(0, "rgba(134,142,150,0.10)"), (1, _DIFFERS)],
        "showscale": False,
        "zsmooth": "fast",
        "hovertemplate": "the first: class %{customdata}<br>the second: class %{text}"
        "<br>%{x:.2f}, %{y:.2f}<extra></extra>",
    }
    return {"data": [picture], "layout": panel_layout(f"{scope}grid")}


def _pair(left: str, right: str) -> list[str]:
    """The classes of the two boundaries that are chosen."""
    return [f"{{{left}}}:class", f"{{{right}}}:class"]
