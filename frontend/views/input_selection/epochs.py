"""How accuracy, the share that is sent and its weight in the loss go, epoch by epoch."""

from __future__ import annotations

from typing import Any

from frontend.figures import marks
from frontend.figures.colours import apart_colour, faded
from frontend.figures.layouts import marked_layout
from frontend.figures.panels import Figure, Panel, Row, Section
from pruning.experiments.input_selection.config import InputSelectionConfig
from pruning.experiments.input_selection.outputs import ACCURACIES, LAMBDAS, QS
from pruning.experiments.outputs import Series
from pruning.experiments.quantities import EPOCH

INK = "#7B8490"


def epochs(config: InputSelectionConfig) -> Section:
    """Each repeat in a colour of its own, and their mean, of the chosen kind."""
    several = " Coloured: each repeat; grey: their mean." if len(config.seeds) > 1 else ""
    panels = [
        _chart("accuracy", "Accuracy", ACCURACIES, config, {"tickformat": ".0%"}),
        _chart("q", "Share that is sent, Q", QS, config, {"tickformat": ".0%"}),
        _chart("lambda", "Weight of Q in the loss, λ", LAMBDAS, config, {"tickformat": "~g"}),
    ]
    return Section(
        "epochs",
        [Row(panels)],
        title="Training",
        description=f"On the test set, of the chosen mask, epoch by epoch.{several}",
        shape="small",
        least=260,
    )


def _chart(
    name: str, title: str, series: Series, config: InputSelectionConfig, y: dict[str, Any]
) -> Panel:
    hover = "%{y:.1%}" if y["tickformat"] == ".0%" else "%{y:.3~g}"
    named = [series.name.format(kind=kind) for kind in config.kinds]
    if name == "lambda":
        span: Any = {"hold": [{"series": each} for each in named], "least": [0], "room": 0.06}
    elif name == "q":
        span = [0, 1.02]
    else:
        span = {"least": [0.8, 1.01], "series": named}
    room = 0.02 * config.epochs or 0.5
    layout = marked_layout(
        {"title": EPOCH.title, "tickformat": "d"},
        y,
        {"x": [1 - room, config.epochs + room], "y": span},
    )
    layout["margin"] = {"l": 44, "r": 8, "t": 8, "b": 38}
    several = len(config.seeds) > 1
    repeats = [
        marks.mean(
            marks.series(series.name, {"repeat": seed}),
            f"Repeat {seed}",
            faded(apart_colour(place), 0.8) if several else INK,
            width=1.2 if several else 2,
            hover=hover,
        )
        for place, seed in enumerate(config.seeds)
    ]
    over = marks.series(series.name, {}, mean=True)
    mean = [marks.mean(over, "Mean", INK, width=2.5, hover=hover)] if several else []
    figure: Figure = {"data": [*repeats, *mean], "layout": layout}
    return Panel(name, title, figure, waiting="Comes with the first epoch.")
