"""What toy studies put into common figures."""

from __future__ import annotations

from frontend.figures.view import Reading
from frontend.views.comparable import Boundary, Comparable, Curve
from pruning.data.base import datasets
from pruning.experiments.toy_study.config import ToyStudyConfig

_ALONG = "reference_samples"


def toy_study(config: ToyStudyConfig) -> Comparable:
    """Accuracy against reference samples on both sets, and boundaries along them."""
    measures = {"train": "training", "test": config.test}
    curves = [
        Curve(
            f"accuracy/{dataset}/{name}",
            axes=(_ALONG,),
            measures=(measure,),
            criterion=name,
            dataset=datasets[dataset].title,
            labels={"scenario": scenario, "statistic": "mean"},
            band=True,
        )
        for dataset in config.datasets
        for name in config.criteria
        for scenario, measure in measures.items()
    ]
    boundaries = [
        _boundary(dataset, name, config)
        for dataset in config.datasets
        for name in ("unpruned", *config.criteria)
    ]
    places = [float(count) for count in config.reference_samples]
    return Comparable(curves, boundaries, {_ALONG: places})


def _boundary(dataset: str, name: str, config: ToyStudyConfig) -> Boundary:
    labels = {"scenario": "train", "statistic": "mean"}
    return Boundary(
        name,
        datasets[dataset].title,
        datasets[dataset].classes,
        along=_ALONG,
        plane=("toy_study", dataset, config.train_seed),
        reading=Reading("train", f"accuracy/{dataset}/{name}", labels, exact=True),
        scope=f"{dataset}/",
        exact=True,
    )
