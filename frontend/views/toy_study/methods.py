"""What a paper says of toy studies."""

from __future__ import annotations

from frontend.views.prose import Sentences, listed, named, number, percent
from frontend.views.toy.methods import network, ranked, samples, training
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.toy.settings import TEST_PER_CLASS, TRAINING_PER_CLASS


def toy_study(config: ToyStudyConfig) -> Sentences:
    """The sentences of a toy study, by what they are about."""
    names = [named("datasets", name) for name in config.datasets]
    noise = "dataset" if len(names) == 1 else "datasets"
    return {
        "data": f"Points in the plane were drawn from the {noise} {listed(names)}, "
        f"{TRAINING_PER_CLASS:,} per class for training.",
        "network": network(config.hidden, one=len(names) == 1),
        "training": training(config.training, config.hidden, one=len(names) == 1),
        "pruning": f"{ranked(config.criteria)} over {samples(config.reference_samples)} per class.",
        "schedule": f"The lowest-ranked {percent(config.fraction)} of the units were removed in "
        "one shot and without fine-tuning.",
        "measures": f"We report accuracy on the training points and on {_test(config)}.",
        "ranks": _ranks(config),
        "seeds": f"The reference samples were drawn {_times(config.seeds)}. The seed of training "
        f"was {config.train_seed}.",
    }


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
