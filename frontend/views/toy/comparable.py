"""What toy runs put into common figures."""

from __future__ import annotations

from frontend.figures.panels import Reading
from frontend.views.comparable import Boundary, Comparable, Curve
from pruning.data.base import datasets
from pruning.experiments.facts import criterion_variants
from pruning.experiments.outputs import Variant
from pruning.experiments.quantities import UNITS
from pruning.experiments.toy.config import ToyConfig
from pruning.experiments.toy.outputs import PRUNED

UNPRUNED = "unpruned"


def toy(config: ToyConfig) -> Comparable:
    """Accuracy against the share of units removed on both sets; boundaries along it."""
    variants = criterion_variants(config.criteria)
    curves = [
        Curve(
            PRUNED[scenario].name.format(criterion=variant.name),
            axes=(UNITS,),
            measures=(PRUNED[scenario].y,),
            variant=variant,
            dataset=datasets[config.dataset].title,
            labels=PRUNED[scenario].where,
        )
        for variant in variants
        for scenario in ("test", "train")
    ]
    boundaries = [_boundary(variant, config) for variant in (None, *variants)]
    return Comparable(curves, boundaries, {UNITS.name: config.shares})


def _boundary(variant: Variant | None, config: ToyConfig) -> Boundary:
    dataset = datasets[config.dataset]
    noise = dataset.noise if config.noise is None else config.noise
    name = variant.name if variant else UNPRUNED
    return Boundary(
        name,
        variant,
        dataset.title,
        dataset.labels,
        along=UNITS,
        # The grid lies around the training points.
        plane=("toy", dataset.name, dataset.content, noise, config.train_seed, config.grid),
        reading=Reading(
            "test", f"accuracy/{name}", {"scenario": "test"}, long_title="test accuracy"
        ),
    )
