"""Training the toy network.

The published recipe is 10,000 full-batch steps. A few minibatches of SGD with momentum reach the
same accuracies, and the same picture after pruning, in a small part of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from pruning.toy.evaluation import accuracy
from pruning.toy.mlp import MLP
from pruning.toy.settings import ToyTraining

REPORT_EVERY = 20


@dataclass(frozen=True)
class TrainingProgress:
    """How far training is: steps done, and the accuracy over the minibatches since last time."""

    steps: int
    accuracy: float


def train(
    network: MLP, x: Tensor, y: Tensor, generator: torch.Generator, recipe: ToyTraining
) -> Iterator[TrainingProgress]:
    """Train ``network`` in place and say every 20 steps how far that is.

    Parameters
    ----------
    x, y
        The training points, shape ``(n, inputs)``, and their classes, shape ``(n,)``.
    generator
        Draws the minibatches and the dropout masks.
    """
    rate = recipe.learning_rate_of(max(network.widths))
    optimiser = torch.optim.SGD(network.parameters(), lr=rate, momentum=recipe.momentum)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.steps)
    hits = []
    for step in range(1, recipe.steps + 1):
        rows = torch.randint(len(x), (recipe.batch,), generator=generator).to(x.device)
        logits = network(x[rows], generator)
        optimiser.zero_grad()
        torch.autograd.backward(cross_entropy(logits, y[rows]))
        optimiser.step()
        schedule.step()
        hits.append(accuracy(logits, y[rows]))
        if step % REPORT_EVERY == 0 or step == recipe.steps:
            yield TrainingProgress(step, sum(hits) / len(hits))
            hits.clear()
