"""What every penalty must do, a plug-in's too: add the gradient of what it says it is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pruning.randomness import torch_generator
from pruning.training.hooks import Hook, Step
from pruning.training.optimisers import Training, make_optimizer
from pruning.training.penalising import Penalty
from pruning.training.penalties.base import PenaltyKind, Trained, penalties

_FACTOR = 0.3
_STEP = Step(1, 1, 0.01)


def check_penalty(name: str) -> None:
    """Check a penalty at random weights and at none, with a factor and without.

    It has to add to the gradients what autograd makes of its value. One that moves weights behind
    the step instead, as proximal penalties do, has to make its value smaller.
    """
    kind = penalties[name]
    _require(bool(kind.title), "it has no title")
    _require(kind.description.endswith("."), "its description is no sentence")
    for seed in range(3):
        if _lowers_its_value_behind_the_step(kind, seed):
            continue
        _check_gradient(kind, seed)
    _check_zero_weights(kind)
    _check_zero_factor(kind)
    _check_state(kind)


@torch.no_grad()
def _lowers_its_value_behind_the_step(kind: PenaltyKind, seed: int) -> bool:
    network, hook = _made(kind, _FACTOR, seed)
    before, value = _copies(network), hook.value()
    hook.after_step(_STEP)
    if _are_same(before, _copies(network)):
        return False
    _require(bool(hook.value() < value), "it moves weights behind the step, but not towards less")
    return True


def _check_gradient(kind: PenaltyKind, seed: int) -> None:
    network, hook = _made(kind, _FACTOR, seed)
    before, value = _copies(network), hook.value()
    _require(value.ndim == 0, f"its value has the shape {tuple(value.shape)}")
    _require(value.requires_grad, "its value depends on no parameter")
    parameters = dict(network.named_parameters())
    wanted = torch.autograd.grad(
        value, list(parameters.values()), allow_unused=True, materialize_grads=True
    )
    for name, added, gradient in zip(parameters, _added(network, hook), wanted, strict=True):
        same = torch.allclose(added, gradient, rtol=1e-6, atol=1e-9)
        _require(same, f"what it adds to the gradient of {name} is not that of its value")
    _require(_are_same(before, _copies(network)), "it moves weights before the step")


def _check_zero_weights(kind: PenaltyKind) -> None:
    network, hook = _made(kind, _FACTOR, 0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        _require(bool(hook.value().isfinite()), "of zero weights its value is no number")
        for gradient in _added(network, hook):
            _require(bool(gradient.isfinite().all()), "of zero weights its gradient is no number")
        hook.after_step(_STEP)
        is_zero = not any(parameter.any() for parameter in network.parameters())
        _require(is_zero, "behind the step it moves weights that are zero")


@torch.no_grad()
def _check_zero_factor(kind: PenaltyKind) -> None:
    network, hook = _made(kind, 0.0, 0)
    before = _copies(network)
    _require(float(hook.value()) == 0, "without a factor its value is not 0")
    added = _added(network, hook)
    _require(not any(each.any() for each in added), "without a factor it adds to gradients")
    hook.after_step(_STEP)
    _require(_are_same(before, _copies(network)), "without a factor it moves weights")


@torch.no_grad()
def _check_state(kind: PenaltyKind) -> None:
    """What a checkpoint keeps makes another hook of it."""
    network, hook = _made(kind, _FACTOR, 0)
    hook.before_step(_STEP)
    same_network, other = _made(kind, 2 * _FACTOR, 0)
    other.load_state_dict(hook.state_dict())
    _require(bool(hook.value() == other.value()), "from a checkpoint it has another value")
    pairs = zip(_added(network, hook), _added(same_network, other), strict=True)
    same = all(torch.equal(*pair) for pair in pairs)
    _require(same, "from a checkpoint it adds another gradient")


def _made(kind: PenaltyKind, factor: float, seed: int) -> tuple[nn.Module, Penalty]:
    """The hook of a network that has all that penalties act on, and took a step already."""
    network = _network(seed)
    training = Training(epochs=1, optimizer="sgd", learning_rate=1e-3)
    optimizer = make_optimizer(training, network.parameters())
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    return network, kind.make(Trained(network, optimizer), factor)


def _network(seed: int) -> nn.Module:
    """Two convolutions, batch norms and a linear layer, with random parameters in float64."""
    network = nn.Sequential(
        *(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU()),
        *(nn.Conv2d(4, 3, 1), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 5)),
    ).double()
    draws = torch_generator("weights to check penalties by", seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=draws))
    return network


@torch.no_grad()
def _added(network: nn.Module, hook: Hook) -> list[Tensor]:
    """What a hook adds to gradients that are there."""
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    hook.before_step(_STEP)
    return [each.grad - 1 for each in network.parameters() if each.grad is not None]


def _copies(network: nn.Module) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


def _are_same(before: list[Tensor], after: list[Tensor]) -> bool:
    return all(map(torch.equal, before, after))


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)
