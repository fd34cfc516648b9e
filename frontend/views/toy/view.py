"""How a toy run looks: decision boundaries side by side, and accuracy against sparsity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontend.figures import marks
from frontend.figures.boundaries import MOST_POINTS, keys, reference_points, region, train_points
from frontend.figures.colours import BY_HAND, UNPRUNED, variant_colour, variant_symbol
from frontend.figures.layouts import line_layout, panel_layout
from frontend.figures.panels import Figure, Panel, Row, Section, Toggle
from frontend.figures.tables import TableView, table_view
from frontend.figures.view import Scrubber, View
from frontend.schemas import changed
from frontend.views.toy import live
from frontend.views.toy.live import SCENARIOS
from pruning.data.base import datasets
from pruning.experiments.facts import criterion_variants
from pruning.experiments.outputs import Variant
from pruning.experiments.toy.config import ToyConfig
from pruning.experiments.toy.outputs import PRUNED, TABLE
from pruning.experiments.toy.outputs import UNPRUNED as LEVELS


def toy(config: ToyConfig) -> View:
    """Panels for the unpruned network and each criterion; one chart; one table."""
    classes = datasets[config.dataset].labels
    variants = criterion_variants(config.criteria)
    panels = [_unpruned(classes), *(_panel(each, classes) for each in variants)]
    if config.in_page:
        panels.append(live.hand(classes))
    network = live.network(config, variants, classes) if config.in_page else None
    return View(
        network=network,
        subject=datasets[config.dataset].title,
        summary=f"{datasets[config.dataset].title} · {', '.join(each.title for each in variants)}",
        details=changed(config, besides={"dataset", "criteria"}),
        parts=[
            Section("panel", [Row(panels)], keys=keys(classes)),
            _scrubber(config),
            *([live.diagram(network, classes)] if network else []),
            _accuracy_chart(config),
            *([live.again(network, classes)] if network else []),
            _accuracy_table(variants, len(variants) * len(config.removals)),
        ],
    )


def _unpruned(classes: Sequence[str]) -> Panel:
    points = train_points(classes, size=4)
    points["meta"]["most"] = MOST_POINTS
    return Panel(
        "unpruned",
        "Unpruned",
        {"data": [region("unpruned", classes), points], "layout": panel_layout("grid")},
        description="The network with all of its units, and the points it was trained on.",
        readings=live.readings("unpruned"),
    )


def _panel(variant: Variant, classes: Sequence[str]) -> Panel:
    points = reference_points(variant.name, classes, size=7)
    return Panel(
        variant.name,
        variant.title,
        {"data": [region(variant.name, classes), points], "layout": panel_layout("grid")},
        description=variant.description,
        colour=variant_colour(variant),
        readings=live.readings(variant.name),
        ringed=True,
    )


def _scrubber(config: ToyConfig) -> Scrubber:
    """A place for each sparsity of the run; for each unit, where the page evaluates them itself."""
    removals = config.removals
    coarse = _places(removals, config.start, config.units)
    if not config.in_page:
        return coarse
    every = _places(range(removals[-1] + 1), config.start, config.units)
    return replace(coarse, finer=live.with_learning(every, config))


def _places(removals: Sequence[int], start: int, units: int) -> Scrubber:
    places = [removed / units for removed in removals]
    return Scrubber(
        title="Share of hidden units removed",
        places=places,
        labels=[_achieved(removed, units) for removed in removals],
        marks=[f"{100 * place:.0f} %" for place in places],
        start=start / units,
    )


def _achieved(removed: int, units: int) -> str:
    """What is gone really: of a few units a third cannot be removed."""
    return f"{100 * removed / units:.1f} % removed · {removed} of {units} units"


def _accuracy_chart(config: ToyConfig) -> Section:
    low, high = config.shares[0], config.shares[-1]
    variants = criterion_variants(config.criteria)
    lines = [_line(each, scenario) for each in variants for scenario in SCENARIOS]
    level = [_level(scenario, [low, high]) for scenario in SCENARIOS]
    hand = [live.by_hand(scenario) for scenario in SCENARIOS] if config.in_page else []
    figure: Figure = {
        "data": level + lines + hand,
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
            *(Toggle(each.name, each.title, variant_colour(each)) for each in variants),
            *([Toggle(live.HAND, "By hand", BY_HAND)] if config.in_page else []),
            Toggle("unpruned", "Unpruned", UNPRUNED),
        ],
    )


def _padded(low: float, high: float) -> list[float]:
    room = 0.02 * (high - low) or 0.05
    return [low - room, high + room]


def _line(variant: Variant, scenario: str) -> marks.Trace:
    is_test, series = scenario == "test", PRUNED[scenario]
    filled = marks.series(series.name.format(criterion=variant.name), series.where)
    return marks.mean(
        {**filled, "legendgroup": variant.name},
        f"{variant.title}, {SCENARIOS[scenario]}",
        variant_colour(variant),
        variant_symbol(variant) + ("-open" if is_test else ""),
        dash="dash" if is_test else "solid",
    )


def _level(scenario: str, across: list[float]) -> marks.Trace:
    series = LEVELS[scenario]
    filled = marks.series(series.name, series.where, across=across)
    dash = "dash" if scenario == "test" else "solid"
    name = f"Unpruned, {SCENARIOS[scenario]}"
    return marks.level({**filled, "legendgroup": "unpruned"}, name, dash)


def _accuracy_table(variants: Sequence[Variant], rows: int) -> TableView:
    return table_view(
        TABLE,
        titles={"criterion": {each.name: each.title for each in variants}},
        colours={"criterion": {each.name: variant_colour(each) for each in variants}},
        places=["sparsity"],
        rows=rows,
    )
