"""How much a toy run has to do; importable without torch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pruning.data.base import datasets
from pruning.estimates.work import Here, Work
from pruning.experiments.toy.config import ToyConfig
from pruning.toy.identity import ToyNetworkIdentity
from pruning.toy.in_page import fits_in_page
from pruning.toy.settings import TEST_PER_CLASS, TRAINING_PER_CLASS, ToyTraining


def work(config: ToyConfig, here: Here) -> Work:
    """Training, unless the network is kept, and every criterion at every sparsity."""
    data = datasets[config.dataset]
    noise = data.noise if config.noise is None else config.noise
    network = ToyNetworkIdentity(
        data.name, noise, tuple(config.hidden), config.train_seed, content=data.content
    )
    points = config.grid**2 + data.classes * (
        TRAINING_PER_CLASS + TEST_PER_CLASS + config.reference_samples
    )
    pictures = len(config.criteria) * len(config.removals) + len(config.learning)
    evaluated = points * weights(config.hidden, data.classes)
    total = Work(
        {
            "toy start": 1,
            "toy picture": pictures,
            "toy point": pictures * points,
            "toy evaluation": pictures * evaluated,
        }
    )
    if not is_kept(network, here):
        total += training(network, data.classes)
    return total


def training(network: ToyNetworkIdentity, classes: int) -> Work:
    """A toy network learns."""
    recipe = network.recipe
    batch = recipe.batch or TRAINING_PER_CLASS * classes
    size = weights(network.hidden, classes)
    return Work(
        {
            "toy step": recipe.steps * (len(network.hidden) + 1),
            "toy weight step": recipe.steps * size,
            "toy training" if recipe.batch else "toy training on all": recipe.steps * batch * size,
        }
    )


def is_kept(network: ToyNetworkIdentity, here: Here) -> bool:
    """Whether it is there, with all of it that a page shows."""
    if not here.has_file(network.path(here.data_dir)):
        return False
    watched = network.recipe == ToyTraining() and fits_in_page(network.hidden, grid=0)
    return not watched or here.has_file(network.moments_path(here.data_dir))


def weights(hidden: Sequence[int], classes: int) -> int:
    """How many multiply-adds a point takes."""
    return sum(a * b for a, b in pairwise([2, *hidden, classes]))
