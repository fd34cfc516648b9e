"""Training the toy network.

The published recipe is 10,000 full-batch steps. A few minibatches of SGD with momentum reach the
same accuracies in a small part of the time, and nearly the same picture after pruning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from pruning.memory import keep_freed_memory
from pruning.toy.checkpoint import Checkpoint
from pruning.toy.evaluation import accuracy
from pruning.toy.full_batch import backward, blocks_of
from pruning.toy.mlp import MLP
from pruning.toy.settings import ToyTraining

REPORT_EVERY = 20
# A second's work or two, on all points.
REPORT_EVERY_ON_ALL = 25
# Twenty times as long as writing a checkpoint takes, or longer.
CHECKPOINT_EVERY = 100


@dataclass(frozen=True)
class TrainingProgress:
    """How far training is.

    Attributes
    ----------
    steps
        The steps done.
    accuracy
        Over the steps since last time.
    elsewhere
        Whether another run is at it, and this one waits.
    """

    steps: int
    accuracy: float
    elsewhere: bool = False


def train(
    network: MLP, x: Tensor, y: Tensor, generator: torch.Generator, recipe: ToyTraining
) -> Iterator[TrainingProgress]:
    """Train ``network`` in place on minibatches and say every 20 steps how far that is.

    Parameters
    ----------
    x, y
        The training points, shape ``(n, inputs)``, and their classes, shape ``(n,)``.
    generator
        Draws the minibatches and the dropout masks.
    """
    optimiser = _sgd(network, recipe)
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


def train_on_all(
    network: MLP,
    x: Tensor,
    y: Tensor,
    seed: int,
    recipe: ToyTraining,
    checkpoint: Checkpoint,
    check: Callable[[], None],
) -> Iterator[TrainingProgress]:
    """Train ``network`` in place on all points at once; a killed training goes on where it was.

    Parameters
    ----------
    x, y
        As for :func:`train`.
    seed
        With the number of the step it decides the dropout masks.
    check
        Called before every step; raises where the work is no longer wanted.

    Raises
    ------
    ValueError
        If the recipe's learning rate changes along the way.
    """
    if recipe.schedule != "constant":
        raise ValueError("training on all points has a constant learning rate")
    keep_freed_memory()
    optimiser = _sgd(network, recipe, fused=True)
    hits = []
    for step in range(checkpoint.restore(network, optimiser) + 1, recipe.steps + 1):
        check()
        blocks = blocks_of(x, y, network.widths[0], seed, step)
        hits.append(backward(network, blocks, rounded=recipe.precision == "bfloat16"))
        optimiser.step()
        if step % CHECKPOINT_EVERY == 0:
            checkpoint.write(network, optimiser, step)
        if step % REPORT_EVERY_ON_ALL == 0 or step == recipe.steps:
            yield TrainingProgress(step, sum(hits) / len(hits))
            hits.clear()


def _sgd(network: MLP, recipe: ToyTraining, *, fused: bool = False) -> torch.optim.SGD:
    rate = recipe.learning_rate_of(max(network.widths))
    return torch.optim.SGD(network.parameters(), rate, recipe.momentum, fused=fused)
