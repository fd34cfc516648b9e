"""What a paper says of a run of MINT."""

from __future__ import annotations

from frontend.views.prose import Sentences, cite, counted, listed, named, percent, spread
from pruning.experiments.mint.config import MintConfig


def mint(config: MintConfig) -> Sentences:
    """The sentences of a run, by what they are about."""
    return {
        "data": f"{named('model', config.model)} was trained on {named('dataset', config.dataset)} "
        f"for {counted(config.epochs, 'epoch')}.",
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
        "that join them to untouched samples. Activations were averaged over pixels."
    )


def _pruning(config: MintConfig) -> str:
    layers = listed(config.prune_layers) if config.prune_layers else "all layers"
    of = "weights" if config.percent_of == "weights" else "distinct scores"
    said = (
        f"Of {layers} the blocks with the lowest scores were set to zero, at "
        f"{spread(config.percentages, lambda p: f'{p:g} %')} of the {of}; no layer lost more than "
        f"{percent(config.upper_limit)} of its weights."
    )
    others = {
        "mint_as_published": "the scores that the published code computes",
        "chance": "chance",
        "magnitude": "the mean magnitude of a block's weights",
    }
    if beside := [words for name, words in others.items() if name in config.variants]:
        said += f" For comparison blocks were chosen by {listed(beside)}, as many of each layer."
    return said


def _retraining(config: MintConfig) -> str:
    if not config.retrain_epochs:
        return "Pruned networks were not trained again."
    return (
        f"Each pruned network was trained again under its mask for "
        f"{counted(config.retrain_epochs, 'epoch')}."
    )


def _seeds(config: MintConfig) -> str:
    if len(config.seeds) == 1:
        return f"One seed ({config.seeds[0]}) was used."
    return (
        f"All of this was repeated with {counted(len(config.seeds), 'seed')} "
        f"({spread(config.seeds, str)}); we report the mean and one standard deviation."
    )
