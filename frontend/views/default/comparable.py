"""What runs put into common figures whose experiment does not say so itself."""

from __future__ import annotations

from frontend.views.comparable import Comparable, Curve
from frontend.views.default.charts import averaged, is_banded, labels_of
from frontend.views.default.filling import Filled, Filling
from pruning.experiments.base import Experiment, ExperimentConfig
from pruning.experiments.outputs import Quantity, Series, Variant


def declared_comparable(study: Experiment, config: ExperimentConfig) -> Comparable:
    """Every curve whose name the configuration tells, along its quantities."""
    filling, dataset = Filling(study, config), study.facts(config).dataset
    curves = [
        _curve(series, series.x, each, dataset)
        for series in study.outputs.series
        if series.x is not None
        for each in filling.names(series.name)
        if "{" not in each.name
    ]
    axes = {axis.name for curve in curves for axis in curve.axes}
    places = {name: found for name in axes if (found := filling.places(name))}
    return Comparable(curves, places=places)


def _curve(series: Series, x: Quantity, each: Filled, dataset: str) -> Curve:
    return Curve(
        each.name,
        axes=(x,),
        measures=(series.y,),
        variant=each.variant or Variant("curve", series.name, series.title or series.y.title),
        dataset=dataset,
        labels=labels_of(series),
        detail=", ".join(each.words),
        averaged=bool(averaged(series)),
        band=is_banded(series),
    )
