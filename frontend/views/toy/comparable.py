"""What toy runs put into common figures."""

from __future__ import annotations

from frontend.figures.view import Reading
from frontend.views.comparable import Boundary, Comparable, Curve
from pruning.data.base import datasets
from pruning.experiments.toy.config import ToyConfig

UNPRUNED = "unpruned"
_SETS = {"test": "accuracy", "train": "training"}


def toy(config: ToyConfig) -> Comparable:
    """Accuracy against the share of units removed on both sets; boundaries along it."""
    dataset = datasets[config.dataset]
    curves = [
        Curve(
            f"accuracy/{name}",
            axes=("units",),
            measures=(measure,),
            criterion=name,
            dataset=dataset.title,
            labels={"scenario": scenario},
        )
        for name in config.criteria
        for scenario, measure in _SETS.items()
    ]
    boundaries = [_boundary(name, config) for name in (UNPRUNED, *config.criteria)]
    return Comparable(curves, boundaries, {"units": config.sparsities})


def _boundary(name: str, config: ToyConfig) -> Boundary:
    dataset = datasets[config.dataset]
    noise = dataset.noise if config.noise is None else config.noise
    return Boundary(
        name,
        dataset.title,
        dataset.classes,
        along="units",
        # The grid lies around the training points.
        plane=("toy", dataset.name, noise, config.train_seed, config.grid),
        reading=Reading("test", f"accuracy/{name}", {"scenario": "test"}),
    )
