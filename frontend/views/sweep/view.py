"""How a sweep looks: training, curves, then everything at one sparsity, tables and files."""

from __future__ import annotations

from frontend.figures.view import (
    Chooser,
    Column,
    Downloads,
    Scrubber,
    TableView,
    View,
    changed,
)
from frontend.naming import origin
from frontend.views.sweep.arms import arm_columns, arms
from frontend.views.sweep.curves import curves
from frontend.views.sweep.errors import confusion, flips
from frontend.views.sweep.inside import filters, histograms, layers, sensitivity
from frontend.views.sweep.pareto import pareto
from frontend.views.sweep.training import retraining, retraining_epochs, training
from pruning.criteria.base import criteria
from pruning.data.image_base import image_datasets
from pruning.experiments.base import experiments
from pruning.experiments.sweep.config import SweepConfig
from pruning.models.base import models
from pruning.recipes.base import Published, recipe_of

START = 0.8


def sweep(config: SweepConfig) -> View:
    """From the training to what can be taken away."""
    recipe = recipe_of(experiments["sweep"], config)
    published = recipe.published if recipe else None
    return View(
        summary=f"{models[config.model].title} on {image_datasets[config.dataset].title} · "
        + ", ".join(criteria[name].title for name in config.criteria),
        details=changed(config, besides={"dataset", "model", "criteria"}),
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
            ),
        ],
    )


def _scrubber(config: SweepConfig) -> Scrubber:
    places = config.sparsities
    what = {arm.key: arm.title for arm in arms(config) if not arm.is_control}
    return Scrubber(
        title="Sparsity",
        places=places,
        labels=[f"{_percent(place)} removed" if place else "Dense" for place in places],
        marks=[_percent(place) for place in places],
        start=min(places, key=lambda place: abs(place - START)),
        even=True,
        choosers=[Chooser("arm", "By", what)],
    )


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _summary_table(config: SweepConfig) -> TableView:
    columns = [
        Column("sparsity", "Asked", "percent"),
        Column("test_accuracy", "Accuracy", "percent"),
        Column("sd", "± sd", "percent"),
        Column("test_loss", "Loss", "number"),
        Column("compression", "Compression", "times"),
        Column("speedup_theoretical", "Speed-up, theoretical", "times"),
        Column("speedup_measured", "measured", "times"),
        Column("latency_ms", "Latency", "milliseconds"),
        Column("channel_ratio", "Units left", "percent"),
        Column("parameter_ratio", "Parameters left", "percent"),
        Column("seeds", "Seeds", "integer"),
    ]
    return _table("summary", "Mean over the seeds", config, columns)


def _accuracy_table(config: SweepConfig) -> TableView:
    columns = [
        Column("seed", "Seed", "integer"),
        Column("sparsity_asked", "Asked", "percent"),
        Column("sparsity_achieved", "Achieved", "percent"),
        Column("test_accuracy", "Accuracy", "percent"),
        Column("test_accuracy_before_finetune", "before fine-tuning", "percent"),
        Column("test_loss", "Loss", "number"),
        Column("compression", "Compression", "times"),
        Column("speedup_theoretical", "Speed-up, theoretical", "times"),
        Column("speedup_measured", "measured", "times"),
        Column("nonzero_parameters", "Parameters left", "integer"),
        Column("bytes", "Size", "bytes"),
        Column("best_epoch_accuracy", "Best epoch", "percent"),
    ]
    return _table("accuracy", "Every network", config, columns, place="sparsity_asked")


def _sensitivity_table(config: SweepConfig) -> TableView:
    columns = [
        Column("layer", "Layer"),
        Column("sparsity", "Asked", "percent"),
        Column("test_accuracy", "Accuracy", "percent"),
    ]
    return TableView(
        "sensitivity",
        "Each layer alone",
        columns=[*arm_columns(config), *columns],
        places=["sparsity"],
    )


def _published_table(config: SweepConfig, published: Published) -> TableView:
    columns = [
        Column("sparsity", "Removed", "percent"),
        Column("published_test_accuracy", origin(published), "percent"),
        Column("test_accuracy", "Here", "percent"),
        Column("difference", "Difference", "points"),
    ]
    keys = [column for column in arm_columns(config) if column.name in published.key]
    return TableView(
        "published",
        f"{origin(published)} beside reproduced here",
        columns=[*keys, *columns],
        description=f"{published.source[0].upper()}{published.source[1:]}.",
        places=["sparsity"],
        sort=[column.name for column in (*keys, columns[0])],
        rows=len(published.rows),
    )


def _table(
    name: str, title: str, config: SweepConfig, columns: list[Column], place: str = "sparsity"
) -> TableView:
    means = len(config.arms) * len(config.sparsities)
    return TableView(
        name,
        title,
        columns=[*arm_columns(config), *columns],
        places=[place],
        sort=["granularity", "criterion", *(["seed"] if name == "accuracy" else []), place],
        rows=means if name == "summary" else means * len(config.seeds),
    )
