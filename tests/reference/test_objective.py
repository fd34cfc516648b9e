"""A training of two optimisers, with all that hooks do, against a plain loop written out.

Nothing is shared but the order of the images, the modules and their initial weights.
"""

from __future__ import annotations

import copy
import math
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from pruning.context import Context
from pruning.evaluation.batches import ImageSet
from pruning.training.epochs import Epoch
from pruning.training.loop import order_of, train
from pruning.training.optimisers import Training
from tests.pruning.small_images import network_of, splits
from tests.pruning.small_objective import Mask, Masked

EPOCHS, SIZE, RATE = 5, 64, 0.01


def inputs(images: ImageSet) -> torch.Tensor:
    return (images.x / 255 - 0.3) / 0.37


class Plain:
    """The same training by hand; all that it measured stands in its lists."""

    def __init__(self, network: nn.Module, logits: torch.Tensor) -> None:
        self.network, self.logits = network, logits.clone().requires_grad_()
        self.weights = [network[0].weight, network[6].weight, network[8].weight]
        self.means = [w.detach().clone() for w in self.weights]
        self.steps = 0
        self.parameters = list(network.parameters())
        self.first, self.second, self.highest = (
            [torch.zeros_like(p) for p in self.parameters] for _ in range(3)
        )
        self.velocity = torch.zeros_like(self.logits)
        self.factor, self.pull, self.lowest = 0.5, 0.1, 1.0
        self.sent: list[float] = []
        self.factors: list[tuple[float, float]] = []
        self.losses: list[float] = []
        self.accuracies: list[float] = []
        self.states: list[list[torch.Tensor]] = []

    def shares(self) -> torch.Tensor:
        return 1 / (1 + torch.exp(-self.logits))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x * self.shares().view(1, 8, 8))

    def train(self, seed: int) -> None:
        data = splits()
        x, y, count = inputs(data.train), data.train.y, len(data.train)
        total = EPOCHS * math.ceil(count / SIZE)
        for epoch in range(1, EPOCHS + 1):
            self.network.train()
            order, loss = order_of(count, seed, epoch).tolist(), 0.0
            for start in range(0, count, SIZE):
                rows = order[start : start + SIZE]
                loss += len(rows) * self.step(x[rows], y[rows], total)
            self.losses.append(loss / count)
            self.close(data.validation)

    def step(self, x: torch.Tensor, y: torch.Tensor, total: int) -> float:
        loss = cross_entropy(self.forward(x), y)
        pulls = [((w - mean) ** 2).sum() for w, mean in zip(self.weights, self.means, strict=True)]
        whole = loss + self.factor * self.shares().mean() + self.pull / 2 * sum(pulls)
        gradients = torch.autograd.grad(whole, [*self.parameters, self.logits])
        done = self.steps / total
        self.steps += 1
        with torch.no_grad():
            rate = RATE * (1 + math.cos(math.pi * done)) / 2
            self.adamw(gradients[:-1], rate)
            self.velocity = 0.5 * self.velocity + gradients[-1]
            self.logits -= 50 * (1 - done) * self.velocity
            for w, mean in zip(self.weights, self.means, strict=True):
                mean += 0.2 * (w - mean)
            self.weights[-1] *= 1 - rate * (1 + self.steps / total)
        return loss.item()

    def adamw(self, gradients: tuple[torch.Tensor, ...], rate: float) -> None:
        """With betas 0.5 and 0.999, weight decay 1e-4, and the highest second moment so far."""
        for i, (p, gradient) in enumerate(zip(self.parameters, gradients, strict=True)):
            p *= 1 - rate * 1e-4
            self.first[i] = 0.5 * self.first[i] + 0.5 * gradient
            self.second[i] = 0.999 * self.second[i] + 0.001 * gradient**2
            self.highest[i] = torch.maximum(self.highest[i], self.second[i])
            size = (self.highest[i] / (1 - 0.999**self.steps)).sqrt() + 1e-8
            p -= rate * self.first[i] / (1 - 0.5**self.steps) / size

    @torch.no_grad()
    def close(self, held: ImageSet) -> None:
        self.network.eval()
        hits = self.forward(inputs(held)).argmax(1) == held.y
        self.accuracies.append(hits.double().mean().item())
        self.states.append([p.clone() for p in (*self.parameters, self.logits)])
        self.sent.append(self.shares().mean().item())
        self.factors.append((self.factor, self.pull))
        if self.sent[-1] > self.lowest - 0.08:
            self.factor, self.pull = 2 * self.factor, self.pull / 2
        self.lowest = min(self.lowest, self.sent[-1])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_all_numbers_are_those_of_a_plain_loop(seed: int):
    network, mask = network_of(seed), Mask((1, 8, 8))
    # Before a batch norm its gradient is rounding alone, which Adam takes for a direction.
    network[0].bias = None
    plain = Plain(copy.deepcopy(network), mask.logits.detach())
    plain.train(seed)
    training = Training(
        epochs=EPOCHS,
        batch_size=SIZE,
        learning_rate=RATE,
        learning_rate_schedule="cosine",
        seed=seed,
    )
    objective = Masked(network, mask, training)
    events = list(train(objective, splits(), Context(Path())))
    epochs = [event for event in events if isinstance(event, Epoch)]

    def told(name: str) -> list[float]:
        return [epoch.values[name] for epoch in epochs]

    assert [epoch.train_loss for epoch in epochs] == pytest.approx(plain.losses, rel=1e-3)
    assert told("validation_sent") == pytest.approx(plain.sent, rel=1e-4)
    assert list(zip(told("factor"), told("pull"), strict=True)) == plain.factors
    assert len(set(plain.factors)) > 1, "choose settings in which the coefficients change"
    for (name, value), expected in zip(
        [*network.named_parameters(), ("mask", mask.logits)], plain.states[-1], strict=True
    ):
        assert torch.allclose(value, expected, rtol=1e-2, atol=1e-3), name
    accuracies = [epoch.validation_accuracy for epoch in epochs]
    assert accuracies == pytest.approx(plain.accuracies, abs=0.02)
    for kept in objective.best.kept:
        low = -1 if kept.interval == 0 else objective.best.edges[kept.interval - 1]
        high = objective.best.edges[kept.interval]
        inside = [e for e in range(EPOCHS) if low < plain.sent[e] <= high]
        best = max(inside, key=lambda e: (accuracies[e], -e))
        assert kept.epoch == best + 1
        assert torch.allclose(kept.weights["0.logits"], plain.states[best][-1], atol=1e-3)
