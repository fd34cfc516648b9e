"""What runs can put into common figures: curves with what their axes mean, and boundaries.

The face of an experiment says which its runs have. They are drawn over each other where an axis,
and what is measured along the other one, mean the same for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from frontend.figures.view import Reading


@dataclass(frozen=True)
class Scale:
    """An axis: its title, and whether it holds shares, ratios, counts or other numbers."""

    title: str
    kind: Literal["share", "ratio", "count", "number"]


# What lies along the horizontal axis. The same name means the same thing in every experiment.
AXES = {
    "units": Scale("share of units removed", "share"),
    "weights": Scale("share of weights removed", "share"),
    "compression": Scale("compression: original size / new size", "ratio"),
    "speedup_theoretical": Scale("theoretical speed-up: multiply-adds before / after", "ratio"),
    "speedup_measured": Scale("measured speed-up: latency before / after", "ratio"),
    "reference_samples": Scale("reference samples per class", "count"),
}
# What is measured, along the vertical one.
MEASURES = {
    "accuracy": Scale("accuracy on the test set", "share"),
    "training": Scale("accuracy on the training set", "share"),
    "reference": Scale("accuracy on the reference samples", "share"),
    "noisy": Scale("accuracy on the noisy test", "share"),
    "loss": Scale("loss on the test set", "number"),
}


@dataclass(frozen=True)
class Curve:
    """One curve of a run.

    Attributes
    ----------
    series, labels
        What fills it, as in :mod:`.binding`. ``{axis}`` and ``{measure}`` in the name stand for
        any of its axes and measures; a curve without has one.
    axes, measures
        Names in ``AXES`` and ``MEASURES``.
    dataset
        The dataset's title.
    detail
        What else sets it apart from others of its criterion and dataset, in words.
    band
        Whether its labels say ``statistic``, which is ``lower`` and ``upper`` beside ``mean``.
    held
        The table and the column, perhaps ``{axis}``, with all ratios that it reaches.
    """

    series: str
    axes: tuple[str, ...]
    measures: tuple[str, ...]
    criterion: str
    dataset: str
    labels: dict[str, str] = field(default_factory=dict)
    detail: str = ""
    band: bool = False
    faint: bool = False
    hollow: bool = False
    held: tuple[str, str] | None = None


@dataclass(frozen=True)
class Boundary:
    """The decision boundary of one network, at every place of the slider.

    Attributes
    ----------
    network, scope
        As in :mod:`.boundaries`.
    along
        What the slider moves it along: a name in ``AXES``.
    plane
        Boundaries with the same are drawn on the same grid around the same points.
    exact
        Whether it shows nothing between two places.
    """

    network: str
    dataset: str
    classes: int
    along: str
    plane: tuple[Any, ...]
    reading: Reading
    scope: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Comparable:
    """All that a run can put into common figures; its ``places`` along axes that have some."""

    curves: list[Curve] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    places: dict[str, list[float]] = field(default_factory=dict)

    @property
    def reach(self) -> set[tuple[str, str]]:
        """Axis and measure of everything that it has curves for."""
        return {
            (axis, measure)
            for curve in self.curves
            for axis in curve.axes
            for measure in curve.measures
        }

    @property
    def series(self) -> set[str]:
        """The names of all series that are drawn of it."""
        drawn = {
            curve.series.replace("{axis}", axis).replace("{measure}", measure)
            for curve in self.curves
            for axis in curve.axes
            for measure in curve.measures
        }
        return drawn | {boundary.reading.series for boundary in self.boundaries}

    @property
    def tables(self) -> set[str]:
        """The names of all tables that say how far its curves reach."""
        return {curve.held[0] for curve in self.curves if curve.held}
