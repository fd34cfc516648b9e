"""The figures of a view: panels in sections, what their heads say, what their marks mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from frontend.figures.chooser import Chooser
from pruning.experiments.outputs import Format

Figure = dict[str, Any]
Shape = Literal["square", "small", "matrix", "wide", "low", "picture", "mosaic"]
# Width and height of a figure that leaves the page, in pixels.
SIZES: dict[Shape, tuple[int, int]] = {
    "square": (600, 540),
    "small": (640, 400),
    "matrix": (600, 540),
    "wide": (960, 480),
    "low": (960, 380),
    "picture": (560, 600),
    "mosaic": (960, 680),
}


@dataclass(frozen=True)
class Reading:
    """What stands in a panel's head: the value of a series at the slider's place, a share or not.

    Where it is ``exact`` there is none between two points; else the one before holds. ``{CHOOSER}``
    in the name of the series stands for what is chosen. One that is ``reached`` says at which place
    that point is: how far the series has come. Instead it may be the ``text`` of a binding,
    ``bound``, as traces have it in their ``meta``, or what is ``chosen``: ``{CHOOSER: {OPTION:
    WORDS}}``. Away from the page it has its ``long_title``, if it has one.
    """

    title: str
    series: str = ""
    labels: Mapping[str, str | int] = field(default_factory=dict)
    exact: bool = False
    format: Format = "percent"
    reached: bool = False
    bound: dict[str, Any] | None = None
    chosen: dict[str, dict[str, str]] | None = None
    long_title: str = ""


@dataclass(frozen=True)
class Panel:
    """One of several figures that share colours, axes and the slider.

    Points in it are drawn with a ring around them if it is ``ringed``. A figure with words for
    the time of ``waiting`` is drawn once there is something to see in it. The ``aspect`` of a
    picture is its width as a share of its height, where that is known: it gets as much room. One
    that is ``made_here`` shows what only the page can make.
    """

    name: str
    title: str
    figure: Figure
    description: str = ""
    colour: str | None = None
    readings: list[Reading] = field(default_factory=list)
    ringed: bool = False
    waiting: str = ""
    aspect: float | None = None
    made_here: bool = False


@dataclass(frozen=True)
class Row:
    """Panels that belong beside each other."""

    panels: list[Panel]
    title: str = ""


@dataclass(frozen=True)
class Toggle:
    """A button that shows and hides traces: those whose ``legendgroup`` names its group.

    A trace may be in several groups, with spaces between their names; then it is shown while all
    of them are.
    """

    group: str
    title: str
    colour: str
    symbol: str = "circle"


@dataclass(frozen=True)
class Key:
    """One entry of a section's legend; behind its title stands what readings say."""

    title: str
    colour: str | None = None
    symbol: str = "circle"
    readings: list[Reading] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """Figures of one kind.

    Attributes
    ----------
    name
        What the names of its figures begin with on the page.
    title, description
        Words above the figures. Without a title they stand on the page by themselves.
    shape
        The outline of each figure.
    least
        The width in pixels that a figure needs; as many stand beside each other as have it.
    abreast
        Whether rows stand beside each other, as columns, while there is room.
    animated
        Whether it can be taken away as an animation over the places of the slider.
    """

    name: str
    rows: list[Row]
    title: str = ""
    description: str = ""
    shape: Shape = "square"
    least: int = 200
    abreast: bool = False
    animated: bool = False
    keys: list[Key] = field(default_factory=list)
    toggles: list[Toggle] = field(default_factory=list)
    choosers: list[Chooser] = field(default_factory=list)

    @property
    def panels(self) -> list[Panel]:
        """The panels of all rows."""
        return [panel for row in self.rows for panel in row.panels]

    def figure_name(self, panel: Panel) -> str:
        """What the page calls the panel's figure."""
        return f"{self.name}-{panel.name}"
