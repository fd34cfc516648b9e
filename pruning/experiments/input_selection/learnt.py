"""One training behind a mask, unless an attempt before this one has finished it."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from torch import Tensor

from pruning.context import Context
from pruning.evaluation.batches import Splits
from pruning.inputs.objective import InputSelection
from pruning.training.epochs import Batches, Epoch
from pruning.training.once import trained_once

if TYPE_CHECKING:
    from pruning.context import Kept


@dataclass(frozen=True)
class Learnt:
    """What a training behind a mask came to.

    Attributes
    ----------
    best
        By the upper end of each interval of Q the epoch that is the best there.
    weights
        Of mask and network after that epoch, by the same ends.
    """

    epochs: list[Epoch]
    best: dict[float, int]
    weights: dict[float, dict[str, Tensor]]


def learnt(
    name: str, objective: InputSelection, data: Splits, context: Context
) -> Generator[Batches | Epoch, None, Learnt]:
    """Train, or find it trained; the epochs are said in any case.

    Parameters
    ----------
    name
        What an attempt after a crash finds it under.
    """
    keep = partial(_written, objective)
    tensors, words, epochs = yield from trained_once(objective, data, context, name, keep)
    best = {float(end): number for end, number in json.loads(words["best"]).items()}
    weights: dict[float, dict[str, Tensor]] = {end: {} for end in best}
    for key, tensor in tensors.items():
        end, _, parameter = key.partition("/")
        weights[float(end)][parameter] = tensor
    return Learnt(epochs, best, weights)


def _written(objective: InputSelection, _: list[Epoch]) -> Kept:
    """The best weights, as tensors and words."""
    ends = objective.best.edges
    tensors = {
        f"{ends[kept.interval]!r}/{name}": tensor
        for kept in objective.best.kept
        for name, tensor in kept.weights.items()
    }
    best = {repr(ends[kept.interval]): kept.epoch for kept in objective.best.kept}
    return tensors, {"best": json.dumps(best)}
