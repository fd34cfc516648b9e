"""What of a network the page evaluates itself stands in a view."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.figures.chooser import Chooser
from frontend.figures.live_network import LiveNetwork
from frontend.figures.panels import Section


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
