"""A training that an attempt before this one may have ended: its epochs are said in any case.

What was said by an attempt that was killed is forgotten with it, so that the next one, which finds
the network, has to say it all again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from pydantic import TypeAdapter
from torch import Tensor

from pruning.evaluation.batches import Splits
from pruning.training.epochs import Batches, Epoch
from pruning.training.loop import Objective, train

if TYPE_CHECKING:
    from pruning.context import Context, Kept

_EPOCHS = TypeAdapter(list[Epoch])
_TEXT = "$epochs"


def trained_once(
    objective: Objective,
    data: Splits,
    context: Context,
    name: str,
    keep: Callable[[list[Epoch]], Kept],
) -> Generator[Batches | Epoch, None, tuple[dict[str, Tensor], dict[str, str], list[Epoch]]]:
    """Train, or find what was kept of it.

    Parameters
    ----------
    name
        What an attempt after a crash finds it under.
    keep
        What is kept of it, tensors and words, given its epochs.

    Returns
    -------
    tensors, words, epochs
    """
    said: list[Epoch] = []

    def learn(unfinished: Path | None) -> Generator[Batches | Epoch, None, Kept]:
        for each in train(objective, data, context, unfinished):
            if isinstance(each, Epoch):
                said.append(each)
            yield each
        tensors, words = keep(said)
        # As a tensor: the head of a file is not made for so many words.
        text = torch.frombuffer(bytearray(_EPOCHS.dump_json(said)), dtype=torch.uint8)
        return {**tensors, _TEXT: text}, words

    tensors, words = yield from context.once(name, learn)
    found = dict(tensors)
    epochs = _EPOCHS.validate_json(bytes(found.pop(_TEXT).cpu().numpy()))
    if not said:
        yield from [replace(epoch, replayed=True) for epoch in epochs]
    return found, words, epochs
