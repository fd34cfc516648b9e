"""How the networks of a sweep learned, before pruning and after it."""

from __future__ import annotations

from typing import Any

from frontend.figures import marks
from frontend.figures.colours import faded
from frontend.figures.layouts import chart_layout
from frontend.figures.marks import Trace
from frontend.figures.panels import Figure, Key, Panel, Row, Section
from pruning.experiments.quantities import EPOCH
from pruning.experiments.sweep.config import SweepConfig

_SETS = {"train": "training set", "validation": "validation set", "test": "test set"}
_COLOURS = {"train": "#4A63D8", "validation": "#2BB3A3", "test": "#2BB3A3"}
# From the least to the most that is removed.
_LITTLE, _MUCH = "#4A63D8", "#D55E00"
# Each of so few epochs has its number.
_FEW = 8


def training(config: SweepConfig) -> Section:
    """Loss and accuracy of every network while it learns."""
    each = " Thin: each seed; strong: their mean." if len(config.seeds) > 1 else ""
    panels = [_chart("loss", "Loss", config), _chart("accuracy", "Accuracy", config)]
    return Section(
        "training",
        [Row(panels)],
        title="Training",
        description=f"The dense networks, epoch by epoch.{each}",
        shape="small",
        least=300,
        keys=[Key(_SETS[n], _COLOURS[n], "line") for n in _sets(config, "accuracy")],
    )


def _sets(config: SweepConfig, measure: str) -> list[str]:
    """What is told of each epoch: of accuracy on the test set where nothing is held out."""
    told = held_out(config)
    return ["train"] if (measure, told) == ("loss", "test") else ["train", told]


def held_out(config: SweepConfig) -> str:
    """The images that tell of each epoch."""
    return "validation" if config.validation else "test"


def _chart(measure: str, title: str, config: SweepConfig) -> Panel:
    series = f"training/{measure}"
    several = len(config.seeds) > 1
    sets = _sets(config, measure)
    thin = [_line(series, name, seed) for name in sets for seed in config.seeds if several]
    if measure == "loss":
        y, span = {}, {"hold": [{"series": series}], "least": [0], "room": 0.04}
    else:
        y, span = {"tickformat": ".0%"}, {"least": [0.9, 1.01], "series": [series]}
    layout = chart_layout(*over_epochs(EPOCH.title, config.epochs, y, span))
    layout["margin"] = {"l": 44, "r": 8, "t": 8, "b": 38}
    figure: Figure = {
        "data": [*thin, *(_line(series, name, None) for name in sets)],
        "layout": layout,
    }
    return Panel(measure, title, figure, waiting="Comes with the first epoch.")


def _line(series: str, name: str, seed: int | None) -> Trace:
    """The curve of one seed, or the mean of all."""
    is_mean = seed is None
    labels = {"set": name} if is_mean else {"set": name, "seed": seed}
    filled = marks.series(series, labels, **({"mean": True} if is_mean else {}))
    if not is_mean:
        thin = marks.mean(filled, _SETS[name], faded(_COLOURS[name], 0.3), width=1)
        del thin["hovertemplate"]
        return {**thin, "hoverinfo": "skip"}
    number = "%{y:.1%}" if series.endswith("accuracy") else "%{y:.3f}"
    return marks.mean(filled, _SETS[name], _COLOURS[name], hover=number)


def retraining_epochs(config: SweepConfig) -> int:
    """How long a pruned network is trained."""
    return config.finetune_epochs if config.prune_at == "trained" else config.epochs


def retraining(config: SweepConfig) -> Section:
    """How the networks of the chosen arm learn after each pruning."""
    places = [place for place in config.sparsities if place]
    labels = {"seed": config.seeds[0], "set": held_out(config)}
    last = max(len(places) - 1, 1)
    lines = [_recovery(place, i / last, labels) for i, place in enumerate(places)]
    series = [f"finetuning/accuracy/{name}/{granularity}" for name, granularity in config.arms]
    y = {
        "title": f"accuracy, {_SETS[held_out(config)]}",
        "tickformat": ".0%",
        "hoverformat": ".1%",
    }
    span = {"least": [0.8, 1.01], "series": series}
    layout = chart_layout(*over_epochs("epoch after pruning", retraining_epochs(config), y, span))
    figure: Figure = {"data": lines, "layout": {**layout, "hovermode": "closest"}}
    waiting = "Comes with the first network that is trained after pruning."
    titles = {"initialisation": "Training what is left", "during": "Pruning while training"}
    return Section(
        "retraining",
        [Row([Panel("accuracy", "Accuracy after pruning", figure, waiting=waiting)])],
        title=titles.get(config.prune_at, "Fine-tuning"),
        description="A line for each sparsity, of the first seed.",
        shape="wide",
        keys=[
            Key(f"{100 * place:.4g} % removed", colour, "line")
            for place, colour in zip(
                places[:: len(places) - 1 or 1], (_LITTLE, _MUCH), strict=False
            )
        ],
    )


def over_epochs(title: str, last: int, y: dict[str, Any], span: dict[str, Any]) -> tuple[Any, ...]:
    """The axes of a chart over epochs and what they span."""
    room = 0.02 * last if last > 1 else 0.5
    x = {"title": title, "tickformat": "d", **({"dtick": 1} if last <= _FEW else {})}
    return x, y, {"x": [1 - room, last + room], "y": span}


def _recovery(sparsity: float, share: float, labels: dict[str, Any]) -> Trace:
    trace = marks.mean(
        marks.series("finetuning/accuracy/{arm}", {**labels, "sparsity": sparsity}),
        f"{100 * sparsity:g} % removed",
        _between(_LITTLE, _MUCH, share),
        width=1.5,
        hover="%{y:.1%} after epoch %{x}",
    )
    return {**trace, "mode": "lines+markers", "marker": {"size": 4}}


def _between(low: str, high: str, share: float) -> str:
    """The colour at ``share`` of the way from one to the other."""
    pairs = [(int(low[i : i + 2], 16), int(high[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + share * (b - a)):02X}" for a, b in pairs)
