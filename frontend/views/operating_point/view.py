"""One network: what it is beside the dense one, its layers, how it was fine-tuned, its files."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.layouts import chart_layout
from frontend.figures.panels import Figure, Panel, Row, Section
from frontend.figures.tables import table_view
from frontend.figures.view import Downloads, View
from frontend.views.sweep.arms import Arm
from frontend.views.sweep.training import held_out, over_epochs
from pruning.data.image_base import image_datasets
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.operating_point.outputs import LAYERS, NETWORKS, STAGES
from pruning.experiments.sweep.granularities import of_budget
from pruning.models.base import models


def operating_point(config: OperatingPointConfig) -> View:
    """From what it is to its files."""
    arm = Arm(*config.point)
    share = f"{100 * config.sparsity:.4g} %{of_budget(config.budget)} removed"
    further = f" · {config.further_epochs} epochs of fine-tuning" if config.further_epochs else ""
    return View(
        summary=f"{models[config.model].title} on {image_datasets[config.dataset].title} · "
        f"{arm.title} · {share}",
        details=f"Seed {config.seeds[0]}{further}",
        parts=[
            table_view(
                NETWORKS,
                titles={"network": STAGES},
                rows=3 if config.further_epochs else 2,
            ),
            *([_fine_tuning(config, arm)] if config.further_epochs else []),
            table_view(LAYERS, rows=max(len(models[config.model].layers), 3)),
            Downloads(
                "Take away",
                "The network with its mask, and Python that loads it. It is also among what other "
                f"runs can start from: {_starting(config)}",
                "Nothing yet: files come once the network is made and is that of its row.",
            ),
        ],
    )


def _starting(config: OperatingPointConfig) -> str:
    """What becomes of what was removed when another run starts from here."""
    if config.granularities == ["unit"]:
        return "as small as it is, so that sparsities are shares of what is left."
    return "what was removed begins at zero there, and training brings it back."


def _fine_tuning(config: OperatingPointConfig, arm: Arm) -> Section:
    series = f"finetuning/accuracy/{arm.key}"
    labels = {"seed": config.seeds[0], "sparsity": config.sparsity, "set": held_out(config)}
    line = marks.mean(marks.series(series, labels), arm.title, arm.colour)
    y = {"title": "accuracy", "tickformat": ".0%", "hoverformat": ".1%"}
    span = {"least": [0.8, 1.01], "series": [series]}
    layout = chart_layout(*over_epochs("epoch", config.further_epochs, y, span))
    figure: Figure = {"data": [line], "layout": layout}
    return Section(
        "fine-tuning",
        [Row([Panel("accuracy", "Accuracy", figure, waiting="Comes with the first epoch.")])],
        title="Fine-tuning from here",
        description=f"Under its mask, on the {held_out(config)} images.",
        shape="wide",
    )
