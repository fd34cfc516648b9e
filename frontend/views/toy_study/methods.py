"""What a paper says of toy studies."""

from __future__ import annotations

from frontend.views.prose import Sentences, number, percent
from frontend.views.toy.methods import network, points, ranked, samples, tested, training
from pruning.experiments.toy_study.config import ToyStudyConfig


def toy_study(config: ToyStudyConfig) -> Sentences:
    """The sentences of a toy study, by what they are about."""
    one = len(config.datasets) == 1
    return {
        "data": points(config.datasets),
        "network": network(config.hidden, one=one),
        "training": training(config.training, config.hidden, one=one),
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
    return f"{tested(config.datasets)}, moved by Gaussian noise of standard deviation {sigma}"


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
