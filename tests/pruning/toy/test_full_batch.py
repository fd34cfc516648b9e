"""Training on all points at once: the mathematics of the plain network, in fewer products."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from pruning import threads
from pruning.toy import full_batch
from pruning.toy.checkpoint import Checkpoint
from pruning.toy.full_batch import backward, blocks_of
from pruning.toy.mlp import MLP
from pruning.toy.settings import ToyTraining
from pruning.toy.training import train_on_all
from tests.pruning.checks import mlp, samples

SHAPES = [(9,), (8, 7), (9, 8, 7), (6, 5, 8, 7)]
STEPS = 6


@pytest.fixture(autouse=True)
def _several_blocks_of_unequal_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_batch, "BLOCK_POINTS", 7)


def recipe(steps: int = STEPS, precision: str = "float32") -> ToyTraining:
    return ToyTraining(
        steps=steps,
        batch=0,
        learning_rate=0.3,
        schedule="constant",
        narrowed=False,
        precision=precision,
    )


def trained(network: MLP, folder: Path, seed: int, how: ToyTraining) -> MLP:
    x, y = (part.to(network.output.weight.dtype) for part in points(seed))
    checkpoint = Checkpoint(folder / "partial.safetensors")
    for _ in train_on_all(network, x, y.long(), seed, how, checkpoint, lambda: None):
        pass
    return network


def points(seed: int) -> tuple[Tensor, Tensor]:
    return samples(24, classes=3, seed=seed)


class Plain(nn.Module):
    """The network as its paper describes it, written with torch's own modules."""

    def __init__(self, network: MLP) -> None:
        super().__init__()
        self.linear = nn.ModuleList(
            nn.Linear(layer.in_features, layer.out_features, dtype=torch.float64)
            for layer in [*network.hidden_layers, network.output]
        )
        for own, layer in zip(self.linear, [*network.hidden_layers, network.output], strict=True):
            own.load_state_dict(layer.state_dict())

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        *hidden, output = self.linear
        for index, layer in enumerate(hidden):
            x = layer(x)
            if index < len(hidden) - 1 or len(hidden) == 1:
                x = x.clamp(min=0)
            if index == 0:
                x = x * keep
        return output(x)


def plainly_trained(network: MLP, seed: int) -> Plain:
    plain, (x, y) = Plain(network), points(seed)
    optimiser = torch.optim.SGD(plain.parameters(), lr=0.3, momentum=0.9)
    for step in range(1, STEPS + 1):
        keep = [block.keep() for block in blocks_of(x, y, network.widths[0], seed, step)]
        optimiser.zero_grad()
        cross_entropy(plain(x, torch.cat(keep)), y).backward()
        optimiser.step()
    return plain


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_is_sgd_with_momentum_on_the_plain_network(
    shape: tuple[int, ...], seed: int, tmp_path: Path
):
    before = mlp(*shape, seed=seed)
    plain = plainly_trained(before, seed)
    network = trained(mlp(*shape, seed=seed), tmp_path, seed, recipe())
    layers = [*network.hidden_layers, network.output]
    for layer, expected in zip(layers, plain.linear, strict=True):
        torch.testing.assert_close(layer.weight, expected.weight)
        torch.testing.assert_close(layer.bias, expected.bias)
    assert not torch.allclose(network.output.weight, before.output.weight, atol=1e-3)


def gradients(seed: int, *, rounded: bool) -> list[Tensor]:
    network = mlp(40, 50, 30, seed=seed).float()
    x, y = points(seed)
    hits = backward(network, blocks_of(x.float(), y, 40, seed), rounded=rounded)
    assert 0 <= hits <= 1
    return [parameter.grad for parameter in network.parameters() if parameter.grad is not None]


def distance(one: list[Tensor], other: list[Tensor]) -> float:
    """How far gradients lie apart, at most, as a share of their lengths."""
    assert len(one) == len(other) == 8
    apart = [(a - b).norm() / b.norm() for a, b in zip(one, other, strict=True)]
    return float(max(apart))


@pytest.mark.parametrize("seed", range(4))
def test_16_bits_change_gradients_little_and_are_the_same_on_any_cpu(
    seed: int, monkeypatch: pytest.MonkeyPatch
):
    exact = gradients(seed, rounded=False)
    found = []
    for able in (True, False):
        monkeypatch.setattr(full_batch, "_multiplies_16_bits", lambda able=able: able)
        found.append(gradients(seed, rounded=True))
        # A unit near zero that comes out on the other side of it makes most of the difference.
        assert 0 < distance(found[-1], exact) < 0.1
    # A sum in another order is rounded to its neighbour now and then.
    assert distance(*found) < 0.005


@pytest.fixture
def one_core(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    threads._pool.cache_clear()
    monkeypatch.setattr(threads, "_CORES", 1)
    yield
    threads._pool.cache_clear()


def test_numbers_do_not_depend_on_the_cores(request: pytest.FixtureRequest):
    several = gradients(0, rounded=True)
    request.getfixturevalue("one_core")
    assert all(map(torch.equal, gradients(0, rounded=True), several))


def test_dropout_keeps_half_and_the_mean_and_never_repeats_itself():
    x, y = torch.zeros(21, 2), torch.zeros(21, dtype=torch.int64)

    def keep(*seed: int) -> Tensor:
        return torch.cat([block.keep() for block in blocks_of(x, y, 999, *seed)])

    masks = [keep(0, 1), keep(0, 2), keep(1, 1)]
    for mask in masks:
        assert mask.shape == (21, 999)
        assert set(mask.unique().tolist()) == {0.0, 2.0}
        assert mask.mean().item() == pytest.approx(1, abs=5 / (21 * 999) ** 0.5)
    # Blocks of 7 points, three for each seed.
    parts = [part.flatten() for mask in masks for part in mask.split(7)]
    correlations = torch.corrcoef(torch.stack(parts)) - torch.eye(9)
    assert correlations.abs().max() < 5 / parts[0].numel() ** 0.5
    assert torch.equal(keep(0, 1), masks[0])


def test_a_learning_rate_that_changes_is_refused(tmp_path: Path):
    falling = ToyTraining(batch=0)
    with pytest.raises(ValueError, match="constant learning rate"):
        trained(mlp(5, 4, 3), tmp_path, 0, falling)
