"""What toy studies put into common figures."""

from __future__ import annotations

from frontend.figures.panels import Reading
from frontend.views.comparable import Boundary, Comparable, Curve
from pruning.data.base import datasets
from pruning.experiments.facts import criterion_variants
from pruning.experiments.outputs import Variant
from pruning.experiments.quantities import NOISY, REFERENCE, REFERENCE_SAMPLES, TRAINING
from pruning.experiments.toy_study.config import Scenario, ToyStudyConfig
from pruning.experiments.toy_study.outputs import ACCURACIES


def toy_study(config: ToyStudyConfig) -> Comparable:
    """Accuracy against reference samples on both sets, and boundaries along them."""
    variants = criterion_variants(config.criteria)
    curves = [
        _curve(dataset, variant, scenario, config)
        for dataset in config.datasets
        for variant in variants
        for scenario in ACCURACIES
    ]
    boundaries = [
        _boundary(dataset, variant, config)
        for dataset in config.datasets
        for variant in (None, *variants)
    ]
    places = [float(count) for count in config.reference_samples]
    return Comparable(curves, boundaries, {REFERENCE_SAMPLES.name: places})


def _curve(dataset: str, variant: Variant, scenario: Scenario, config: ToyStudyConfig) -> Curve:
    declared = ACCURACIES[scenario]
    tested = NOISY if config.test == "noisy" else REFERENCE
    return Curve(
        declared.name.format(dataset=dataset, network=variant.name),
        axes=(REFERENCE_SAMPLES,),
        measures=(TRAINING if scenario == "train" else tested,),
        variant=variant,
        dataset=datasets[dataset].title,
        labels={**declared.where, "statistic": "mean"},
        band=True,
    )


def _boundary(dataset: str, variant: Variant | None, config: ToyStudyConfig) -> Boundary:
    labels = {"scenario": "train", "statistic": "mean"}
    name = variant.name if variant else "unpruned"
    return Boundary(
        name,
        variant,
        datasets[dataset].title,
        datasets[dataset].labels,
        along=REFERENCE_SAMPLES,
        plane=("toy_study", dataset, config.train_seed),
        reading=Reading(
            "train",
            f"accuracy/{dataset}/{name}",
            labels,
            exact=True,
            long_title="mean train accuracy",
        ),
        scope=f"{dataset}/",
        exact=True,
    )
