"""Channels beside each other while a network is trained: the same numbers, and usual ones after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD, Adam, AdamW, Optimizer

from pruning.context import CancelledError, Context
from pruning.structure.layout import (
    CHANNELS_LAST,
    with_channels_last,
)
from pruning.tensor_files import read_tensors
from pruning.training import checkpoints
from pruning.training.hooks import Hook, Step, Zeros
from pruning.training.loop import Batches, Epoch, Objective, Training, order_of, train
from pruning.training.optimisers import MOMENTUM, OptimizerName, Precision
from tests.pruning.small_images import same, splits, two_convolutions

CONTEXT = Context(Path())
PLAIN: dict[OptimizerName, Callable[[Iterable[nn.Parameter]], Optimizer]] = {
    "sgd": lambda weights: SGD(weights, 0.01, momentum=MOMENTUM, foreach=False),
    "adam": lambda weights: Adam(weights, 0.01, foreach=False),
    "adamw": lambda weights: AdamW(weights, 0.01, weight_decay=0.0, foreach=False),
}


def settings(**changes) -> Training:
    given = {"epochs": 2, "batch_size": 64, "learning_rate": 0.01, "keep": "last", **changes}
    return Training(**given)


def trained(training: Training, seed: int, checkpoint: Path | None = None) -> nn.Module:
    network = two_convolutions(seed)
    for _ in train(Objective(network, training), splits(), CONTEXT, checkpoint):
        pass
    return network


def trained_plainly(training: Training, seed: int) -> nn.Module:
    """The same as people write it down: everything laid out as usual, nothing fused."""
    network, images = two_convolutions(seed).train(), splits().train
    optimizer = PLAIN[training.optimizer](network.parameters())
    for epoch in range(1, training.epochs + 1):
        for indices in order_of(len(images), training.seed, epoch).split(training.batch_size):
            x, y = images.batch(indices)
            optimizer.zero_grad()
            cross_entropy(network(x), y).backward()
            optimizer.step()
    return network


def is_usual(network: nn.Module) -> bool:
    return all(tensor.is_contiguous() for tensor in network.state_dict().values())


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("seed", range(3))
def test_training_follows_a_plain_loop(optimizer: OptimizerName, seed: int):
    training = settings(optimizer=optimizer, seed=seed)
    mine, plain = trained(training, seed), trained_plainly(training, seed)
    for (name, weights), expected in zip(
        mine.state_dict().items(), plain.state_dict().values(), strict=True
    ):
        assert torch.allclose(weights.double(), expected.double(), atol=2e-3), name


class Flat(nn.Module):
    """Flattens as older networks do, which needs the usual layout."""

    def forward(self, x: Tensor) -> Tensor:
        return x.view(len(x), -1)


def test_a_network_that_needs_the_usual_layout_has_it():
    odd, network = two_convolutions(0), two_convolutions(0)
    odd[6] = Flat()
    for learning in (odd, network):
        list(train(Objective(learning, settings(optimizer="sgd")), splits(), CONTEXT))
    for mine, other in zip(odd.parameters(), network.parameters(), strict=True):
        assert torch.allclose(mine, other, atol=2e-3)


class Seen(Hook):
    """How kernels lie in steps and after epochs."""

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self.steps: list[bool] = []
        self.epochs: list[bool] = []

    def before_step(self, _: Step) -> None:
        kernel = self._network[3].weight
        self.steps.append(
            all(found.is_contiguous(memory_format=CHANNELS_LAST) for found in (kernel, kernel.grad))
        )

    def after_epoch(self, epoch: Epoch) -> Epoch:
        self.epochs.append(is_usual(self._network))
        return epoch


class TestWhereItShows:
    def test_in_steps_alone(self):
        network = two_convolutions(0)
        assert not network[3].weight.is_contiguous(memory_format=CHANNELS_LAST)
        objective, seen = Objective(network, settings()), Seen(network)
        objective.hooks.append(seen)
        for event in train(objective, splits(), CONTEXT):
            if isinstance(event, Epoch):
                assert is_usual(network)
        assert is_usual(network)
        assert (len(seen.steps), len(seen.epochs)) == (10, 2)
        assert all(seen.steps)
        assert all(seen.epochs)

    def test_not_after_a_training_that_was_cancelled(self):
        network, steps = two_convolutions(0), iter(range(100))
        stopped = Context(Path(), cancelled=lambda: next(steps) > 2)
        with pytest.raises(CancelledError):
            list(train(Objective(network, settings()), splits(), stopped))
        assert is_usual(network)

    def test_nor_after_one_that_nobody_follows_any_more(self):
        network = two_convolutions(0)
        events = train(Objective(network, settings()), splits(), CONTEXT)
        next(events)
        events.close()
        assert is_usual(network)

    def test_nor_in_what_is_kept(self):
        network = two_convolutions(0)
        objective = Objective(network, settings(keep="lowest_loss"))
        list(train(objective, splits(), CONTEXT))
        kept = objective.hooks[-1].state_dict()["weights"]
        assert all(tensor.is_contiguous() for tensor in kept.values())


@pytest.fixture
def _every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)


@pytest.mark.usefixtures("_every_epoch")
class TestKilled:
    @pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
    @pytest.mark.parametrize("precision", ["float32", "bfloat16"])
    def test_it_goes_on_to_the_same_numbers(
        self, tmp_path: Path, optimizer: OptimizerName, precision: Precision
    ):
        """What fused optimisers remember has to lie as the weights do, also out of a file."""
        path = tmp_path / "checkpoint.safetensors"
        training = settings(epochs=3, optimizer=optimizer, precision=precision)
        self.kill_in_the_second_epoch(training, path)
        assert same(trained(training, 0, path), trained(training, 0))
        assert not path.exists()

    def kill_in_the_second_epoch(self, training: Training, path: Path) -> None:
        events = train(Objective(two_convolutions(0), training), splits(), CONTEXT, path)
        for event in events:
            if isinstance(event, Batches) and event.epoch == 2:
                break
        events.close()
        assert path.exists()

    def test_the_file_holds_usual_tensors(self, tmp_path: Path):
        path = tmp_path / "checkpoint.safetensors"
        events = train(Objective(two_convolutions(0), settings()), splits(), CONTEXT, path)
        state: dict[str, Tensor] = {}
        for event in events:
            if isinstance(event, Batches) and event.epoch == 2:
                state, _ = read_tensors(path, "cpu")
                break
        events.close()
        once = two_convolutions(0)
        for event in train(Objective(once, settings()), splits(), CONTEXT):
            if isinstance(event, Epoch):
                break
        for name, tensor in once.state_dict().items():
            assert torch.equal(state[f"/module/{name}"], tensor), name


def test_masks_are_applied_however_weights_lie():
    network = two_convolutions(0)
    masks = {name: torch.rand(p.shape) < 0.5 for name, p in network.named_parameters()}
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    zeros = Zeros(network, masks)
    with with_channels_last(network, []):
        zeros.restore()
    for name, parameter in network.named_parameters():
        assert torch.equal(parameter, before[name] * masks[name])
