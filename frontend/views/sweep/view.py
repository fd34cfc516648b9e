"""How a sweep looks: training, curves, then everything at one sparsity, tables and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontend.figures.chooser import Chooser
from frontend.figures.tables import TableView
from frontend.figures.view import Downloads, Scrubber, View
from frontend.schemas import changed
from frontend.views.sweep.arms import arm_table, arms
from frontend.views.sweep.curves import curves
from frontend.views.sweep.errors import confusion, flips
from frontend.views.sweep.inside import filters, histograms, layers, sensitivity
from frontend.views.sweep.pareto import pareto
from frontend.views.sweep.training import retraining, retraining_epochs, training
from pruning.criteria.base import criteria
from pruning.data.image_base import image_datasets
from pruning.experiments.base import experiments
from pruning.experiments.outputs import TableOutput
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import of_budget
from pruning.experiments.sweep.outputs import ACCURACY_TABLE, RATIOS, SENSITIVITY, SUMMARY
from pruning.models.base import models
from pruning.recipes.base import Published, recipe_of
from pruning.recipes.published import published_table

START = 0.8
# Columns of the tables: which arm a row is of, and what was gained.
_ARM = ("criterion", "granularity")
_RATIOS = (*(ratio.name for ratio in RATIOS), "speedup_measured_q1", "speedup_measured_q3")


def sweep(config: SweepConfig) -> View:
    """From the training to what can be taken away."""
    recipe = recipe_of(experiments["sweep"], config)
    published = recipe.published if recipe else None
    return View(
        summary=f"{models[config.model].title} on {image_datasets[config.dataset].title} · "
        + ", ".join(criteria[name].title for name in config.criteria),
        details=changed(config, besides={"dataset", "model", "criteria"}),
        subject=image_datasets[config.dataset].title,
        parts=[
            training(config),
            curves(config, published),
            _scrubber(config),
            layers(),
            pareto(config),
            *([sensitivity(config)] if config.sensitivity else []),
            *([retraining(config)] if retraining_epochs(config) else []),
            histograms(),
            filters(),
            confusion(config),
            flips(config),
            *([_published_table(config, published)] if published else []),
            _summary_table(config),
            _accuracy_table(config),
            *([_sensitivity_table(config)] if config.sensitivity else []),
            Downloads(
                "Take away",
                "Pruned networks and what belongs to them, as they are made.",
                "Nothing yet: files come as soon as a network has been pruned.",
            ),
        ],
    )


def _scrubber(config: SweepConfig) -> Scrubber:
    places = config.sparsities
    of = of_budget(config.budget)
    what = {arm.key: arm.title for arm in arms(config) if not arm.is_control}
    return Scrubber(
        title="Sparsity",
        places=places,
        labels=[f"{_percent(place)}{of} removed" if place else "Dense" for place in places],
        marks=[_percent(place) for place in places],
        start=min(places, key=lambda place: abs(place - START)),
        even=True,
        choosers=[Chooser("arm", "By", what)],
    )


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _summary_table(config: SweepConfig) -> TableView:
    names = [
        *(
            *_ARM,
            "sparsity",
            "sparsity_achieved",
            "test_accuracy",
            "sd",
            "test_loss",
            *_RATIOS,
            "latency_ms",
        ),
        *("channel_ratio", "parameter_ratio", "seeds"),
    ]
    return _table(SUMMARY, names, config)


def _accuracy_table(config: SweepConfig) -> TableView:
    names = [
        *(*_ARM, "seed", "sparsity_asked", "sparsity_achieved", "test_accuracy"),
        *("test_accuracy_before_finetune", "test_loss", *_RATIOS, "nonzero_parameters", "bytes"),
        "best_epoch_accuracy",
    ]
    return _table(ACCURACY_TABLE, names, config, place="sparsity_asked")


def _sensitivity_table(config: SweepConfig) -> TableView:
    return arm_table(SENSITIVITY, SENSITIVITY.names, config, places=["sparsity"])


def _published_table(config: SweepConfig, published: Published) -> TableView:
    table = published_table(experiments["sweep"], published)
    keys = [name for name in _ARM if name in published.key]
    names = [*keys, "sparsity", "published_test_accuracy", "test_accuracy", "difference"]
    # Nobody has asked for what was published.
    columns = [replace(c, title="Removed") if c.name == "sparsity" else c for c in table.columns]
    return arm_table(
        replace(table, columns=tuple(columns)),
        names,
        config,
        places=["sparsity"],
        sort=[*keys, "sparsity"],
        rows=len(published.rows),
    )


def _table(
    table: TableOutput, names: Sequence[str], config: SweepConfig, place: str = "sparsity"
) -> TableView:
    means = len(config.arms) * len(config.sparsities)
    of_seeds = "seed" in names
    return arm_table(
        table,
        names,
        config,
        places=[place],
        sort=["granularity", "criterion", *(["seed"] if of_seeds else []), place],
        rows=means * len(config.seeds) if of_seeds else means,
    )
