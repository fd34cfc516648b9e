"""Training against a loop as a textbook writes it, with optimisers written out.

Nothing is shared but the order of the images, which either could have drawn.
"""

from __future__ import annotations

import copy
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pruning.context import Context
from pruning.evaluation.batches import ImageSet, Splits
from pruning.training.loop import Epoch, Objective, Training, order_of, train
from pruning.training.optimisers import OptimizerName, ScheduleName

EPOCHS, SIZE, RATE, DECAY = 2, 16, 0.01, 0.01
COUNT = 44  # two batches of 16, and one of 12


def images(count: int, seed: int) -> ImageSet:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randint(0, 256, (count, 2, 4, 4), dtype=torch.uint8, generator=generator)
    y = torch.randint(0, 3, (count,), generator=generator)
    return ImageSet(x, y, (0.4, 0.6), (0.2, 0.3))


def network_of(seed: int) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(2, 4, 3, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(16, 3),
        )


class PlainSgd:
    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self.parameters = parameters
        self.velocity = [torch.zeros_like(p) for p in parameters]

    def step(self, rate: float) -> None:
        for p, v in zip(self.parameters, self.velocity, strict=True):
            v.mul_(0.9).add_(p.grad + DECAY * p.data)
            p.data -= rate * v


class PlainAdam:
    def __init__(self, parameters: list[nn.Parameter], decoupled: bool = False) -> None:
        self.parameters, self.decoupled, self.steps = parameters, decoupled, 0
        self.first = [torch.zeros_like(p) for p in parameters]
        self.second = [torch.zeros_like(p) for p in parameters]

    def step(self, rate: float) -> None:
        self.steps += 1
        for p, m, v in zip(self.parameters, self.first, self.second, strict=True):
            gradient = p.grad if self.decoupled else p.grad + DECAY * p.data
            if self.decoupled:
                p.data -= rate * DECAY * p.data
            m += 0.1 * (gradient - m)
            v += 0.001 * (gradient**2 - v)
            corrected = m / (1 - 0.9**self.steps)
            p.data -= rate * corrected / ((v / (1 - 0.999**self.steps)).sqrt() + 1e-8)


def plain_rate(schedule: str, step: int, steps: int) -> float:
    if schedule == "cosine":
        return RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
    if schedule == "step":
        return RATE * 0.1 ** ((step >= 0.5 * steps) + (step >= 0.75 * steps))
    return RATE


def plain_training(
    network: nn.Sequential, data: ImageSet, optimizer: str, schedule: str, l1: float, l2: float
) -> list[float]:
    """Train in place and return the mean loss of every epoch."""
    parameters = list(network.parameters())
    follow = {
        "sgd": PlainSgd(parameters),
        "adam": PlainAdam(parameters),
        "adamw": PlainAdam(parameters, decoupled=True),
    }[optimizer]
    mean, sd = torch.tensor([0.4, 0.6]), torch.tensor([0.2, 0.3])
    x = ((data.x / 255).permute(0, 2, 3, 1) - mean).div(sd).permute(0, 3, 1, 2)
    steps, step, losses = EPOCHS * math.ceil(COUNT / SIZE), 0, []
    for epoch in range(1, EPOCHS + 1):
        order, total = order_of(COUNT, 0, epoch).tolist(), 0.0
        for start in range(0, COUNT, SIZE):
            rows = order[start : start + SIZE]
            loss = nn.functional.cross_entropy(network(x[rows]), data.y[rows])
            total += loss.item() * len(rows)
            kernels = [network[0].weight, network[4].weight]
            penalty = sum(l1 * w.abs().sum() + l2 * (w**2).sum() for w in kernels)
            network.zero_grad()
            (loss + penalty).backward()
            follow.step(plain_rate(schedule, step, steps))
            step += 1
        losses.append(total / COUNT)
    return losses


def close(a: Tensor, b: Tensor) -> bool:
    return bool(torch.allclose(a, b, rtol=1e-3, atol=1e-5))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.01, 0.1)])
@pytest.mark.parametrize("schedule", ["constant", "step", "cosine"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_the_weights_are_those_of_a_plain_loop(
    optimizer: OptimizerName, schedule: ScheduleName, l1: float, l2: float, seed: int
):
    data = images(COUNT, seed)
    network = network_of(seed)
    plain = copy.deepcopy(network)
    training = Training(
        epochs=EPOCHS,
        batch_size=SIZE,
        learning_rate=RATE,
        optimizer=optimizer,
        learning_rate_schedule=schedule,
        l1=l1,
        l2=l2,
        weight_decay=DECAY,
        keep="last",
    )
    splits = Splits(data, images(5, seed + 50), images(5, seed + 99))
    events = list(train(Objective(network, training), splits, Context(Path())))
    losses = plain_training(plain, data, optimizer, schedule, l1, l2)
    assert [event.train_loss for event in events if isinstance(event, Epoch)] == pytest.approx(
        losses, rel=1e-4
    )
    for name, value in plain.state_dict().items():
        assert close(network.state_dict()[name].float(), value.float()), name
