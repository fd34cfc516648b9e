"""From scores to the blocks that go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pruning.experiments.mint.setup import Groups

Scores = NDArray[np.float64]
Counts = NDArray[np.int64]
Blocks = NDArray[np.bool_]


@dataclass(frozen=True)
class Cut:
    """What of one layer goes.

    Attributes
    ----------
    gone
        Shape ``(groups of children, groups of parents)``.
    cutoff
        The highest score that goes; None where nothing does, or scores do not decide.
    limited
        Whether the layer lost less than it would have without its upper limit.
    """

    gone: Blocks
    cutoff: float | None
    limited: bool


def block_weights(weight: Tensor, groups: Groups) -> Counts:
    """How many weights there are between two groups, by group of children and of parents."""
    rows, columns = (
        np.array([run.stop - run.start for run in runs])
        for runs in (groups.children, groups.parents)
    )
    counts: Counts = np.outer(rows, columns) * weight[0, 0].numel()
    return counts


def block_magnitudes(weight: Tensor, groups: Groups) -> Scores:
    """The mean magnitude of the weights between two groups."""
    magnitudes = weight.detach().abs().double().cpu()
    if magnitudes.ndim > 2:
        magnitudes = magnitudes.flatten(2).mean(2)
    return np.array(
        [
            [float(magnitudes[own, read].mean()) for read in groups.parents]
            for own in groups.children
        ]
    )


def cut_by_weights(
    scores: Sequence[Scores],
    weights: Sequence[Counts],
    limits: Sequence[float],
    share: float,
    rng: np.random.Generator,
) -> list[Cut]:
    """Take the blocks with the lowest scores until a share of the weights is gone.

    All layers are ranked together. Among equal scores, of which there are many, chance decides.
    A layer that has come to its limit loses no more, and others lose more in its place.

    Parameters
    ----------
    scores, weights
        By layer: of each block its score, and how many weights it has.
    limits
        By layer: the largest share of its weights that may go.
    share
        Of all these weights; what is taken is at most that.
    """
    sizes = [int(each.sum()) for each in weights]
    left = _whole(share * sum(sizes))
    left_of = [_whole(limit * size) for limit, size in zip(limits, sizes, strict=True)]
    gone = [np.zeros(each.shape, bool) for each in scores]
    limited = [False] * len(scores)
    layers = np.concatenate([np.full(each.size, i) for i, each in enumerate(scores)])
    places = np.concatenate([np.arange(each.size) for each in scores])
    ranks = np.concatenate([each.ravel() for each in scores])
    for block in np.lexsort((rng.permutation(len(ranks)), ranks)):
        layer, place = layers[block], places[block]
        size = int(weights[layer].flat[place])
        if size > left:
            break
        if size > left_of[layer]:
            limited[layer] = True
            continue
        gone[layer].flat[place] = True
        left, left_of[layer] = left - size, left_of[layer] - size
    return [
        Cut(each, _highest(own, each), held)
        for own, each, held in zip(scores, gone, limited, strict=True)
    ]


def cut_by_scores(
    scores: Sequence[Scores], weights: Sequence[Counts], limits: Sequence[float], share: float
) -> list[Cut]:
    """Take all blocks up to the score that a share of the distinct scores is at or below.

    As published [ganesh2020]_: the distinct scores of all layers, sorted, have the cutoff at
    the rounded place ``share`` of their number. A layer that would lose its limit or more has a
    cutoff of its own, at the place ``limit`` of its own distinct scores; of its weights more may go
    all the same. For the parameters see :func:`cut_by_weights`.
    """
    cutoff = _at(np.unique(np.concatenate([each.ravel() for each in scores])), share)
    found = []
    for own, counts, limit in zip(scores, weights, limits, strict=True):
        limited = bool(counts[own <= cutoff].sum() >= limit * counts.sum())
        up_to = _at(np.unique(own), limit) if limited else cutoff
        gone = own <= up_to
        found.append(Cut(gone, _highest(own, gone), limited))
    return found


def cut_as_much(scores: Scores, weights: Counts, other: Cut, rng: np.random.Generator) -> Cut:
    """Take as many weights of a layer as another cut does, by other scores; without a cutoff."""
    share = float(weights[other.gone].sum() / weights.sum())
    [cut] = cut_by_weights([scores], [weights], [1.0], share, rng)
    return Cut(cut.gone, None, other.limited)


def _whole(weights: float) -> int:
    """How many whole weights that is, whatever the last digit of a share says."""
    return int(weights + 1e-6)


def _at(distinct: Scores, share: float) -> float:
    place = min(round(share * len(distinct)), len(distinct) - 1)
    return float(distinct[place])


def _highest(scores: Scores, gone: Blocks) -> float | None:
    return float(scores[gone].max()) if gone.any() else None
