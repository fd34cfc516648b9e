"""What a paper says of networks that learned images, whatever was done with them."""

from __future__ import annotations

from frontend.views.prose import (
    cite,
    counted,
    entry_of,
    listed,
    named,
    number,
    percent,
    plain,
)
from pruning.data.image_base import ImageDataset
from pruning.experiments.images.fields import LearningFields, PenaltyFields, TrainingFields
from pruning.initial_weights.base import INITIAL, initial_weights
from pruning.training.optimisers import MOMENTUM
from pruning.training.penalties.base import coefficients, penalties

_OPTIMIZERS = {
    "adam": f"Adam{cite('kingma2015')}",
    "adamw": f"AdamW{cite('loshchilov2019')}",
    "sgd": f"stochastic gradient descent (momentum {MOMENTUM})",
    "nesterov": f"stochastic gradient descent (Nesterov momentum {MOMENTUM})",
}
_RATES = {
    "constant": "",
    "step": ", divided by ten after half and after three quarters of the epochs",
    "cosine": ", falling to zero along half a cosine",
}


def data_sentence(config: LearningFields) -> str:
    """What the network learned from."""
    dataset = entry_of("dataset", config.dataset)
    title = named("dataset", config.dataset)
    if not isinstance(dataset, ImageDataset):
        return f"The dataset was {title}."
    channels, height, width = dataset.shape
    kind = "grey" if channels == 1 else "colour" if channels == 3 else f"{channels}-channel"
    classes = counted(len(dataset.classes), "class", "classes")
    said = f"The dataset was {title}: {kind} images of {height} × {width} pixels in {classes}"
    return f"{said}{_counts(config, dataset)}. {_held_out(config)}"


def _counts(config: LearningFields, dataset: ImageDataset) -> str:
    used = [config.training_images, config.test_images]
    kinds = ("training", "test")
    parts = []
    for most, kind, known in zip(used, kinds, dataset.counts or (0, 0), strict=True):
        if most and (not known or most < known):
            parts.append(f"{most:,} {kind} images, drawn evenly from the classes")
        elif known:
            parts.append(f"{known:,} {kind} images")
    return f", {listed(parts)}" if parts else ""


def _held_out(config: LearningFields) -> str:
    if not config.validation:
        return "No training images were held out."
    return f"Of the training images {percent(config.validation)} were held out for validation."


def network_sentence(config: LearningFields) -> str:
    """What was trained, and from where."""
    said = f"The network was {named('model', config.model)}"
    if config.start == INITIAL:
        return f"{said}."
    known = config.start in initial_weights.names()
    start = plain(initial_weights[config.start].title if known else config.start)
    return f"{said}, starting from the weights “{start}”."


def training_sentence(config: LearningFields, length: str = "") -> str:
    """How, and for so long; for the epochs unless that is said."""
    if not (length or config.epochs):
        return "The network was pruned as it was, without any training before."
    epochs, optimizer = length or counted(config.epochs, "epoch"), _OPTIMIZERS[config.optimizer]
    rate = f"a learning rate of {number(config.learning_rate)}"
    said = (
        f"The network was trained for {epochs} with {optimizer} in batches of {config.batch_size:,}"
    )
    said = f"{said}, with {rate}{_RATES[config.learning_rate_schedule]}{_penalties(config)}."
    augmented, precision = _augmentation(config), _PRECISIONS[config.precision]
    return " ".join(filter(None, (said, _spared(config), precision, augmented, _kept(config))))


_PRECISIONS = {
    "float32": "",
    "bfloat16": "Products and convolutions in training were computed in bfloat16 under automatic "
    "mixed precision, with weights and losses in float32; all measures were taken in float32.",
}
_KEPT = {
    "lowest_loss": "epoch with the lowest validation loss",
    "best_accuracy": "epoch with the best validation accuracy",
    "last": "last epoch",
}


def _kept(config: LearningFields) -> str:
    keep = config.keep if isinstance(config, TrainingFields) and config.validation else "last"
    return f"The weights of the {_KEPT[keep]} were kept."


def _penalties(config: LearningFields) -> str:
    used = [("weight decay", config.weight_decay)]
    if isinstance(config, PenaltyFields):
        used = [*_penalties_of_weights(config), *used]
    said = [f"{title} of {number(value)}" for title, value in used if value]
    return f", and with {listed(said)}" if said else ""


def _penalties_of_weights(config: PenaltyFields) -> list[tuple[str, float]]:
    of_norms = f"an L1 penalty on the scales of batch norms{cite('liu2017')}"
    return [
        ("an L1 penalty", config.l1),
        ("an L2 penalty", config.l2),
        (of_norms, config.norm_l1),
        *((penalty_words(name), factor) for name, factor in coefficients(config.penalties).items()),
    ]


def penalty_words(name: str) -> str:
    """A penalty by its title, with its papers."""
    kind = penalties[name]
    return f"the penalty {plain(kind.title)}{cite(*kind.papers)}"


def _spared(config: LearningFields) -> str:
    if not isinstance(config, PenaltyFields):
        return ""
    is_penalised = config.l1 or config.l2 or config.penalties
    return spared_sentence(config.spared) if is_penalised else ""


def spared_sentence(spared: list[str]) -> str:
    """Which layers were not penalised; nothing where all were."""
    if not spared:
        return ""
    words = {"first": "the first layer", "output": "the output layer"}
    layers = listed(words.get(name, f"the layer {plain(name)}") for name in spared)
    return f"{layers[:1].upper()}{layers[1:]} had no penalty."


def _augmentation(config: LearningFields) -> str:
    dataset = entry_of("dataset", config.dataset)
    if not config.augment or dataset is None or dataset.augmentation == "none":
        return ""
    mirrored = " and mirrored" if dataset.augmentation == "crop_and_flip" else ""
    return f"Training images were shifted{mirrored} at random."
