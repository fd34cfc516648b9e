"""What a paper says of an input selection."""

from __future__ import annotations

from frontend.views.prose import Sentences, cite, counted, listed, named, number, percent, spread
from pruning.experiments.input_selection.config import KINDS, LEARNED, InputSelectionConfig


def input_selection(config: InputSelectionConfig) -> Sentences:
    """The sentences of an input selection, by what they are about."""
    return {
        "data": _data(config),
        "masks": _masks(config),
        "training": _training(config),
        "choice": _choice(config),
        "seeds": _seeds(config),
    }


def _data(config: InputSelectionConfig) -> str:
    model, dataset = named("model", config.model), named("dataset", config.dataset)
    return f"{model} was trained on {dataset} behind masks over its inputs{cite('oehmcke2022')}."


def _masks(config: InputSelectionConfig) -> str:
    kinds = listed(KINDS[kind].lower() for kind in config.kinds)
    said = f"Masks were {kinds}, over elements of the granularity {config.granularity}."
    if "dynamic" in config.kinds:
        said += f" Logits of dynamic masks came from a head of the kind {config.head}."
    if "given" in config.kinds:
        source = "given importances" if config.importances else "the importances of random forests"
        said += f" Given masks removed elements by {source}, the least important first."
    if ranked := [KINDS[kind].lower() for kind in config.kinds if kind not in LEARNED]:
        said += (
            f" Behind {listed(ranked)} masks, which lost "
            f"{counted(config.remove_elements, 'element')} every "
            f"{counted(config.remove_every, 'step')} of training, networks started from initial "
            "weights."
        )
    if set(config.kinds) & set(LEARNED) and config.use_warmup_net:
        said += (
            " Behind learned masks they started from a network that had been trained on whole "
            f"images for {counted(config.warmup_epochs, 'epoch')}."
        )
    return said


def _training(config: InputSelectionConfig) -> str:
    said = (
        f"Training took {counted(config.epochs, 'epoch')} with AdamW{cite('loshchilov2019')} in "
        f"batches of {config.batch_size:,}, with {_rates(config)}."
    )
    if set(config.kinds) & set(LEARNED):
        said += (
            f" The share of the input that is sent entered the loss with a weight from "
            f"{number(config.lambda_init)}, multiplied by {number(config.lambda_factor)} whenever "
            f"the share had not fallen by {number(config.lambda_threshold)} for more than "
            f"{counted(config.lambda_patience, 'epoch')}."
        )
    return said


def _rates(config: InputSelectionConfig) -> str:
    rates = {
        "the network": config.learning_rate,
        "static masks": config.mask_learning_rate if "static" in config.kinds else None,
        "the head": config.head_learning_rate if "dynamic" in config.kinds else None,
    }
    used = [f"{number(rate)} for {what}" for what, rate in rates.items() if rate is not None]
    return f"{'learning rates' if len(used) > 1 else 'a learning rate'} of {listed(used)}"


def _choice(config: InputSelectionConfig) -> str:
    held = (
        f"validation images ({percent(config.validation)} of the training set)"
        if config.validation
        else "test images"
    )
    return (
        f"In every interval of 5 % of that share the epoch with the best accuracy on {held} was "
        "kept; we report its accuracy on the test set."
    )


def _seeds(config: InputSelectionConfig) -> str:
    if len(config.seeds) == 1:
        return f"One seed ({config.seeds[0]}) was used."
    return (
        f"All of this was repeated with {counted(len(config.seeds), 'seed')} "
        f"({spread(config.seeds, str)}); we report the mean and one standard deviation."
    )
