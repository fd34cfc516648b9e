"""Optimisers and learning rates by name."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from pruning.training.optimisers import OptimizerName, Training, make_optimizer


def rates(schedule, steps: int) -> list[float]:
    training = Training(epochs=1, learning_rate=2.0, learning_rate_schedule=schedule)
    return [training.rate(step / steps) for step in range(steps)]


def test_a_constant_rate_stays():
    assert rates("constant", 4) == [2.0] * 4


def test_steps_divide_by_ten_after_half_and_three_quarters():
    assert rates("step", 8) == pytest.approx([2.0] * 4 + [0.2] * 2 + [0.02] * 2)


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_a_cosine_is_torchs(steps: int):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 2.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    expected = []
    for _ in range(steps):
        expected += schedule.get_last_lr()
        optimizer.step()
        schedule.step()
    assert rates("cosine", steps) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "kind", "parts"),
    [
        ("sgd", torch.optim.SGD, {"momentum": 0.9, "nesterov": False}),
        ("adam", torch.optim.Adam, {"betas": (0.9, 0.999)}),
        ("adamw", torch.optim.AdamW, {"betas": (0.9, 0.999)}),
    ],
)
def test_a_name_is_an_optimiser(name: OptimizerName, kind: type, parts: dict):
    training = Training(epochs=1, optimizer=name, learning_rate=0.3, weight_decay=0.2)
    optimizer = make_optimizer(training, [nn.Parameter(torch.zeros(3))])
    assert type(optimizer) is kind
    expected = {"lr": 0.3, "weight_decay": 0.2, **parts}
    assert expected.items() <= optimizer.param_groups[0].items()


@pytest.mark.parametrize(
    "module", ["pruning.training.optimisers", "pruning.training.epochs", "pruning.training.cache"]
)
def test_forms_can_read_names_without_torch(module: str):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
