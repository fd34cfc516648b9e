"""What a paper says of a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from frontend.views.prose import (
    Sentences,
    cite,
    counted,
    listed,
    named,
    number,
    percent,
    plain,
    spread,
)
from frontend.views.trained import data_sentence, network_sentence, training_sentence
from pruning.criteria.base import criteria
from pruning.experiments.sweep.config import SweepConfig
from pruning.experiments.sweep.granularities import BUDGETS
from pruning.training.optimisers import GENTLER

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
        "data": data_sentence(config),
        "network": network_sentence(config),
        "training": training_sentence(config),
        "pruning": _pruning(config),
        "schedule": _schedule(config),
        "measures": _measures(config),
        "seeds": _seeds(config),
    }


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
