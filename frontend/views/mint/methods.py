"""What a paper says of a run of MINT."""

from __future__ import annotations

from frontend.views.prose import Sentences, cite, counted, listed, number, percent, spread
from frontend.views.trained import data_sentence, network_sentence, training_sentence
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.per_layer import limits


def mint(config: MintConfig) -> Sentences:
    """The sentences of a run, by what they are about."""
    return {
        "data": data_sentence(config),
        "network": network_sentence(config),
        "training": training_sentence(config),
        "scores": _scores(config),
        "pruning": _pruning(config),
        "retraining": _retraining(config),
        "seeds": _seeds(config),
    }


def _scores(config: MintConfig) -> str:
    return (
        "Between every layer and what it reads we estimated the conditional mutual information of "
        f"groups of units given all other groups{cite('ganesh2020')}, with {config.groups[0]:,} "
        f"groups a layer and {config.samples_per_class[0]:,} training images of each class: "
        "surrogates by the nearest neighbour, and the edges of a Euclidean minimum spanning tree "
        "that join them to untouched samples. Activations of convolutions were averaged over "
        "pixels."
    )


_BY = {
    "mint": "the lowest scores",
    "mint_as_published": "the lowest of the scores that the published code computes",
    "chance": "chance",
    "magnitude": "the smallest mean magnitude of a block's weights",
}
_AS_MUCH = {"chance": "chance", "magnitude": "magnitude"}


def _pruning(config: MintConfig) -> str:
    layers = listed(config.prune_layers) if config.prune_layers else "all layers"
    of = "weights" if config.percent_of == "weights" else "distinct scores"
    apart = ", for each separately" if len(config.variants) > 1 else ""
    said = (
        f"Of {layers} blocks were set to zero at "
        f"{spread(config.percentages, lambda p: f'{p:g} %')} of the {of}, chosen by "
        f"{listed(_BY[variant] for variant in config.variants)}{apart}. {_limits(config)}"
    )
    if controls := [words for name, words in _AS_MUCH.items() if name in config.variants]:
        said += f" By {listed(controls)} went as much of each layer as by the lowest scores."
    return said


def _limits(config: MintConfig) -> str:
    others = [f"{percent(most)} for {name}" for name, most in limits(config.layer_limits).items()]
    most = f"{percent(config.upper_limit)} of its weights"
    apart = f" ({listed(others)})" if others else ""
    if config.percent_of == "weights":
        return f"No layer lost more than {most}{apart}."
    return (
        f"A layer that would have lost {most}{apart} or more was cut at that share of its own "
        "distinct scores."
    )


def _retraining(config: MintConfig) -> str:
    if not config.retrain_epochs:
        return "Pruned networks were not trained again."
    return (
        "Each pruned network was trained again under its mask for "
        f"{counted(config.retrain_epochs, 'epoch')}, in the same way, with a learning rate of "
        f"{number(config.retrain_learning_rate or config.learning_rate)} to begin with."
    )


def _seeds(config: MintConfig) -> str:
    if len(config.seeds) == 1:
        return f"One seed ({config.seeds[0]}) was used."
    return (
        f"All of this was repeated with {counted(len(config.seeds), 'seed')} "
        f"({spread(config.seeds, str)}); we report the mean and one standard deviation."
    )
