"""How the networks of all arms do while they learn side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.layouts import marked_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Panel, Row, Section
from frontend.views.guided_sparsity.variants import (
    ACCURACY_SPAN,
    entrant_colour,
    entrant_dash,
    toggles,
)
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import Entrant
from pruning.experiments.guided_sparsity.outputs import ALONG, STEP
from pruning.training.penalties.base import penalties

_WAITING = "Comes with the first step."
MEASURES = {
    "weights": "Zeros, share of all weights",
    "layer_mean": "Zeros, mean over layers",
    "nonzero": "Parameters that are not zero",
    "cross_entropy": "Cross-entropy",
}
_SHARES = ("weights", "layer_mean")
_TITLES = {
    "weights": "share of all weights that is zero",
    "layer_mean": "share of zeros, mean over layers",
    "nonzero": "parameters that are not zero",
    "cross_entropy": "cross-entropy, test set",
}
# Along the axis, and beside the pointer.
_FORMATS = {**{name: (".0%", ".1%") for name in _SHARES}, "nonzero": ("~s", ",d")}
_NUMBER = ("~g", ".3~g")
_TERM = "term/"
_APART = (
    "Of an arm's coefficients each has its own dashes: the stronger the colour, the higher they "
    "are; the highest has a whole line."
)
# What a line of an entrant is bound to, if it has that.
Bound = Callable[[Entrant], dict[str, Any] | None]
# More thin lines than these hide each other and make the page slow.
_MOST_THIN = 120
# From this share of the steps on all of accuracy is seen.
_SETTLED = 0.1


def race(config: GuidedSparsityConfig) -> Section:
    """Accuracy, and beside it what is chosen, after every so many steps."""
    thin = " Thin: each seed; strong: their mean." if _has_thin(config) else ""
    several = len(config.entrants) > len(config.arms)
    strong = f" {_APART}" if several else ""
    return Section(
        "race",
        [Row([_accuracy(config), _measure(config)])],
        title="The race",
        description="On the test set, with weights below the threshold set to zero. Parameters, "
        f"cross-entropy and penalties on a logarithmic axis.{thin}{strong}",
        shape="wide",
        least=420,
        choosers=[Chooser("measure", "Beside accuracy", {**MEASURES, **_terms(config)})],
        toggles=toggles(config),
    )


def _terms(config: GuidedSparsityConfig) -> dict[str, str]:
    """What the loss has besides, by what it is chosen by."""
    names = [name for each in config.entrants for name in config.penalties_of(each)]
    return {f"{_TERM}{name}": f"Penalty: {penalties[name].title}" for name in names}


def _has_thin(config: GuidedSparsityConfig) -> bool:
    return 1 < len(config.seeds) <= _MOST_THIN // len(config.entrants)


def _accuracy(config: GuidedSparsityConfig) -> Panel:
    series = ALONG["accuracy"]
    names = [series.name.format(entrant=each.name) for each in config.entrants]
    # Of the first steps only that they are steep, unless a run has ended there.
    from_here = _SETTLED * config.total_steps
    layout = marked_layout(
        _steps(),
        {"title": "test accuracy", "tickformat": ".0%", "hoverformat": ".1%"},
        {"x": _span(config), "y": {**ACCURACY_SPAN, "series": names, "from": from_here}},
    )
    data = [*_lines(config, partial(_along, "accuracy"))]
    return Panel("accuracy", "Accuracy", {"data": data, "layout": layout}, waiting=_WAITING)


def _measure(config: GuidedSparsityConfig) -> Panel:
    data = list(_lines(config, partial(_along, "{measure}")))
    for option in _terms(config):
        data += _lines(config, partial(_term, config, option))
    layout = marked_layout(
        _steps(), {}, {"x": _span(config), "y": _extents(config)}, by=_looks(config)
    )
    return Panel(
        "measure",
        "Sparsity, size and penalties",
        {"data": data, "layout": layout},
        waiting=_WAITING,
    )


def _steps() -> dict[str, Any]:
    return {"title": STEP.title, "tickformat": ",d"}


def _span(config: GuidedSparsityConfig) -> list[float]:
    return [-0.02 * config.total_steps, 1.02 * config.total_steps]


def _along(measure: str, entrant: Entrant) -> dict[str, Any]:
    return {"name": f"along/{measure}/{entrant.name}", "labels": {}}


def _term(config: GuidedSparsityConfig, option: str, entrant: Entrant) -> dict[str, Any] | None:
    name = option.removeprefix(_TERM)
    if name not in config.penalties_of(entrant):
        return None
    return {**_along("term", entrant), "labels": {"penalty": name}, "only": {"measure": option}}


def _lines(config: GuidedSparsityConfig, bound: Bound) -> Iterator[Trace]:
    """A line for each seed of every entrant that has this, and on top the mean of its seeds."""
    found = [(each, source) for each in config.entrants if (source := bound(each))]
    if _has_thin(config):
        for entrant, source in found:
            yield from (_thin(config, entrant, source, seed) for seed in config.seeds)
    for entrant, source in found:
        line = marks.mean(
            marks.series(**source, mean=True),
            entrant.title,
            entrant_colour(config, entrant),
            dash=entrant_dash(config, entrant),
            hover="%{y}",
        )
        yield {**line, "legendgroup": entrant.arm}


def _thin(
    config: GuidedSparsityConfig, entrant: Entrant, source: dict[str, Any], seed: int
) -> Trace:
    labels = {**source["labels"], "seed": seed}
    filled = marks.series(**{**source, "labels": labels})
    line = marks.mean(filled, "", entrant_colour(config, entrant, 0.35), width=1)
    del line["hovertemplate"]
    return {**line, "legendgroup": entrant.arm, "hoverinfo": "skip"}


def _extents(config: GuidedSparsityConfig) -> dict[str, Any]:
    """Shares have all of their axis, other measures what they come to."""
    names = [each.name for each in config.entrants]

    def held(measure: str, names: list[str]) -> dict[str, Any]:
        return {
            "hold": [{"series": f"along/{measure}/{name}"} for name in names],
            "room": 0.05,
            "log": True,
        }

    of_terms = {
        option: held("term", [each.name for each in config.entrants if _term(config, option, each)])
        for option in _terms(config)
    }
    numbers = {name: held(name, names) for name in MEASURES if name not in _SHARES}
    shares = {name: [-0.02, 1.02] for name in _SHARES}
    return {"by": "measure", "of": {**shares, **numbers, **of_terms}}


def _looks(config: GuidedSparsityConfig) -> dict[str, Any]:
    """How the vertical axis looks under each choice."""
    titles = {**_TITLES, **dict.fromkeys(_terms(config), "added to the loss")}
    return {
        "measure": {
            name: {
                "yaxis.title.text": title,
                "yaxis.type": "linear" if name in _SHARES else "log",
                "yaxis.tickformat": _FORMATS.get(name, _NUMBER)[0],
                "yaxis.hoverformat": _FORMATS.get(name, _NUMBER)[1],
            }
            for name, title in titles.items()
        }
    }
