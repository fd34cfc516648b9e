"""Settings of MINT that do not fit each other, and what to change."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pruning.data.image_base import image_datasets
from pruning.experiments.mint.per_layer import limits
from pruning.models.base import models

if TYPE_CHECKING:
    from pruning.experiments.mint.config import MintConfig

# Distances of samples are kept in memory, a table of all pairs: so many take 2 GiB.
MOST_SAMPLES = 6_600
# Scores are shares of a third of the samples: of fewer they come to two or three values.
LEAST_SAMPLES = 30

# The field to change, and what is said there.
Misfit = tuple[str, str]


def misfits(config: MintConfig) -> Iterator[Misfit]:
    """What is refused before a run, as far as that is known without a network."""
    yield from _samples(config)
    yield from _without_scores(config)
    yield from _limits_of_others(config)
    # The last that is said of a field counts: that there is no such layer at all.
    yield from _misnamed(config)


def _misnamed(config: MintConfig) -> Iterator[Misfit]:
    """Layers that the model does not have."""
    for field, names in config.named_layers.items():
        if told := models[config.model].misnamed(names):
            yield field, told


def _limits_of_others(config: MintConfig) -> Iterator[Misfit]:
    """Limits of layers that stay whole."""
    pruned = config.prune_layers
    others = [name for name in limits(config.layer_limits) if pruned and name not in pruned]
    if others:
        yield (
            "layer_limits",
            f"{others[0]} is not pruned, so that its limit would count for nothing: leave it out, "
            "or add the layer to those to prune",
        )


def _samples(config: MintConfig) -> Iterator[Misfit]:
    """Too many for the memory, or too few to tell anything."""
    classes = len(image_datasets[config.dataset].classes)
    most, fewest = max(config.samples_per_class), min(config.samples_per_class)
    if classes * most > MOST_SAMPLES:
        yield (
            "samples_per_class",
            f"{most:,} of each of {classes} classes are {classes * most:,} samples; distances "
            f"between all of them fit into memory up to {MOST_SAMPLES:,}: take at most "
            f"{MOST_SAMPLES // classes:,}",
        )
    elif classes * fewest < LEAST_SAMPLES:
        yield (
            "samples_per_class",
            f"{fewest:,} of each of {classes} classes are {classes * fewest:,} samples, too few "
            f"to tell blocks apart: take at least {math.ceil(LEAST_SAMPLES / classes):,}",
        )


def _without_scores(config: MintConfig) -> Iterator[Misfit]:
    """What only variants of MINT can do."""
    for name, others in {
        "groups": config.other_groups,
        "samples_per_class": config.other_samples,
    }.items():
        if others and "mint" not in config.variants:
            yield name, "several are compared by MINT: choose one, or add that variant"
    if config.percent_of == "scores" and not {"mint", "mint_as_published"} & set(config.variants):
        yield (
            "percent_of",
            "without a variant of MINT there are no scores: choose percentages of weights",
        )
