"""Every penalty passes the common check, and the check finds those that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from pruning.checks import check_penalty
from pruning.training.group_penalties import ProximalGroupLasso
from pruning.training.hooks import Step
from pruning.training.penalising import L2
from pruning.training.penalties.base import PenaltyKind, coefficients, penalties


@pytest.mark.parametrize("name", penalties.names())
def test_every_penalty_passes_the_common_check(name: str):
    check_penalty(name)


class WrongGradient(L2):
    """A gradient that misses a factor."""

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        gradient.add_(weight, alpha=self.factor)


class OnlyOneLayer(L2):
    """A value of all layers, and a gradient of one of them."""

    def before_step(self, step: Step) -> None:
        self.weights[0].grad.add_(self.weights[0], alpha=2 * self.factor)


class NoNumberAtZero(L2):
    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        gradient.add_(weight * weight / weight, alpha=2 * self.factor)


class DecaysOnItsOwn(L2):
    """Without its factor, too."""

    def value(self) -> Tensor:
        return (self.factor + 1) * super().value() / self.factor if self.factor else super().value()

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        gradient.add_(weight, alpha=2 * (self.factor + 1))


class Forgetful(L2):
    def load_state_dict(self, state: dict) -> None:
        pass


class Growing(ProximalGroupLasso):
    def after_step(self, step: Step) -> None:
        for weight in self.weights:
            weight.mul_(1 + self.factor)


class Startled(L2):
    """Moves weights before the step."""

    def add_to(self, gradient: Tensor, weight: Tensor) -> None:
        super().add_to(gradient, weight)
        weight.mul_(0.5)


class AList(L2):
    def value(self) -> Tensor:
        return self.factor * torch.stack([each.square().sum() for each in self.weights])


class Constant(L2):
    def value(self) -> Tensor:
        return torch.tensor(self.factor)


Check = Callable[[type], None]


@pytest.fixture
def check() -> Iterator[Check]:
    """Check a hook as if it were registered."""
    penalties.names()
    before = dict(penalties._entries)

    def check(hook: type) -> None:
        def make(trained, factor):
            optimizer = (trained.optimizer,) if issubclass(hook, ProximalGroupLasso) else ()
            return hook(trained.weights, factor, *optimizer)

        penalties.add(PenaltyKind("wrong", "Wrong", "Wrong.", make), __name__)
        check_penalty("wrong")

    yield check
    penalties._entries = before


@pytest.mark.parametrize("hook", [L2, ProximalGroupLasso])
def test_what_is_right_passes(check: Check, hook: type):
    check(hook)


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        (WrongGradient, "gradient of 0.weight is not that of its value"),
        (OnlyOneLayer, "gradient of 3.weight is not that of its value"),
        (NoNumberAtZero, "of zero weights its gradient is no number"),
        (DecaysOnItsOwn, "without a factor it adds to gradients"),
        (Forgetful, "from a checkpoint it has another value"),
        (Growing, "not towards less"),
        (Startled, "moves weights before the step"),
        (AList, r"its value has the shape \(3,\)"),
        (Constant, "depends on no parameter"),
    ],
)
def test_what_is_wrong_is_found(check: Check, hook: type, message: str):
    with pytest.raises(AssertionError, match=message):
        check(hook)


def test_coefficients_are_read_with_their_names():
    assert coefficients([]) == {}
    assert coefficients(["l1=0.1", " group_lasso = 1e-3 "]) == {"l1": 0.1, "group_lasso": 0.001}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["group_lasso"], "write NAME=COEFFICIENT, such as "),
        (["group_lazo=1"], "unknown penalty 'group_lazo'; choose one of l1, l2, norm_l1, group_la"),
        (["l1=1", "l1=2"], "l1 stands there twice"),
        (["l1=much"], "the coefficient of l1 has to be a number, not 'much'"),
        (["l1="], "has to be a number"),
        (["l1=-1"], "has to be from 0 to 100, not -1"),
        (["l1=nan"], "has to be from 0 to 100, not nan"),
        (["l1=inf"], "has to be from 0 to 100, not inf"),
    ],
)
def test_what_is_no_coefficient_is_refused(texts: list[str], told: str):
    with pytest.raises(ValueError) as refusal:
        coefficients(texts)
    assert told in str(refusal.value)
