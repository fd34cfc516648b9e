"""How much a toy study has to do; importable without torch."""

from __future__ import annotations

from pruning.data.base import datasets
from pruning.estimates.work import Here, Work
from pruning.experiments.toy.work import is_kept, training, weights
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.toy.identity import ToyNetworkIdentity
from pruning.toy.settings import TEST_PER_CLASS, TRAINING_PER_CLASS, TRAININGS

# Grid points along each side of a small picture, as pruning.experiments.toy_study.study has them.
_GRID = 80
# Of the second layer's products only so much is computed anew for a mask (.masked).
_ANEW = 0.35


def work(config: ToyStudyConfig, here: Here) -> Work:
    """The networks of all datasets, and all prunings of each."""
    lanes = len(config.datasets) * len(config.reference_samples)
    total = Work({"toy start": 1}, lanes=lanes)
    for name in config.datasets:
        data = datasets[name]
        network = ToyNetworkIdentity(
            name,
            data.noise,
            tuple(config.hidden),
            config.train_seed,
            TRAININGS[config.training],
            content=data.content,
        )
        if not is_kept(network, here):
            total += training(network, data.classes)
        for count in config.reference_samples:
            total += _prunings(config, data.classes, count)
    return total


def _prunings(config: ToyStudyConfig, classes: int, count: int) -> Work:
    """All criteria over all draws of so many reference samples per class."""
    size, arms = weights(config.hidden, classes), len(config.criteria)
    tested = TEST_PER_CLASS if config.test == "noisy" else count
    masks = config.seeds * arms
    evaluated = masks * classes * (TRAINING_PER_CLASS + tested) * _ANEW
    pictures = (arms + 1) * _GRID**2
    scored = config.seeds * arms * count * classes * (3 if config.ranks else 1)
    pairs = config.seeds**2 * arms * (arms + len(config.reference_samples))
    return Work(
        {
            "toy part": 1,
            "toy mask": masks,
            "toy study evaluation": (evaluated + pictures) * size,
            "toy study scoring": scored * size,
            "toy comparison": pairs * config.units if config.ranks else 0,
        }
    )
