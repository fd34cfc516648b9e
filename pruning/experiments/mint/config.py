"""The settings of MINT."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, NamedTuple, Self

from pydantic import model_validator

from pruning.data.image_base import image_datasets
from pruning.experiments.fields import refused
from pruning.experiments.images.fields import NetworkFields, TrainingFields
from pruning.experiments.mint.fields import PruneFields, ScoreFields
from pruning.experiments.mint.per_layer import GroupCounts, group_counts, limits
from pruning.models.base import models

# Distances of samples are kept in memory, a table of all pairs: so many take 2 GiB.
MOST_SAMPLES = 6_600
# Scores are shares of a third of the samples: of fewer they come to two or three values.
LEAST_SAMPLES = 30

# The field to change, and what is said there.
Misfit = tuple[str, str]


class Cell(NamedTuple):
    """With how many groups and samples per class information is estimated."""

    groups: int
    samples: int


# The form shows the fields of the last base first.
class MintConfig(TrainingFields, PruneFields, ScoreFields, NetworkFields):
    """The settings of one run."""

    @property
    def main(self) -> Cell:
        """What is studied."""
        return Cell(self.groups[0], self.samples_per_class[0])

    @property
    def other_groups(self) -> list[Cell]:
        """What it is held against, with other groups."""
        return [Cell(groups, self.main.samples) for groups in self.groups[1:]]

    @property
    def other_samples(self) -> list[Cell]:
        """What it is held against, from other numbers of samples."""
        return [Cell(self.main.groups, samples) for samples in self.samples_per_class[1:]]

    def counts(self, layer: str, groups: int) -> GroupCounts:
        """Into how many groups a layer and what it reads are divided, where others have so many."""
        own = group_counts(self.layer_groups)
        return own.get(layer) or GroupCounts(groups, self.parent_groups or groups)

    def limit(self, layer: str) -> float:
        """Which share of its weights a layer may lose."""
        return limits(self.layer_limits).get(layer, self.upper_limit)

    layer_words: ClassVar[tuple[str, ...]] = ()

    @property
    def named_layers(self) -> dict[str, list[str]]:
        """The names of layers that people have written, by the field."""
        return {
            "prune_layers": self.prune_layers,
            "compared_layers": self.compared_layers,
            "layer_groups": [*group_counts(self.layer_groups)],
            "layer_limits": [*limits(self.layer_limits)],
        }

    def check_files(self) -> None:
        """The images, and whether samples of them can be told apart."""
        super().check_files()
        if told := dict(_samples(self)):
            raise refused(told)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if told := dict(_misfits(self)):
            raise refused(told)
        return self


def _misfits(config: MintConfig) -> Iterator[Misfit]:
    """What is refused before a run, as far as that is known without a network."""
    # Other images may have the name by now: a recipe or a stored run is understood all the same.
    if not image_datasets[config.dataset].brought:
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
