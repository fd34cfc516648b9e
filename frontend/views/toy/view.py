"""How a toy run looks: decision boundaries side by side, and accuracy against sparsity."""

from __future__ import annotations

from typing import Any

from frontend.figures.boundaries import MOST_POINTS, keys, reference_points, region, train_points
from frontend.figures.colours import UNPRUNED, criterion_colour, criterion_symbol
from frontend.figures.layouts import line_layout, panel_layout
from frontend.figures.view import (
    Column,
    Figure,
    Panel,
    Reading,
    Row,
    Scrubber,
    Section,
    TableView,
    Toggle,
    View,
    changed,
)
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.experiments.toy.config import ToyConfig

SCENARIOS = {"train": "training set", "test": "test set"}


def toy(config: ToyConfig) -> View:
    """Panels for the unpruned network and each criterion; one chart; one table."""
    classes = datasets[config.dataset].classes
    titles = {name: criteria[name].title for name in config.criteria}
    panels = [_unpruned(classes), *(_panel(name, classes) for name in config.criteria)]
    return View(
        summary=f"{datasets[config.dataset].title} · {', '.join(titles.values())}",
        details=changed(config, besides={"dataset", "criteria"}),
        parts=[
            Section("panel", [Row(panels)], keys=keys(classes)),
            _scrubber(config),
            _accuracy_chart(config),
            _accuracy_table(titles, len(titles) * len(config.sparsities)),
        ],
    )


def _unpruned(classes: int) -> Panel:
    points = train_points(classes, size=4)
    points["meta"]["most"] = MOST_POINTS
    return Panel(
        "unpruned",
        "Unpruned",
        {"data": [region("unpruned", classes), points], "layout": panel_layout("grid")},
        description="The network with all of its units, and the points it was trained on.",
        readings=_readings("unpruned"),
    )


def _panel(name: str, classes: int) -> Panel:
    points = reference_points(name, classes, size=7)
    return Panel(
        name,
        criteria[name].title,
        {"data": [region(name, classes), points], "layout": panel_layout("grid")},
        description=criteria[name].description,
        colour=criterion_colour(name),
        readings=_readings(name),
        ringed=True,
    )


def _readings(name: str) -> list[Reading]:
    return [
        Reading(title, f"accuracy/{name}", {"scenario": scenario})
        for title, scenario in (("train", "train"), ("test", "test"))
    ]


def _scrubber(config: ToyConfig) -> Scrubber:
    places, units = config.sparsities, sum(config.hidden)
    return Scrubber(
        title="Share of hidden units removed",
        places=places,
        labels=[_achieved(round(place * units), units) for place in places],
        marks=[f"{100 * place:.0f} %" for place in places],
        start=1 / 3 if 1 / 3 in places else places[len(places) // 2],
    )


def _achieved(removed: int, units: int) -> str:
    """What is gone really: of a few units a third cannot be removed."""
    return f"{100 * removed / units:.1f} % removed · {removed} of {units} units"


def _accuracy_chart(config: ToyConfig) -> Section:
    low, high = config.sparsities[0], config.sparsities[-1]
    lines = [_line(name, scenario) for name in config.criteria for scenario in SCENARIOS]
    level = [_level(scenario, [low, high]) for scenario in SCENARIOS]
    figure: Figure = {
        "data": level + lines,
        "layout": line_layout(
            x={"title": "share of hidden units removed", "range": _padded(low, high)},
            y={"title": "accuracy", "range": [0, 1.04]},
        ),
    }
    title = "Accuracy against sparsity"
    return Section(
        "chart",
        [Row([Panel("accuracy", title, figure)])],
        title=title,
        description="Solid: training set. Dashed: test set.",
        shape="wide",
        toggles=[
            *(Toggle(n, criteria[n].title, criterion_colour(n)) for n in config.criteria),
            Toggle("unpruned", "Unpruned", UNPRUNED),
        ],
    )


def _padded(low: float, high: float) -> list[float]:
    room = 0.02 * (high - low) or 0.05
    return [low - room, high + room]


def _line(name: str, scenario: str) -> dict[str, Any]:
    colour, is_test = criterion_colour(name), scenario == "test"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"{criteria[name].title}, {SCENARIOS[scenario]}",
        "legendgroup": name,
        "meta": {"series": f"accuracy/{name}", "labels": {"scenario": scenario}},
        "line": {"color": colour, "width": 2, "dash": "dash" if is_test else "solid"},
        "marker": {"size": 5, "symbol": criterion_symbol(name) + ("-open" if is_test else "")},
        "hovertemplate": "%{y:.1%}",
    }


def _level(scenario: str, across: list[float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"Unpruned, {SCENARIOS[scenario]}",
        "legendgroup": "unpruned",
        "meta": {
            "series": "accuracy/unpruned",
            "labels": {"scenario": scenario},
            "across": across,
        },
        "line": {
            "color": UNPRUNED,
            "width": 1.5,
            "dash": "dash" if scenario == "train" else "dot",
        },
        "hovertemplate": "%{y:.1%}",
    }


def _accuracy_table(titles: dict[str, str], rows: int) -> TableView:
    colours = {name: criterion_colour(name) for name in titles}
    return TableView(
        "accuracy",
        "Accuracy",
        columns=[
            Column("criterion", "Criterion", titles=titles, colours=colours),
            Column("sparsity", "Removed", "percent"),
            Column("units_removed", "Units removed", "integer"),
            Column("train_accuracy", "Accuracy, training set", "percent"),
            Column("test_accuracy", "Accuracy, test set", "percent"),
        ],
        places=["sparsity"],
        rows=rows,
    )
