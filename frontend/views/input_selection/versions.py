"""Which versions of images are sent, epoch by epoch: thumbnails, JPEGs or the originals."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.colours import apart_colour, faded
from frontend.figures.layouts import marked_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Figure, Key, Panel, Row, Section
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.input_selection.outputs import (
    CHOSEN,
    QUALITIES,
    THUMBNAILS,
    quality_names,
    thumbnail_names,
)
from pruning.experiments.outputs import Series
from pruning.experiments.quantities import EPOCH


def versions(config: InputSelectionConfig) -> list[Section]:
    """What the chosen mask chooses; nothing where it has no choice."""
    sizes, qualities = thumbnail_names(config), quality_names(config)
    # The original has one colour in both.
    places = {name: place for place, name in enumerate(dict.fromkeys([*sizes, *qualities]))}
    panels = [
        _chart(name, title, series, {each: places[each] for each in names}, config)
        for name, title, series, names in (
            ("thumbnails", "Size", THUMBNAILS, sizes),
            ("qualities", "Quality", QUALITIES, qualities),
        )
        if names
    ]
    if not panels:
        return []
    mean = ", mean over the repeats" if len(config.seeds) > 1 else ""
    return [
        Section(
            "versions",
            [Row(panels)],
            title="Which version is sent",
            description="The share of the test images that the chosen mask chooses each version "
            f"for, epoch by epoch{mean}. Only learned masks choose.",
            shape="small",
            least=260,
            keys=[Key(name, apart_colour(place), "square") for name, place in places.items()],
        )
    ]


def _chart(
    name: str, title: str, series: Series, places: dict[str, int], config: InputSelectionConfig
) -> Panel:
    room = 0.02 * config.epochs or 0.5
    layout = marked_layout(
        {"title": EPOCH.title, "tickformat": "d"},
        {"tickformat": ".0%"},
        {"x": [1 - room, config.epochs + room], "y": [0, 1]},
    )
    layout["margin"] = {"l": 44, "r": 8, "t": 8, "b": 38}
    data = [_share(series, version, apart_colour(place)) for version, place in places.items()]
    figure: Figure = {"data": data, "layout": layout}
    waiting = "Comes with the first epoch."
    return Panel(name, title, figure, description=CHOSEN.title, waiting=waiting)


def _share(series: Series, version: str, colour: str) -> Trace:
    """One version on top of those before it: all of them are all images."""
    over = marks.series(series.name, {"version": version}, mean=True)
    curve = marks.mean(over, version, colour, width=1)
    return {**curve, "stackgroup": "versions", "fillcolor": faded(colour, 0.6)}
