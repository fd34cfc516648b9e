"""What each variant takes of the layers of one network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.cutting import (
    Counts,
    Cut,
    Scores,
    cut_as_much,
    cut_by_scores,
    cut_by_weights,
)
from pruning.experiments.mint.fields import VariantName
from pruning.experiments.mint.setup import Groups
from pruning.randomness import numpy_generator


@dataclass(frozen=True)
class ScoredLayer:
    """A layer that blocks may go of.

    Attributes
    ----------
    scores, magnitudes, weights
        Of each block: its score, the mean magnitude of its weights, and how many it has.
    """

    name: str
    groups: Groups
    scores: Scores
    magnitudes: Scores
    weights: Counts


def cuts(
    variant: VariantName,
    config: MintConfig,
    layers: Sequence[ScoredLayer],
    percentage: float,
    seed: int,
) -> list[Cut]:
    """What goes of each layer; chance and magnitude take as many weights as scores do."""
    rng = numpy_generator("blocks that go by chance", seed)
    by_scores = _by_scores(config, layers, percentage, rng)
    if variant in ("mint", "mint_as_published"):
        return by_scores
    return [
        cut_as_much(
            layer.magnitudes if variant == "magnitude" else rng.random(layer.scores.shape),
            layer.weights,
            model,
            rng,
        )
        for layer, model in zip(layers, by_scores, strict=True)
    ]


def _by_scores(
    config: MintConfig, layers: Sequence[ScoredLayer], percentage: float, rng: np.random.Generator
) -> list[Cut]:
    scores, weights = [each.scores for each in layers], [each.weights for each in layers]
    limits = [config.limit(each.name) for each in layers]
    share = percentage / 100
    if config.percent_of == "scores":
        return cut_by_scores(scores, weights, limits, share)
    return cut_by_weights(scores, weights, limits, share, rng)
