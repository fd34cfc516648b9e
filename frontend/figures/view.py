"""What a view is: the figures of an experiment, empty, with bindings that say what fills them.

A trace names the frame or the series that it draws in its ``meta`` (see :mod:`.binding`). The
browser fills traces while events arrive and when the slider moves; exports let one do the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from frontend.figures.chooser import Chooser
from frontend.figures.live_network import LiveNetwork
from frontend.figures.network_parts import Diagram, TrainAgain
from frontend.figures.panels import Section
from frontend.figures.tables import StaticTable, TableView
from pruning.events import Cell


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
class Downloads:
    """The files that a run has made, as they come; what is said while none has, but may come."""

    title: str
    description: str = ""
    none: str = ""


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
    subject
        What the data of all figures are: the title of the dataset, if it is one.
    """

    summary: str = ""
    details: str = ""
    parts: list[Part] = field(default_factory=list)
    network: LiveNetwork | None = None
    subject: str = ""

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
