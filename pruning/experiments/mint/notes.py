"""What people are told of a run of MINT beside its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pruning.events import Note
from pruning.experiments.mint.cutting import Cut
from pruning.experiments.mint.fields import VARIANTS, VariantName
from pruning.experiments.mint.layers import Layers
from pruning.experiments.mint.measuring import Dense
from pruning.experiments.mint.setup import Setup
from pruning.structure.dead_units import Masks

# So many notes on groups are told one by one.
_NOTES = 6
# With fewer samples in a third, the steps between scores are coarser than a hundredth.
_FINE = 100


def notes(setup: Setup, dense: Dense) -> Iterator[Note]:
    """In what the run differs from what was asked for, and how much its scores can tell."""
    told = [*_of_groups(setup), *_of_structure(setup, dense), *_of_samples(setup, dense)]
    for text in told:
        yield Note(level="info", text=text)


def _of_groups(setup: Setup) -> list[str]:
    groups = setup.config.main.groups
    return first_few(text for pair in setup.pairs for text in setup.groups(pair, groups).notes)


def _of_structure(setup: Setup, dense: Dense) -> Iterator[str]:
    if in_groups := Layers(dense.network).in_groups:
        yield (
            f"Not scored: {', '.join(in_groups)}. Filters of a convolution in groups do not "
            "read all units, so that there are no blocks between groups of both."
        )
    if setup.uncut:
        yield f"Units that lose all their weights stay: {setup.uncut}."


def _of_samples(setup: Setup, dense: Dense) -> Iterator[str]:
    asked = setup.config.samples_per_class
    classes = len(setup.dataset.classes)
    counts = np.bincount(dense.data.train.y.cpu().numpy(), minlength=classes)
    if counts.min() < max(asked):
        yield (
            f"There are fewer than {max(asked):,} training images of some classes, "
            f"{counts.min():,} of the smallest: information is estimated from those there are."
        )
    fewest = int(counts.clip(max=min(asked)).sum())
    if (third := fewest // 3) < _FINE:
        yield (
            f"{fewest:,} samples are few: a score can only be one of {third + 1:,} values, so that "
            "many blocks have equal scores, and chance decides among them. Take more samples per "
            "class for finer scores."
        )


def first_few(texts: Iterable[str]) -> list[str]:
    """So many that people read them, and how many more there are."""
    every = list(dict.fromkeys(texts))
    more = len(every) - _NOTES
    told = f"The same of {more} more layers and what they read: the table of scores has the groups."
    return [*every[:_NOTES], *([told] if more > 0 else [])]


def warnings(
    variant: VariantName, asked: float, taken: Sequence[Cut], masks: Masks
) -> Iterator[Note]:
    """What is wrong with a network, whatever its accuracy."""
    what = f"{VARIANTS[variant]}, {asked:g} %"
    if masks.broken:
        yield Note(
            level="warning",
            text=f"{what}: nothing passes through the network any more, since no unit of "
            f"{', '.join(masks.broken)} has both an input and a reader left. Ask for less, choose "
            "more groups, or lower the upper limits.",
        )
    if not any(cut.gone.any() for cut in taken):
        yield Note(
            level="warning",
            text=f"{what}: nothing goes. The smallest block is more than that, or than the upper "
            "limits allow: ask for more, choose more groups, or raise the limits.",
        )
