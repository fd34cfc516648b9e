"""Penalties on units, against plain loops, autograd and what scipy finds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.optimize import brentq, minimize
from torch import Tensor, nn
from torch.optim import Optimizer

from pruning.context import CannotRunError
from pruning.training.group_penalties import (
    LEAST_VARIANCE,
    GroupLasso,
    GroupVariance,
    ProximalGroupLasso,
    shrink,
    unit_rates,
)
from pruning.training.hooks import Step
from pruning.training.optimisers import MOMENTUM, OptimizerName, Training, make_optimizer
from pruning.training.penalising import Penalty
from pruning.training.penalties.base import Trained, penalties_of
from tests.pruning.small_images import network_of

SEEDS = range(4)
# Convolutions, a linear layer, a 1 × 1 convolution, and a layer of one unit.
SHAPES = [(6, 3, 3, 3), (8, 5), (4, 6, 1, 1), (1, 7)]
STEP = Step(1, 1, 0.1)
FACTOR = 0.3


def weights_of(seed: int, *shapes: tuple[int, ...]) -> list[nn.Parameter]:
    draws = torch.Generator().manual_seed(seed)
    return [
        nn.Parameter(torch.randn(shape, generator=draws, dtype=torch.float64))
        for shape in shapes or SHAPES
    ]


def units_in(weight: Tensor) -> list[list[float]]:
    """The weights of each unit, as plain numbers."""
    return [unit.flatten().tolist() for unit in weight.detach()]


def slow_lasso(weights: list[nn.Parameter]) -> float:
    return FACTOR * sum(
        sum(w * w for w in unit) ** 0.5 for one in weights for unit in units_in(one)
    )


def slow_variance(weights: list[nn.Parameter]) -> float:
    total = 0.0
    for weight in weights:
        energies = [sum(w * w for w in unit) for unit in units_in(weight)]
        if len(energies) > 1:
            mean = sum(energies) / len(energies)
            variance = sum((each - mean) ** 2 for each in energies) / len(energies)
            total += 1 / (variance + LEAST_VARIANCE)
    return FACTOR * total


def plain_lasso(weights: list[nn.Parameter]) -> Tensor:
    return sum(FACTOR * unit.pow(2).sum().sqrt() for weight in weights for unit in weight)


def plain_variance(weights: list[nn.Parameter]) -> Tensor:
    found = torch.zeros((), dtype=torch.float64)
    for weight in weights:
        energies = torch.stack([unit.pow(2).sum() for unit in weight])
        if len(energies) > 1:
            deviations = energies - energies.sum() / len(energies)
            found = found + FACTOR / (deviations.pow(2).sum() / len(energies) + LEAST_VARIANCE)
    return found


KINDS = [(GroupLasso, slow_lasso, plain_lasso), (GroupVariance, slow_variance, plain_variance)]
each_kind = pytest.mark.parametrize(("kind", "slow", "plain"), KINDS, ids=["lasso", "variance"])


@torch.no_grad()
def added(penalty: Penalty, weights: list[nn.Parameter]) -> list[Tensor]:
    """What a penalty adds to gradients of one."""
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    penalty.before_step(STEP)
    return [weight.grad - 1 for weight in weights]


@each_kind
@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_is_that_of_plain_loops(kind, slow, plain, seed: int):
    weights = weights_of(seed)
    with torch.no_grad():
        weights[0][2] = 0
    assert float(kind(weights, FACTOR).value().detach()) == pytest.approx(slow(weights), rel=1e-12)


@each_kind
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_gradient_is_that_of_autograd(kind, slow, plain, seed: int, channels_last: bool):
    weights = weights_of(seed)
    expected = torch.autograd.grad(plain(weights), weights, allow_unused=True)
    if channels_last:
        for weight in weights:
            if weight.ndim == 4:
                weight.data = weight.data.to(memory_format=torch.channels_last)
        assert not weights[0].is_contiguous()
    for gradient, wanted in zip(added(kind(weights, FACTOR), weights), expected, strict=True):
        # A layer of one unit has no part in the variance.
        torch.testing.assert_close(
            gradient, torch.zeros_like(gradient) if wanted is None else wanted
        )


@pytest.mark.parametrize("kind", [GroupLasso, GroupVariance])
def test_a_unit_that_is_zero_has_no_gradient(kind: type[Penalty]):
    weights = weights_of(0)
    with torch.no_grad():
        weights[0][2] = 0
        weights[1][5] = 0
    penalty = kind(weights, FACTOR)
    conv, linear, *_ = added(penalty, weights)
    assert not conv[2].any()
    assert not linear[5].any()
    assert conv[1].all()
    assert all(gradient.isfinite().all() for gradient in (conv, linear))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("filling", [0.0, 1e-30, 0.25, 1e4])
@pytest.mark.parametrize("kind", [GroupLasso, GroupVariance])
def test_dead_or_equal_units_are_no_trouble(
    kind: type[Penalty], filling: float, dtype: torch.dtype
):
    """Energies that are equal have no variance at all."""
    weights = [nn.Parameter(torch.full(shape, filling, dtype=dtype)) for shape in SHAPES]
    penalty = kind(weights, FACTOR)
    assert penalty.value().isfinite()
    for gradient in added(penalty, weights):
        assert gradient.isfinite().all()
        assert kind is GroupLasso or not gradient.any()


def test_a_layer_of_one_unit_has_no_variance():
    alone, others = weights_of(1, (1, 7), (5, 7))
    both = GroupVariance([alone, others], FACTOR)
    assert torch.equal(both.value(), GroupVariance([others], FACTOR).value())
    assert not added(both, [alone, others])[0].any()
    assert float(GroupVariance([alone], FACTOR).value()) == 0


@pytest.mark.parametrize("kind", [GroupLasso, GroupVariance])
def test_where_no_layer_is_penalised_the_term_is_zero(kind: type[Penalty]):
    assert float(kind([], FACTOR).value()) == 0


def slow_step(unit: np.ndarray, by: float) -> np.ndarray:
    """What minimises ½ ‖v - w‖² + by ‖v‖: it lies on the line to zero, where scipy looks for it."""
    length = float(np.sqrt((unit**2).sum()))
    found = minimize(
        lambda a: 0.5 * ((a[0] - 1) * length) ** 2 + by * abs(a[0]) * length,
        [0.5],
        bounds=[(0, 1)],
        tol=1e-14,
    )
    return found.x[0] * unit


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("by", [0.0, 0.7, 2.5, 100.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_proximal_step_is_the_argmin(seed: int, by: float, channels_last: bool):
    for weight in weights_of(seed):
        stepped = weight.detach().clone()
        if channels_last and weight.ndim == 4:
            stepped = stepped.to(memory_format=torch.channels_last)
        shrink(stepped, torch.tensor(by))
        for before, after in zip(weight.detach().numpy(), stepped.numpy(), strict=True):
            np.testing.assert_allclose(after, slow_step(before, by), atol=1e-6)
            assert after.any() == (np.sqrt((before**2).sum()) > by)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_point_is_better_than_that_of_the_proximal_step(seed: int):
    """Off the line to zero, too."""
    draws = np.random.default_rng(seed)
    [weight] = weights_of(seed, (1, 6))
    before = weight.detach().numpy()[0].copy()
    shrink(weight.data, torch.tensor(0.8))
    after = weight.detach().numpy()[0]

    def goal(v: np.ndarray) -> float:
        return 0.5 * ((v - before) ** 2).sum() + 0.8 * np.sqrt((v**2).sum())

    for scale in (1e-3, 0.1, 1.0):
        assert all(goal(after) < goal(after + scale * draws.normal(size=6)) for _ in range(50))


def test_each_unit_may_be_brought_down_by_another_amount():
    [weight] = weights_of(0, (3, 4))
    before = weight.detach().norm(dim=1)
    shrink(weight.data, torch.tensor([0.0, 0.5, 99.0]))
    wanted = [float(before[0]), float(before[1]) - 0.5, 0]
    assert weight.detach().norm(dim=1).tolist() == pytest.approx(wanted)


def optimiser_of(name: OptimizerName, weights: list[nn.Parameter], rate: float) -> Optimizer:
    return make_optimizer(Training(epochs=1, optimizer=name, learning_rate=rate), weights)


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("name", ["sgd", "nesterov", "adam", "adamw"])
def test_a_rate_is_how_far_the_optimiser_goes_in_the_long_run(
    name: OptimizerName, channels_last: bool
):
    """With gradients as large for all weights of a unit, it is that of every weight."""
    draws = torch.Generator().manual_seed(0)
    signs = torch.randint(0, 2, (5, 4, 3, 3), generator=draws).double() * 2 - 1
    sizes = torch.tensor([1e-3, 0.1, 1.0, 7.0, 100.0]).double()
    gradient = signs * sizes.view(5, 1, 1, 1)
    if channels_last:
        gradient = gradient.to(memory_format=torch.channels_last)
    weight = nn.Parameter(torch.zeros_like(gradient))
    optimizer = optimiser_of(name, [weight], 0.01)
    # That AdamW decays weights is no part of how it follows gradients.
    before = weight.detach().clone()
    for _ in range(500):
        before.copy_(weight.detach())
        weight.grad = gradient.clone()
        optimizer.step()
    gone = before - weight.detach()
    rates = unit_rates(optimizer, optimizer.param_groups[0], weight)
    torch.testing.assert_close(gone, rates.expand(5).view(5, 1, 1, 1) * gradient, rtol=1e-5, atol=0)


def test_of_a_unit_with_uneven_gradients_the_rate_is_that_of_their_root_mean_square():
    gradient = torch.tensor([[3.0, 4.0], [0.5, 0.5]]).double()
    weight = nn.Parameter(torch.zeros(2, 2, dtype=torch.float64))
    optimizer = optimiser_of("adam", [weight], 0.01)
    for _ in range(50):
        weight.grad = gradient.clone()
        optimizer.step()
    found = unit_rates(optimizer, optimizer.param_groups[0], weight)
    assert found.tolist() == pytest.approx([0.01 / 12.5**0.5, 0.02], rel=1e-5)


class Squares:
    """``‖X W' - Y‖² / 2 n``: each unit is a problem of its own, some of them solved by 0."""

    def __init__(self, seed: int) -> None:
        draws = np.random.default_rng(seed)
        self.x = draws.normal(size=(40, 5))
        true = draws.normal(size=(6, 5)) * np.array([2, 1, 0.3, 0.1, 0.02, 0])[:, None]
        self.y = self.x @ true.T + 0.1 * draws.normal(size=(40, 6))

    def loss(self, weight: Tensor) -> Tensor:
        x, y = torch.from_numpy(self.x), torch.from_numpy(self.y)
        return (x @ weight.T - y).pow(2).sum() / (2 * len(x))

    def minimum(self, factor: float) -> np.ndarray:
        """Of a unit of length r: ``(H + factor / r) w = b``, so that one number is looked for."""
        hessian, found = self.x.T @ self.x / len(self.x), []
        for b in (self.x.T @ self.y / len(self.x)).T:

            def unit(r: float, b: np.ndarray = b) -> np.ndarray:
                return np.linalg.solve(hessian + factor / r * np.eye(5), b)

            if np.linalg.norm(b) <= factor:
                found.append(np.zeros(5))
                continue
            r = brentq(lambda r: np.linalg.norm(unit(r)) - r, 1e-9, 100, xtol=1e-14)
            found.append(unit(r))
        return np.array(found)


def learnt(problem: Squares, make: Callable[..., Penalty], rates: list[float]) -> np.ndarray:
    weight = nn.Parameter(torch.ones(6, 5, dtype=torch.float64))
    optimizer = optimiser_of("sgd", [weight], rates[0])
    penalty = make([weight], 0.5, optimizer)
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        problem.loss(weight).backward()
        with torch.no_grad():
            penalty.before_step(STEP)
            optimizer.step()
            penalty.after_step(STEP)
    return weight.detach().numpy()


@pytest.mark.parametrize("seed", SEEDS)
def test_both_ways_come_to_the_minimum(seed: int):
    """With momentum: a proximal step that took the bare rate would shrink by a tenth of it."""
    problem = Squares(seed)
    wanted = problem.minimum(0.5)
    is_zero = ~wanted.any(axis=1)
    assert 0 < is_zero.sum() < 6
    proximal = learnt(problem, ProximalGroupLasso, [0.02] * 1500)
    np.testing.assert_allclose(proximal, wanted, atol=1e-6)
    assert not proximal[is_zero].any()
    falling = [0.02 * 0.995**step for step in range(2000)]
    beside = learnt(problem, lambda weights, factor, _: GroupLasso(weights, factor), falling)
    np.testing.assert_allclose(beside, wanted, atol=1e-3)


def test_the_proximal_step_leaves_gradients_to_the_loss():
    weights = weights_of(0)
    optimizer = optimiser_of("sgd", weights, 0.1)
    penalty = ProximalGroupLasso(weights, FACTOR, optimizer)
    assert not any(gradient.any() for gradient in added(penalty, weights))
    before = [weight.detach().clone() for weight in weights]
    with torch.no_grad():
        penalty.after_step(STEP)
    by = FACTOR * 0.1 / (1 - MOMENTUM)
    for weight, old in zip(weights, before, strict=True):
        lengths, wanted = (each.detach().flatten(1).norm(dim=1) for each in (weight, old))
        torch.testing.assert_close(lengths, (wanted - by).clamp_min(0))


PENALISED = Training(
    epochs=1,
    optimizer="sgd",
    learning_rate=0.1,
    l1=0.1,
    l2=0.1,
    penalties=(("group_lasso", 0.1), ("group_lasso_proximal", 0.1), ("group_variance", 0.1)),
)


@pytest.mark.parametrize(
    ("spared", "left_alone"),
    [(("first",), {"0"}), (("output", "6"), {"6", "8"}), (("0", "6", "8"), {"0", "6", "8"})],
)
def test_spared_layers_keep_their_gradients_and_their_weights(
    spared: tuple[str, ...], left_alone: set[str]
):
    network = network_of(0)
    training = Training(**{**vars(PENALISED), "spared": spared})
    optimizer = make_optimizer(training, network.parameters())
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    with torch.no_grad():
        for penalty in penalties_of(network, training, optimizer).values():
            assert penalty.value().isfinite()
            penalty.before_step(STEP)
            penalty.after_step(STEP)
    for name, parameter in network.named_parameters():
        layer, _, kind = name.partition(".")
        is_touched = kind == "weight" and layer in {"0", "6", "8"} - left_alone
        assert torch.equal(parameter.grad, torch.ones_like(parameter)) != is_touched
        assert torch.equal(parameter.detach(), before[name]) != is_touched


def test_a_layer_that_is_not_there_cannot_be_spared():
    network = network_of(0)
    training = Training(**{**vars(PENALISED), "spared": ("fc9",)})
    optimizer = make_optimizer(training, network.parameters())
    told = (
        "layers without penalties: there is no layer 'fc9' to exclude; there are 0, 6, 8, and the "
        "words first and output"
    )
    with pytest.raises(CannotRunError, match=told):
        penalties_of(network, training, optimizer)


def test_layers_that_share_a_weight_are_penalised_once():
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    second.weight = first.weight
    network = nn.Sequential(first, second, nn.Linear(4, 2))
    trained = Trained(network, torch.optim.SGD(network.parameters()))
    assert [id(each) for each in trained.weights] == [id(first.weight), id(network[2].weight)]


@pytest.mark.parametrize("spared", ["0", "1"])
def test_a_shared_weight_is_spared_by_either_of_its_layers(spared: str):
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    second.weight = first.weight
    network = nn.Sequential(first, second, nn.Linear(4, 2))
    trained = Trained(network, torch.optim.SGD(network.parameters()), (spared,))
    assert [id(each) for each in trained.weights] == [id(network[2].weight)]
