"""What a view is: the figures of an experiment, empty, with bindings that say what fills them.

A trace names the frame or the series that it draws in its ``meta`` (see :mod:`.binding`). The
browser fills traces while events arrive and when the slider moves; exports let one do the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from frontend.figures.chooser import Chooser
from frontend.figures.live_network import LiveNetwork
from pruning.events import Cell
from pruning.experiments.outputs import Format, TableOutput

Figure = dict[str, Any]
Shape = Literal["square", "small", "matrix", "wide", "low", "picture", "mosaic"]


@dataclass(frozen=True)
class Reading:
    """What stands in a panel's head: the value of a series at the slider's place, a share or not.

    Where it is ``exact`` there is none between two points; else the one before holds. ``{CHOOSER}``
    in the name of the series stands for what is chosen. One that is ``reached`` says at which place
    that point is: how far the series has come. Instead it may be the ``text`` of a binding,
    ``bound``, as traces have it in their ``meta``, or what is ``chosen``: ``{CHOOSER: {OPTION:
    WORDS}}``.
    """

    title: str
    series: str = ""
    labels: Mapping[str, str | int] = field(default_factory=dict)
    exact: bool = False
    format: Format = "percent"
    reached: bool = False
    bound: dict[str, Any] | None = None
    chosen: dict[str, dict[str, str]] | None = None


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


@dataclass(frozen=True)
class Highest:
    """The highest number in a column of a table, of the rows ``where`` other columns hold that."""

    table: str
    column: str
    where: dict[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Scrubber:
    """The slider: its places, in order, what each is called, and where it starts.

    ``marks`` are the short names along the slider. ``even`` places lie at equal distances, others
    where their values are. Choosers beside it are for all that it moves. A page of a run that has
    come to a place of its own, ``reached``, starts there. Where the page evaluates the network
    itself, the slider has the ``finer`` places, among them all others. ``spread`` says where on
    the slider places lie, if neither.
    """

    title: str
    places: list[float]
    labels: list[str]
    marks: list[str]
    start: float
    even: bool = False
    choosers: list[Chooser] = field(default_factory=list)
    reached: Highest | None = None
    finer: Scrubber | None = None
    spread: list[float] | None = None

    @property
    def positions(self) -> list[float]:
        """Where on the slider the places are."""
        if self.spread is not None:
            return self.spread
        return [float(i) for i in range(len(self.places))] if self.even else self.places


@dataclass(frozen=True)
class Column:
    """A column of a table; ``titles`` and ``colours`` are for cells that hold a name.

    ``quartiles`` are the columns that tell whether a ratio can be told from 1.
    """

    name: str
    title: str
    format: Format = "text"
    titles: dict[str, str] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)
    quartiles: tuple[str, str] | None = None


@dataclass(frozen=True)
class TableView:
    """How a table of the result is shown.

    Attributes
    ----------
    places
        The columns that hold places of the slider: rows at its place are marked.
    only_here
        Whether other rows are left out.
    latest_of
        With ``only_here``: for each name in this column the rows of its latest place at or before
        the slider's are here, of what has not come so far too.
    sort
        The columns that give the order, names in that of their ``titles``; rows stand as they
        came where there is none.
    chosen
        Rows are left out unless these columns hold what their choosers say, ``{COLUMN: CHOOSER}``.
    rows
        About how many there will be: their place is kept, so that nothing moves as they come.
    """

    name: str
    title: str
    columns: list[Column]
    description: str = ""
    places: list[str] = field(default_factory=list)
    only_here: bool = False
    latest_of: str = ""
    sort: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    rows: int = 10


def table_view(
    table: TableOutput,
    names: Sequence[str] = (),
    titles: Mapping[str, Mapping[str, str]] | None = None,
    colours: Mapping[str, Mapping[str, str]] | None = None,
    **options: Any,
) -> TableView:
    """A declared table with these of its columns, in this order; all of them unless given.

    Parameters
    ----------
    titles, colours
        By columns, those of the names that their cells hold.
    options
        Other attributes of the :class:`TableView`.
    """
    titles, colours = titles or {}, colours or {}
    columns = [
        Column(
            each.name,
            each.title,
            each.format,
            dict(titles.get(each.name, {})),
            dict(colours.get(each.name, {})),
            each.quartiles,
        )
        for each in map(table.column, names or table.names)
    ]
    return TableView(
        table.name, table.title, columns, **{"description": table.description, **options}
    )


@dataclass(frozen=True)
class Downloads:
    """The files that a run has made, as they come; what is said while none has, but may come."""

    title: str
    description: str = ""
    none: str = ""


@dataclass(frozen=True)
class Heading:
    """The head of a column, perhaps with an address on this site that it leads to."""

    title: str
    href: str = ""


@dataclass(frozen=True)
class StaticTable:
    """A small table that is known before any run has said anything; its first column names rows."""

    title: str
    columns: list[Heading]
    rows: list[list[str]]
    description: str = ""


@dataclass(frozen=True)
class Diagram:
    """A network that the page evaluates itself, unit by unit, to be pruned by hand.

    ``left`` shows what is left of its answers.
    """

    network: LiveNetwork
    title: str
    description: str
    left: Section

    @property
    def ranked_by(self) -> Chooser:
        """The criterion by which the units stand in order."""
        options = {ranking.name: ranking.title for ranking in self.network.rankings}
        return Chooser("ranking", "Ranked by", options)

    @property
    def choosers(self) -> list[Chooser]:
        """What is chosen here."""
        return [self.ranked_by]


@dataclass(frozen=True)
class TrainAgain:
    """What a mask has left of the network is trained again, from several beginnings.

    ``section`` has a figure for each of them.
    """

    network: LiveNetwork
    title: str
    description: str
    section: Section

    @property
    def choosers(self) -> list[Chooser]:
        """Which mask, and for how many steps."""
        masks = {"hand": "By hand"} | {each.name: each.title for each in self.network.rankings}
        steps = {str(count): f"{count:,} steps" for count in (300, 1500, 5000)}
        return [Chooser("trained", "Mask", masks), Chooser("steps", "For", steps)]


Part = Section | Scrubber | TableView | Downloads | StaticTable | Diagram | TrainAgain


# The parts in which something can be chosen.
_CHOSEN = (Section, Scrubber, Diagram, TrainAgain)


def _section_of(part: Part) -> Section | None:
    """The figures of a part, if it has any."""
    match part:
        case Section():
            return part
        case Diagram():
            return part.left
        case TrainAgain():
            return part.section
    return None


@dataclass(frozen=True)
class View:
    """Everything that is drawn of one run.

    Attributes
    ----------
    summary, details
        What the run is of, and what sets it apart from others.
    parts
        What is on the page, from top to bottom.
    network
        What the page evaluates itself, where the run tells it.
    """

    summary: str = ""
    details: str = ""
    parts: list[Part] = field(default_factory=list)
    network: LiveNetwork | None = None

    @property
    def sections(self) -> list[Section]:
        """The parts that are figures, and the figures in others."""
        return [shown for part in self.parts if (shown := _section_of(part))]

    @property
    def scrubber(self) -> Scrubber | None:
        """The slider, if there is one."""
        return next((part for part in self.parts if isinstance(part, Scrubber)), None)

    @property
    def choosers(self) -> list[Chooser]:
        """All choosers on the page."""
        parts = [part for part in self.parts if isinstance(part, _CHOSEN)]
        return [chooser for part in parts for chooser in part.choosers]

    @property
    def choices(self) -> dict[str, str]:
        """What is chosen at the beginning; nothing yet where only a run can tell."""
        return {chooser.name: next(iter(chooser.options), "") for chooser in self.choosers}
