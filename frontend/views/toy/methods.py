"""What a paper says of the toy experiments."""

from __future__ import annotations

from collections.abc import Sequence

from frontend.exports.prose import (
    Sentences,
    cite,
    counted,
    listed,
    named,
    number,
    percent,
    spread,
    tells,
)
from pruning.data.base import datasets
from pruning.experiments.toy.config import ToyConfig
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.toy.settings import DROPOUT, TEST_PER_CLASS, TRAINING_PER_CLASS, ToyTraining


@tells("toy")
def toy(config: ToyConfig) -> Sentences:
    """The sentences of a toy run, by what they are about."""
    noise = datasets[config.dataset].noise if config.noise is None else config.noise
    samples = _samples([config.reference_samples])
    return {
        "data": "Points in the plane were drawn from the dataset "
        f"{named('dataset', config.dataset)} with noise of standard deviation {number(noise)}, "
        f"{TRAINING_PER_CLASS:,} per class for training.",
        "network": _network(config.hidden, one=True),
        "training": _training(config.hidden, one=True),
        "pruning": f"{_ranked(config.criteria)} over {samples} per class.",
        "schedule": f"The shares of units removed were {spread(config.sparsities)}, each in one "
        "shot and without fine-tuning.",
        "measures": "We report accuracy on the training points and on "
        f"{TEST_PER_CLASS} fresh points per class.",
        "seeds": f"The seed of training was {config.train_seed}, that of the reference samples "
        f"{config.reference_seed}.",
    }


@tells("toy_study")
def toy_study(config: ToyStudyConfig) -> Sentences:
    """The sentences of a toy study, by what they are about."""
    names = [named("datasets", name) for name in config.datasets]
    noise = "dataset" if len(names) == 1 else "datasets"
    return {
        "data": f"Points in the plane were drawn from the {noise} {listed(names)}, "
        f"{TRAINING_PER_CLASS:,} per class for training.",
        "network": _network(config.hidden, one=len(names) == 1),
        "training": _training(config.hidden, one=len(names) == 1),
        "pruning": f"{_ranked(config.criteria)} over {_samples(config.reference_samples)} per "
        "class.",
        "schedule": f"The lowest-ranked {percent(config.fraction)} of the units were removed in "
        "one shot and without fine-tuning.",
        "measures": f"We report accuracy on the training points and on {_test(config)}.",
        "ranks": _ranks(config),
        "seeds": f"The reference samples were drawn {_times(config.seeds)}. The seed of training "
        f"was {config.train_seed}.",
    }


def _network(hidden: Sequence[int], *, one: bool) -> str:
    layers = f"{counted(len(hidden), 'hidden layer')} of {listed(map(str, hidden))} units"
    relu = "a ReLU behind each but the last" if len(hidden) > 1 else "a ReLU behind it"
    who = "The network had" if one else "For each of them a network was made with"
    behind = "the first" if len(hidden) > 1 else "it"
    return (
        f"{who} {layers}, {relu} and dropout of {number(DROPOUT)} behind {behind}"
        f"{cite('yeom2021')}."
    )


def _training(hidden: Sequence[int], *, one: bool) -> str:
    recipe = ToyTraining()
    rate = recipe.learning_rate_of(max(hidden))
    who = "The network was" if one else "The networks were"
    return (
        f"{who} trained by stochastic gradient descent "
        f"(momentum {recipe.momentum}) for {recipe.steps:,} minibatches of {recipe.batch} points, "
        f"with a learning rate of {rate:.3g} that falls to zero along half a cosine."
    )


def _ranked(names: Sequence[str]) -> str:
    how = "criterion" if len(names) == 1 else "criteria"
    said = listed(named("criteria", name) for name in names)
    return f"All hidden units were ranked together by the {how} {said}, computed"


def _samples(counts: Sequence[int]) -> str:
    if len(counts) == 1:
        return counted(counts[0], "reference sample")
    return f"{listed(map(str, counts))} reference samples"


def _test(config: ToyStudyConfig) -> str:
    if config.test == "reference":
        return "the reference samples"
    sigma = number(config.noise_sigma)
    return (
        f"{TEST_PER_CLASS} fresh points per class, moved by Gaussian noise of standard "
        f"deviation {sigma}"
    )


def _ranks(config: ToyStudyConfig) -> str:
    if not config.ranks:
        return ""
    return (
        "Rankings of all units were compared across seeds, criteria and numbers of samples by "
        "Spearman's and Kendall's rank correlation and by the units in common at either end."
    )


def _times(seeds: int) -> str:
    if seeds == 1:
        return "once"
    return f"{seeds:,} times, and we report the mean and standard deviation over these draws"
