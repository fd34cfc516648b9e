"""What a paper says of a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from frontend.views.prose import (
    Sentences,
    cite,
    counted,
    entry_of,
    listed,
    named,
    number,
    percent,
    plain,
    spread,
)
from pruning.criteria.base import criteria
from pruning.data.image_base import ImageDataset
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import BUDGETS
from pruning.initial_weights.base import INITIAL, initial_weights
from pruning.training.optimisers import GENTLER, MOMENTUM

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
_REMOVED = {
    "weight": "single weights",
    "semi_structured": "single weights in runs of consecutive inputs",
    "unit": "whole units (neurons or filters)",
}
_STEPS = {
    "linear": "of equal size",
    "exponential": "that each keep the same share of what is left",
    "cubic": f"of a cubic schedule{cite('zhu2017')}",
}
_LAYERS = {"first": "the first layer", "output": "the output layer"}


def sweep(config: SweepConfig) -> Sentences:
    """The sentences of a sweep, by what they are about."""
    return {
        "data": _data(config),
        "network": _network(config),
        "training": _training(config),
        "pruning": _pruning(config),
        "schedule": _schedule(config),
        "measures": _measures(config),
        "seeds": _seeds(config),
    }


def _data(config: SweepConfig) -> str:
    dataset = entry_of("dataset", config.dataset)
    title = named("dataset", config.dataset)
    if not isinstance(dataset, ImageDataset):
        return f"The dataset was {title}."
    channels, height, width = dataset.shape
    kind = "grey" if channels == 1 else "colour" if channels == 3 else f"{channels}-channel"
    classes = counted(len(dataset.classes), "class", "classes")
    said = f"The dataset was {title}: {kind} images of {height} × {width} pixels in {classes}"
    return f"{said}{_counts(config, dataset)}. {_held_out(config)}"


def _counts(config: SweepConfig, dataset: ImageDataset) -> str:
    used = [config.training_images, config.test_images]
    kinds = ("training", "test")
    parts = []
    for most, kind, known in zip(used, kinds, dataset.counts or (0, 0), strict=True):
        if most and (not known or most < known):
            parts.append(f"{most:,} {kind} images, drawn evenly from the classes")
        elif known:
            parts.append(f"{known:,} {kind} images")
    return f", {listed(parts)}" if parts else ""


def _held_out(config: SweepConfig) -> str:
    if not config.validation:
        return "No training images were held out."
    return f"Of the training images {percent(config.validation)} were held out for validation."


def _network(config: SweepConfig) -> str:
    said = f"The network was {named('model', config.model)}"
    if config.start == INITIAL:
        return f"{said}."
    known = config.start in initial_weights.names()
    start = plain(initial_weights[config.start].title if known else config.start)
    return f"{said}, starting from the weights “{start}”."


def _training(config: SweepConfig) -> str:
    if not config.epochs:
        return "The network was pruned as it was, without any training before."
    epochs, optimizer = counted(config.epochs, "epoch"), _OPTIMIZERS[config.optimizer]
    rate = f"a learning rate of {number(config.learning_rate)}"
    said = (
        f"The network was trained for {epochs} with {optimizer} in batches of {config.batch_size:,}"
    )
    said = f"{said}, with {rate}{_RATES[config.learning_rate_schedule]}{_penalties(config)}."
    augmented, precision = _augmentation(config), _PRECISIONS[config.precision]
    kept = f"The weights of the {_KEPT[config.keep if config.validation else 'last']} were kept."
    return " ".join(filter(None, (said, precision, augmented, kept)))


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


def _penalties(config: SweepConfig) -> str:
    titles = {
        "l1": "an L1 penalty",
        "l2": "an L2 penalty",
        "norm_l1": f"an L1 penalty on the scales of batch norms{cite('liu2017')}",
        "weight_decay": "weight decay",
    }
    used = [(titles[name], getattr(config, name)) for name in titles]
    said = [f"{title} of {number(value)}" for title, value in used if value]
    return f", and with {listed(said)}" if said else ""


def _augmentation(config: SweepConfig) -> str:
    dataset = entry_of("dataset", config.dataset)
    if not config.augment or dataset is None or dataset.augmentation == "none":
        return ""
    mirrored = " and mirrored" if dataset.augmentation == "crop_and_flip" else ""
    return f"Training images were shifted{mirrored} at random."


def _pruning(config: SweepConfig) -> str:
    when = _WHEN[config.prune_at]
    what = ", and separately ".join(_REMOVED[name] for name in config.granularities)
    names = [named("criteria", name) for name in config.criteria]
    how = "criterion" if len(names) == 1 else "criteria"
    where = _RANKED[config.scope]
    said = f"{when}, {what} were ranked {where} by the {how} {listed(names)}, the lowest first."
    return " ".join([said, *_details(config)])


_WHEN = {
    "trained": "After training",
    "during": "While the network was trained",
    "initialisation": "Before training",
}
_RANKED = {
    "layer": "within each layer",
    "global": "over all layers together",
    "erk": f"within each layer, whose density followed Erdős-Rényi-Kernel{cite('evci2020')},",
}


def _details(config: SweepConfig) -> Iterator[str]:
    known = [criteria[name] for name in config.criteria if name in criteria.names()]
    looking = [entry.title for entry in known if entry.source == "samples"]
    if looking:
        samples = f"{config.reference_samples:,} training images"
        yield f"For {listed(looking)} the scores were computed on {samples}."
    for rounds in sorted({entry.rounds for entry in known if entry.rounds > 1}):
        titles = listed(entry.title for entry in known if entry.rounds == rounds)
        yield f"{titles} scored and removed in {rounds} rounds."
    if "semi_structured" in config.granularities:
        yield (
            f"In runs, of every {config.run_length} consecutive inputs as many weights were "
            f"removed (N:M sparsity{cite('mishra2021')})."
        )
    if config.budget != "units":
        yield (
            f"Shares are those of the network's {BUDGETS[config.budget].lower()}: as few units "
            "were removed as that takes."
        )
    if config.exclude:
        layers = listed(_LAYERS.get(name, f"the layer {plain(name)}") for name in config.exclude)
        yield f"{layers[0].upper()}{layers[1:]} stayed whole."
    yield from _settings(config)
    if config.layer_shuffled:
        yield "As a control the same shares of each layer were removed at random inside it."


def _settings(config: SweepConfig) -> Iterator[str]:
    """What was chosen of a criterion."""
    for name, values in config.criterion_settings.items():
        settings = criteria[name].settings if name in criteria.names() else None
        if settings:
            said = [
                f"{(settings.model_fields[key].title or key).lower()} {_value(value)}"
                for key, value in values.items()
            ]
            yield f"{criteria[name].title} had {listed(said)}."


def _value(value: Any) -> str:
    return number(value) if isinstance(value, int | float) else str(value)


def _schedule(config: SweepConfig) -> str:
    shares = spread([share for share in config.sparsities if share] or config.sparsities)
    if config.prune_at == "during":
        return _gradual(config, shares)
    if config.schedule == "one_shot":
        said = f"The shares removed were {shares}, each in one shot from the dense network."
    else:
        steps = config.steps
        way = f" in {counted(steps, 'step')} {_STEPS[config.schedule]}" if steps else ""
        near = ", and reported at the nearest step" if steps else ""
        said = (
            f"The shares removed were {shares}, one after another{way}{near}, each pruning "
            "starting from the one before."
        )
    return f"{said} {_after(config)}"


def _gradual(config: SweepConfig, shares: str) -> str:
    rise = {"linear": "linearly", "exponential": "exponentially", "cubic": "along a cubic schedule"}
    return (
        f"The shares removed at the end were {shares}, each in a training of its own: they rose "
        f"{rise[config.schedule]}{cite('zhu2017')} until {percent(config.prune_until)} of the "
        f"training, masks being made anew every {counted(config.prune_every, 'step')}."
    )


def _after(config: SweepConfig) -> str:
    if config.prune_at == "initialisation":
        return "The pruned networks were then trained in the same way."
    if not config.finetune_epochs:
        return "The pruned networks were not fine-tuned."
    epochs = counted(config.finetune_epochs, "epoch")
    if config.rewind is None:
        rate = config.finetune_learning_rate or config.learning_rate / GENTLER
        return (
            f"After each pruning the network was fine-tuned for {epochs} under its mask, "
            f"with a learning rate of {number(rate)}."
        )
    control = (
        " As a control other initial weights were trained under the same masks."
        if config.reinitialised
        else ""
    )
    to = "initial values" if config.rewind == 0 else f"values after epoch {config.rewind}"
    rate = config.finetune_learning_rate or config.learning_rate
    return (
        f"After each pruning the remaining weights were put back to their {to}"
        f"{cite('frankle2019')} and trained for {epochs} under the mask, "
        f"with a learning rate of {number(rate)}.{control}"
    )


def _measures(config: SweepConfig) -> str:
    slimmed = (
        f"Units were physically removed along the dependency graph{cite('fang2023')}. "
        if "unit" in config.granularities
        else ""
    )
    return (
        f"{slimmed}We report accuracy on the test set, compression (original / new size) and "
        f"theoretical speed-up (original / new multiply-adds){cite('blalock2020')}; latencies "
        f"were measured in batches of {config.latency_batch:,}."
    )


def _seeds(config: SweepConfig) -> str:
    if len(config.seeds) == 1:
        return f"One seed ({config.seeds[0]}) was used."
    return (
        f"All of this was repeated with {counted(len(config.seeds), 'seed')} "
        f"({spread(config.seeds, str)}); we report the mean and one standard deviation."
    )
