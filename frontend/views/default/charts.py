"""The series of an experiment as charts: one for each pair of quantities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontend.figures import marks
from frontend.figures.colours import apart_colour, variant_colour, variant_symbol
from frontend.figures.layouts import TICKS, chart_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Panel, Row, Section, Toggle
from frontend.views.default.filling import Filled, Filling
from pruning.experiments.outputs import Quantity, Series

# What an axis of shares spans at least.
_LOW, _HIGH = 0.5, 1.02
_DASHES = ("solid", "dash", "dot", "dashdot")
# A level reaches beyond all points.
_FAR = 1e6

Pair = tuple[Quantity, Quantity]


@dataclass(frozen=True)
class Line:
    """A curve: one of those that a series stands for, with its place among them."""

    series: Series
    of: Filled
    place: int

    @property
    def title(self) -> str:
        """What it is called."""
        return self.of.title or sentence(self.series.title or self.series.y.title)

    @property
    def colour(self) -> str:
        """Its variant's, or one of its own."""
        return variant_colour(self.of.variant) if self.of.variant else apart_colour(self.place)

    @property
    def toggle(self) -> Toggle:
        """What shows and hides it, with all that is of the same variant."""
        variant = self.of.variant
        group = variant.name.replace(" ", "-") if variant else f"line-{self.place}"
        return Toggle(group, variant.title if variant else self.title, self.colour)

    def mean(self) -> Trace:
        """The curve itself."""
        variant = self.of.variant
        return marks.mean(
            self._bound("mean"),
            self.title,
            self.colour,
            variant_symbol(variant) if variant else "circle",
            dash=_DASHES[self.place % len(_DASHES)] if variant and self.of.words else "solid",
            hover="%{y}",
        )

    def band(self) -> list[Trace]:
        """What lies around it, where the series tells its edges."""
        if not is_banded(self.series):
            return []
        edges = (self._bound(statistic) for statistic in ("lower", "upper"))
        return marks.band(edges, self.colour, 0.13)

    def _bound(self, statistic: str) -> Trace:
        more = {"mean": True} if averaged(self.series) else {}
        filled = marks.series(self.of.name, labels_of(self.series, statistic), **more)
        return {**filled, "legendgroup": self.toggle.group}


def is_banded(series: Series) -> bool:
    """Whether its points tell a mean from the edges of its band."""
    return "statistic" in series.labels


def averaged(series: Series) -> list[str]:
    """The labels over whose values curves are means: nobody knows them beforehand."""
    return [label for label in series.labels if label != "statistic"]


def labels_of(series: Series, statistic: str = "mean") -> dict[str, Any]:
    """The labels of the points that are drawn."""
    return {**series.where, **({"statistic": statistic} if is_banded(series) else {})}


def charts(filling: Filling) -> list[Section]:
    """A section for each pair of quantities, with the levels of the one along the other."""
    pairs: dict[Pair, list[Series]] = {}
    for series in filling.outputs.series:
        if series.x is not None and filling.is_known(series.name):
            pairs.setdefault((series.x, series.y), []).append(series)
    return [_chart(i, *pair, pairs[pair], filling) for i, pair in enumerate(pairs)]


def _chart(
    number: int, x: Quantity, y: Quantity, found: Sequence[Series], filling: Filling
) -> Section:
    named = [(series, each) for series in found for each in filling.names(series.name)]
    lines = [Line(series, each, place) for place, (series, each) in enumerate(named)]
    levels = [each for each in filling.outputs.series if each.x is None and each.y == y]
    data = [
        *(trace for line in lines for trace in line.band()),
        *(_level(each) for each in levels if "{" not in each.name),
        *(line.mean() for line in lines),
    ]
    title = sentence(found[0].title) or f"{sentence(_named(y))} against {_named(x)}"
    choosers = {each.name: each for series in found for each in filling.choosers(series.name)}
    toggles = {line.toggle.group: line.toggle for line in lines}
    figure = {"data": data, "layout": _layout(x, y, [line.of.name for line in lines])}
    return Section(
        f"chart{number}",
        [Row([Panel("curves", title, figure, waiting="Comes with the first points.")])],
        title=title,
        description=_description(found),
        shape="wide",
        toggles=list(toggles.values()) if len(toggles) > 1 else [],
        choosers=list(choosers.values()),
    )


def _description(found: Sequence[Series]) -> str:
    """Over what curves are means, and what bands are."""
    over = dict.fromkeys(label.replace("_", " ") for each in found for label in averaged(each))
    told = f"Mean over {' and '.join(f'each {label}' for label in over)}." if over else ""
    band = "Bands: ± 1 standard deviation." if any(map(is_banded, found)) else ""
    return " ".join(filter(None, (told, band)))


def _level(series: Series) -> Trace:
    filled = marks.series(series.name, labels_of(series), across=[0, _FAR])
    name = series.title or series.name.rpartition("/")[2].replace("_", " ")
    return marks.level(filled, sentence(name), hover="%{y}")


def _layout(x: Quantity, y: Quantity, names: Sequence[str]) -> dict[str, Any]:
    log = {"least": [1, 2], "log": True} if x.format == "times" else {}
    across = {"hold": [{"x": name} for name in names], "room": 0.02, **log}
    scaled = {**_axis(x), **({"type": "log"} if log else {})}
    return chart_layout(scaled, _axis(y), {"x": across, "y": _up(y, names)})


def _up(y: Quantity, names: Sequence[str]) -> Any:
    if y.format != "percent":
        return {"hold": [{"series": name} for name in names], "room": 0.06}
    if any("{" in name for name in names):
        return [0, _HIGH]
    return {"least": [_LOW, _HIGH], "series": list(names)}


def _axis(quantity: Quantity) -> dict[str, Any]:
    ticks, hover = TICKS[quantity.format]
    return {"title": quantity.title, "tickformat": ticks, "hoverformat": hover}


def _named(quantity: Quantity) -> str:
    return quantity.title.partition(":")[0]


def sentence(words: str) -> str:
    """Words as they begin a sentence."""
    return words[:1].upper() + words[1:]
