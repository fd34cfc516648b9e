"""One training behind a mask, unless an attempt before this one has finished it."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from pydantic import TypeAdapter
from torch import Tensor

from pruning.context import Context
from pruning.evaluation.batches import Splits
from pruning.inputs.objective import InputSelection
from pruning.training.epochs import Batches, Epoch
from pruning.training.loop import train

if TYPE_CHECKING:
    from pruning.context import Kept

_EPOCHS = TypeAdapter(list[Epoch])
_TEXT = "epochs"


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
    said: list[Epoch] = []

    def learn(unfinished: Path | None) -> Generator[Batches | Epoch, None, Kept]:
        for each in train(objective, data, context, unfinished):
            if isinstance(each, Epoch):
                said.append(each)
            yield each
        return _written(said, objective)

    tensors, words = yield from context.once(name, learn)
    epochs = _EPOCHS.validate_json(bytes(tensors.pop(_TEXT).cpu().numpy()))
    if not said:
        yield from [replace(epoch, replayed=True) for epoch in epochs]
    best = {float(end): number for end, number in json.loads(words["best"]).items()}
    weights: dict[float, dict[str, Tensor]] = {end: {} for end in best}
    for key, tensor in tensors.items():
        end, _, parameter = key.partition("/")
        weights[float(end)][parameter] = tensor
    return Learnt(epochs, best, weights)


def _written(epochs: list[Epoch], objective: InputSelection) -> Kept:
    """All of it as tensors and words."""
    ends = objective.best.edges
    tensors = {
        f"{ends[kept.interval]!r}/{name}": tensor
        for kept in objective.best.kept
        for name, tensor in kept.weights.items()
    }
    # As a tensor: the head of a file is not made for so many words.
    text = bytearray(_EPOCHS.dump_json(epochs))
    tensors[_TEXT] = torch.frombuffer(text, dtype=torch.uint8)
    best = {repr(ends[kept.interval]): kept.epoch for kept in objective.best.kept}
    return tensors, {"best": json.dumps(best)}
