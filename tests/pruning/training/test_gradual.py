"""Pruning while a network learns: when, how far, and that it survives a kill."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pruning.context import Context
from pruning.masks.ranking import keep_highest, share_removed
from pruning.training import checkpoints
from pruning.training.gradual import Gradually, GradualObjective, GradualPruning
from pruning.training.hooks import Step
from pruning.training.loop import Epoch, Training, train
from tests.pruning.small_images import network_of, same, splits

TRAINING = Training(epochs=4, batch_size=30, learning_rate=0.01, seed=3)
STEPS = 40  # 300 images
CONTEXT = Context(Path())
GRADUALLY = Gradually("cubic", 0.8, start=0.1, end=0.6, every=4)


class SmallestGo:
    """Prunes the smallest weights of every kernel, and remembers when."""

    def __init__(self, network: nn.Module) -> None:
        self.names = [n for n, p in network.named_parameters() if p.ndim > 1]
        parameters = dict(network.named_parameters())
        self.kept = {n: torch.ones_like(parameters[n], dtype=torch.bool) for n in self.names}
        self.asked: list[float] = []

    def prune(self, network: nn.Module, sparsity: float) -> None:
        self.asked.append(sparsity)
        parameters = dict(network.named_parameters())
        scores = {name: parameters[name].detach().abs() for name in self.names}
        self.kept = keep_highest(scores, self.kept, sparsity)

    def masks(self) -> dict[str, Tensor]:
        return self.kept


def objective_of(
    network: nn.Module, gradually: Gradually = GRADUALLY, training: Training = TRAINING
) -> tuple[GradualObjective, SmallestGo]:
    masking = SmallestGo(network)
    pruning = GradualPruning(network, gradually, masking)
    return GradualObjective(network, training, pruning), masking


@pytest.mark.parametrize("schedule", ["linear", "exponential", "cubic"])
def test_sparsity_rises_as_zhu_and_gupta_say(schedule: str):
    gradually = replace(GRADUALLY, schedule=schedule)
    found = {n: gradually.sparsity(Step(n, STEPS, 0.1)) for n in range(1, STEPS + 1)}
    asked = {n: sparsity for n, sparsity in found.items() if sparsity is not None}
    assert list(asked) == [4, 8, 12, 16, 20, 24]
    assert list(asked.values()) == sorted(asked.values())
    assert asked[24] == 0.8
    if schedule == "cubic":
        assert list(asked.values()) == pytest.approx(
            [0.8 + (0 - 0.8) * (1 - (n - 4) / 20) ** 3 for n in asked]
        )


@pytest.mark.parametrize("every", [1, 3, 7, 1000])
@pytest.mark.parametrize("end", [0.01, 0.5, 1.0])
def test_the_target_is_reached_whatever_the_steps(every: int, end: float):
    network = network_of(0)
    objective, masking = objective_of(network, Gradually("cubic", 0.8, end=end, every=every))
    list(train(objective, splits(), CONTEXT))
    assert masking.asked[-1] == 0.8
    assert share_removed(masking.kept) == pytest.approx(0.8, abs=0.01)
    parameters = dict(network.named_parameters())
    for name, mask in masking.kept.items():
        assert not parameters[name][~mask].any()
        assert parameters[name][mask].all()


def test_what_is_gone_stays_gone():
    network = network_of(0)
    objective, masking = objective_of(network)
    seen = []
    for _ in train(objective, splits(), CONTEXT):
        seen.append(copy.deepcopy(masking.kept))
        parameters = dict(network.named_parameters())
        assert all(not parameters[name][~mask].any() for name, mask in masking.kept.items())
    for before, after in pairwise(seen):
        assert all(not (after[name] & ~before[name]).any() for name in before)


def test_only_an_epoch_that_has_the_target_is_kept():
    network = network_of(0)
    objective, _ = objective_of(network, replace(GRADUALLY, end=0.75))
    epochs = [e for e in train(objective, splits(), CONTEXT) if isinstance(e, Epoch)]
    assert epochs[-1].best_epoch >= 3
    kernels = [p for p in network.parameters() if p.ndim > 1]
    zeros = sum(int((p == 0).sum()) for p in kernels)
    assert zeros / sum(p.numel() for p in kernels) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("finished", [1, 2, 3])
def test_a_killed_training_goes_on_to_the_same_numbers(
    tmp_path: Path, finished: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)
    expected = network_of(0)
    objective, masking = objective_of(expected)
    list(train(objective, splits(), CONTEXT))

    path = tmp_path / "checkpoint.safetensors"
    killed, _ = objective_of(network_of(0))
    events = train(killed, splits(), CONTEXT, path)
    for event in events:
        # One event more: the checkpoint is written once the epoch has been taken.
        if isinstance(event, Epoch) and event.epoch == finished:
            next(events)
            break
    network = network_of(1)
    again, goes_on = objective_of(network)
    list(train(again, splits(), CONTEXT, path))
    assert same(network, expected)
    assert all(torch.equal(goes_on.kept[name], masking.kept[name]) for name in masking.kept)
