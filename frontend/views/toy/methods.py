"""What a paper says of toy runs, and what it says of toy studies in the same words."""

from __future__ import annotations

from collections.abc import Sequence

from frontend.views.prose import (
    Sentences,
    cite,
    counted,
    listed,
    named,
    number,
    plain,
    spread,
)
from pruning.data.base import datasets
from pruning.experiments.toy.config import ToyConfig
from pruning.toy.settings import (
    DROPOUT,
    TEST_PER_CLASS,
    TRAINING_PER_CLASS,
    TRAININGS,
    ToyTraining,
    TrainingName,
)


def toy(config: ToyConfig) -> Sentences:
    """The sentences of a toy run, by what they are about."""
    noise = datasets[config.dataset].noise if config.noise is None else config.noise
    return {
        "data": points([config.dataset], f" with noise of standard deviation {number(noise)}"),
        "network": network(config.hidden, one=True),
        "training": training("quick", config.hidden, one=True),
        "pruning": f"{ranked(config.criteria)} over "
        f"{samples([config.reference_samples])} per class.",
        "schedule": f"The shares of units removed were {spread(config.sparsities)}, each in one "
        "shot and without fine-tuning.",
        "measures": f"We report accuracy on the training points and on {tested([config.dataset])}.",
        "seeds": f"The seed of training was {config.train_seed}, that of the reference samples "
        f"{config.reference_seed}.",
    }


def points(names: Sequence[str], noise: str = "") -> str:
    """From where the training points come: drawn, or one half of what somebody has brought."""
    fixed = [name for name in names if datasets[name].counts]
    drawn = [name for name in names if name not in fixed]
    sentences = []
    if drawn:
        which = "dataset" if len(drawn) == 1 else "datasets"
        said = listed(named("datasets", name) for name in drawn)
        sentences.append(
            f"Points in the plane were drawn from the {which} {said}{noise}, "
            f"{TRAINING_PER_CLASS:,} per class for training."
        )
    for name in fixed:
        count = f"{sum(datasets[name].counts):,} fixed points in the plane"
        sentences.append(
            f"Of the {count} of {named('datasets', name)} one half of each class, drawn by the "
            "seed of training, was learned from."
        )
    own = [datasets[name] for name in names if datasets[name].content]
    sentences += [f"{plain(each.title)}: {plain(each.description)}" for each in own]
    return " ".join(sentences)


def tested(names: Sequence[str]) -> str:
    """On which points networks are tested."""
    if any(datasets[name].counts for name in names):
        return (
            f"up to {TEST_PER_CLASS} points per class that were neither learned from nor "
            "reference samples"
        )
    return f"{TEST_PER_CLASS} fresh points per class"


def network(hidden: Sequence[int], *, one: bool) -> str:
    """What network is trained, or what networks are."""
    layers = f"{counted(len(hidden), 'hidden layer')} of {listed(map(str, hidden))} units"
    relu = "a ReLU behind each but the last" if len(hidden) > 1 else "a ReLU behind it"
    who = "The network had" if one else "For each of them a network was made with"
    behind = "the first" if len(hidden) > 1 else "it"
    return (
        f"{who} {layers}, {relu} and dropout of {number(DROPOUT)} behind {behind}"
        f"{cite('yeom2021')}."
    )


def training(name: TrainingName, hidden: Sequence[int], *, one: bool) -> str:
    """How they are trained."""
    recipe = TRAININGS[name]
    who = "The network was" if one else "The networks were"
    return (
        f"{who} trained by stochastic gradient descent "
        f"(momentum {recipe.momentum}) for {_steps(recipe)}, "
        f"with a learning rate of {_rate(recipe, max(hidden))}{_precision(recipe)}."
    )


def _steps(recipe: ToyTraining) -> str:
    if recipe.batch:
        return f"{recipe.steps:,} minibatches of {recipe.batch} points"
    return f"{recipe.steps:,} steps on all training points{cite('yeom2021')}"


def _rate(recipe: ToyTraining, width: int) -> str:
    falls = " that falls to zero along half a cosine" if recipe.schedule == "cosine" else ""
    return f"{recipe.learning_rate_of(width):.3g}{falls}"


def _precision(recipe: ToyTraining) -> str:
    if recipe.precision == "float32":
        return ""
    return f" and products between hidden layers in {recipe.precision}"


def ranked(names: Sequence[str]) -> str:
    """What ranks the units."""
    how = "criterion" if len(names) == 1 else "criteria"
    said = listed(named("criteria", name) for name in names)
    return f"All hidden units were ranked together by the {how} {said}, computed"


def samples(counts: Sequence[int]) -> str:
    """On how many reference samples."""
    if len(counts) == 1:
        return counted(counts[0], "reference sample")
    return f"{listed(map(str, counts))} reference samples"
