"""What runs can put into common figures: curves with what their axes mean, boundaries, pictures.

The face of an experiment says which its runs have. Curves are drawn over each other where an axis,
and what is measured along the other one, mean the same for all of them; pictures of the same thing
stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from frontend.figures.panels import Reading
from pruning.events import Label
from pruning.experiments.outputs import Quantity, Variant
from pruning.experiments.quantities import (
    ACCURACY,
    COMPRESSION,
    LOSS,
    NOISY,
    REFERENCE,
    REFERENCE_SAMPLES,
    SPEEDUP_MEASURED,
    SPEEDUP_THEORETICAL,
    TRAINING,
    UNITS,
    WEIGHTS,
)

# In this order they are offered, what is not among them last.
AXES = (UNITS, WEIGHTS, COMPRESSION, SPEEDUP_THEORETICAL, SPEEDUP_MEASURED, REFERENCE_SAMPLES)
MEASURES = (ACCURACY, TRAINING, REFERENCE, NOISY, LOSS)


def in_order(found: Iterable[Quantity], known: Sequence[Quantity]) -> list[Quantity]:
    """Quantities, each once, those that are known first."""
    names = [each.name for each in known]
    each_once = {quantity.name: quantity for quantity in found}
    place = {name: i for i, name in enumerate([*names, *each_once])}
    return sorted(each_once.values(), key=lambda each: min(place[each.name], len(names)))


@dataclass(frozen=True)
class Curve:
    """One curve of a run.

    Attributes
    ----------
    series, labels
        What fills it, as in :mod:`.binding`. ``{axis}`` and ``{measure}`` in the name stand for
        any of its axes and measures; a curve without has one.
    axes, measures
        What may lie along the axes: quantities of the same name mean the same everywhere.
    variant
        What it is of.
    dataset
        The dataset's title.
    detail
        What else sets it apart from others of its variant and dataset, in words.
    averaged
        Whether other labels tell several points at the same place apart, whose mean it is.
    band
        Whether its labels say ``statistic``, which is ``lower`` and ``upper`` beside ``mean``.
    whiskered
        Whether its x may have quartiles, which are drawn.
    held
        The table and the column, perhaps ``{axis}``, with all ratios that it reaches.
    """

    series: str
    axes: tuple[Quantity, ...]
    measures: tuple[Quantity, ...]
    variant: Variant
    dataset: str = ""
    labels: Mapping[str, Label] = field(default_factory=dict)
    detail: str = ""
    averaged: bool = False
    band: bool = False
    faint: bool = False
    hollow: bool = False
    whiskered: bool = False
    held: tuple[str, str] | None = None

    @property
    def names(self) -> list[str]:
        """The names of all series that are drawn of it."""
        return [self.named(axis, measure) for axis in self.axes for measure in self.measures]

    def named(self, axis: Quantity, measure: Quantity) -> str:
        """The series for these axes."""
        return self.series.replace("{axis}", axis.name).replace("{measure}", measure.name)


@dataclass(frozen=True)
class Boundary:
    """The decision boundary of one network, at every place of the slider.

    Attributes
    ----------
    network, scope
        As in :mod:`.boundaries`.
    variant
        What has removed units from the network; None of the whole one.
    classes
        What they are called.
    along
        What the slider moves it along.
    plane
        Boundaries with the same are drawn on the same grid around the same points.
    exact
        Whether it shows nothing between two places.
    """

    network: str
    variant: Variant | None
    dataset: str
    classes: tuple[str, ...]
    along: Quantity
    plane: tuple[Any, ...]
    reading: Reading
    scope: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Subject:
    """What pictures are of, such as masks.

    Attributes
    ----------
    name
        Pictures of the same subject stand side by side, whatever experiment they come from.
    title
        What people call them, in the plural.
    light, dark
        What is done with what is light in them, and with what is dark: ``sent`` and ``not sent``.
    array
        Where they are in their frames: bytes of shape (height, width) or (height, width, 3).
    """

    name: str
    title: str = field(compare=False)
    light: str = field(compare=False)
    dark: str = field(compare=False)
    array: str = field(default="image", compare=False)


@dataclass(frozen=True)
class Picture:
    """A frame that is a picture, at every place of the slider.

    Attributes
    ----------
    size
        Its height and width: two of the same size can be laid over each other.
    along
        What the slider moves it along; None of one that stays as it is.
    """

    frame: str
    subject: Subject
    variant: Variant
    dataset: str
    size: tuple[int, int]
    along: Quantity | None = None


@dataclass(frozen=True)
class Comparable:
    """All that a run can put into common figures; its places along the axes that have some."""

    curves: list[Curve] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    places: dict[str, list[float]] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)

    def beside(self, other: Comparable) -> Comparable:
        """This, and after it what another has that is moved along the same axes."""
        return replace(
            self,
            curves=[*self.curves, *other.curves],
            boundaries=[*self.boundaries, *other.boundaries],
        )

    @property
    def moved_along(self) -> list[Quantity]:
        """What a slider can move of it along."""
        along = [each.along for each in self.pictures if each.along]
        return [*(boundary.along for boundary in self.boundaries), *along]

    @property
    def reach(self) -> set[tuple[str, str]]:
        """Axis and measure of everything that it has curves for."""
        return {
            (axis.name, measure.name)
            for curve in self.curves
            for axis in curve.axes
            for measure in curve.measures
        }

    @property
    def axes(self) -> list[Quantity]:
        """Everything that its curves are drawn against."""
        return [axis for curve in self.curves for axis in curve.axes]

    @property
    def measures(self) -> list[Quantity]:
        """Everything that its curves are of."""
        return [measure for curve in self.curves for measure in curve.measures]

    @property
    def series(self) -> set[str]:
        """The names of all series that are drawn of it."""
        drawn = {name for curve in self.curves for name in curve.names}
        return drawn | {boundary.reading.series for boundary in self.boundaries}

    @property
    def tables(self) -> set[str]:
        """The names of all tables that say how far its curves reach."""
        return {curve.held[0] for curve in self.curves if curve.held}
