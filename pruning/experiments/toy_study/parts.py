"""How a toy study is divided among workers."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.data.base import datasets
from pruning.experiments.base import Part
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.toy.settings import TRAININGS


def parts(config: ToyStudyConfig) -> list[Part]:
    """One part per dataset to train its network, then one per sample count; then the ranks'."""
    return [part for name in config.datasets for part in _parts_of(name, config)]


def _parts_of(dataset: str, config: ToyStudyConfig) -> Iterator[Part]:
    seeds, network = config.seeds, f"{dataset}/network"
    yield Part(network, _training_steps(dataset, config))
    for count in config.reference_samples:
        # What a sample costs to score, in terms of what a seed costs to evaluate.
        share = count * datasets[dataset].classes / 200
        steps = round(seeds * (1 + share)) + (2 * seeds if config.ranks else 0)
        yield Part(f"{dataset}/{count}", steps, (network,))
    if config.ranks:
        for criterion in config.criteria:
            yield Part(f"{dataset}/{criterion}", 10 * seeds, (network,))


def _training_steps(dataset: str, config: ToyStudyConfig) -> int:
    """What the training takes, in terms of what a seed costs to evaluate.

    That is about as much as the points of one class cost in a step on all points.
    """
    if config.training == "quick":
        return config.seeds
    return TRAININGS[config.training].steps * datasets[dataset].classes
