"""λ and τ against a slow reference, and that training ends where Q is low enough."""

from __future__ import annotations

import math
import random

import pytest
import torch

from pruning.inputs.granularity import MaskShape
from pruning.inputs.masks import AnyMask
from pruning.inputs.schedule import EndBelow, LambdaAndTau
from pruning.inputs.selection import Selection
from pruning.inputs.settings import MaskSchedule, SelectionSettings
from pruning.training.epochs import Epoch
from tests.pruning.inputs import slow

SEEDS = range(8)


def selection(kept: int = 4) -> Selection:
    """One that keeps so many of four pixels at the start."""
    mask = AnyMask(MaskShape(1, 2, 2), (1, 2, 2), 0)
    mask.logits.start.data = torch.tensor([1.0 if i < kept else -1.0 for i in range(4)])
    mask.logits.start.data = mask.logits.start.data.view(1, 2, 2)
    return Selection(mask)


def epoch(number: int, **values: float) -> Epoch:
    return Epoch(number, 0, 0, None, None, 0, 0, number, values)


def settings_of(rng: random.Random) -> MaskSchedule:
    tau_init = rng.choice([1.0, 2.0, 0.5])
    return MaskSchedule(
        lambda_init=rng.choice([0.0005, 1.0]),
        lambda_factor=rng.choice([1.25, 1.5]),
        lambda_threshold=rng.choice([0.0, 0.0025, 0.05]),
        lambda_patience=rng.randint(0, 4),
        tau_init=tau_init,
        tau_factor=rng.choice([1.0, 0.9, 0.5]),
        tau_min=tau_init * rng.choice([1.0, 0.25]),
    )


def reference(settings: MaskSchedule) -> slow.Schedule:
    return slow.Schedule(
        settings.lambda_init,
        settings.lambda_factor,
        settings.lambda_threshold,
        settings.lambda_patience,
        settings.tau_init,
        settings.tau_factor,
        settings.tau_min,
    )


def walk(rng: random.Random, epochs: int) -> list[float]:
    """A Q that falls, stands still and rises now and then."""
    q, found = 1.0, []
    for _ in range(epochs):
        q = min(max(q + rng.choice([0.0, -0.002, -0.01, -0.1, 0.03]), 0.0), 1.0)
        found.append(q)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_lambda_and_tau_go_as_published(seed: int):
    rng = random.Random(seed)
    settings = settings_of(rng)
    mask = selection(kept=3)
    hook, expected = LambdaAndTau(settings, mask), reference(settings)
    before = 0.75
    for number, q in enumerate(walk(rng, 60), 1):
        assert (hook.weight, mask.temperature) == (expected.weight, expected.tau)
        told = hook.after_epoch(epoch(number, validation_q=q, test_q=-1.0)).values
        assert (told["lambda"], told["tau"], told["q"]) == (expected.weight, expected.tau, q)
        expected.end_of_epoch(before)
        before = q
    assert hook.weight > settings.lambda_init


def test_a_mask_that_never_moves_waits_for_its_patience_each_time():
    hook = LambdaAndTau(MaskSchedule(lambda_factor=2, lambda_patience=2), selection())
    weights = [hook.after_epoch(epoch(n, test_q=1.0)).values["lambda"] for n in range(1, 10)]
    # The start is the lowest so far; of the epochs after it the third is one too many.
    assert weights == [1, 1, 1, 1, 2, 2, 2, 4, 4]


def test_an_improvement_of_just_the_threshold_counts():
    settings = MaskSchedule(lambda_factor=2, lambda_threshold=0.25, lambda_patience=0)
    hook = LambdaAndTau(settings, selection())
    found = [
        hook.after_epoch(epoch(n, test_q=q)).values["lambda"]
        for n, q in enumerate([0.75, 0.5, 0.26, 0.25, 0.25], 1)
    ]
    assert found == [1, 1, 1, 1, 2]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cut", [1, 7, 20])
def test_it_goes_on_from_what_it_was(seed: int, cut: int):
    rng = random.Random(seed)
    settings, qs = settings_of(rng), walk(rng, 30)
    whole, first = LambdaAndTau(settings, selection()), LambdaAndTau(settings, selection())
    expected = [whole.after_epoch(epoch(n, test_q=q)) for n, q in enumerate(qs, 1)]
    found = [first.after_epoch(epoch(n, test_q=q)) for n, q in enumerate(qs[:cut], 1)]
    second = LambdaAndTau(settings, selection())
    second.load_state_dict(first.state_dict())
    found += [second.after_epoch(epoch(n, test_q=q)) for n, q in enumerate(qs[cut:], cut + 1)]
    assert found == expected
    assert second.state_dict() == whole.state_dict()


def test_training_is_over_once_q_is_below_the_floor():
    hook = EndBelow(0.1)
    over = []
    for q in (0.5, 0.1, 0.09, 0.2):
        hook.after_epoch(epoch(1, q=q))
        over.append(hook.over())
    assert over == [False, False, True, False]
    other = EndBelow(0.1)
    hook.after_epoch(epoch(1, q=0.01))
    other.load_state_dict(hook.state_dict())
    assert other.over()


def test_without_a_floor_it_never_is():
    hook = EndBelow(0.0)
    hook.after_epoch(epoch(1, q=0.0))
    assert not hook.over()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lambda_init": 0}, "choose one above 0"),
        ({"lambda_init": -1}, "choose one above 0"),
        ({"lambda_init": math.nan}, "choose one above 0"),
        ({"lambda_factor": 0.9}, "choose one of at least 1"),
        ({"lambda_threshold": -0.1}, "at least 0"),
        ({"lambda_patience": -1}, "at least 0"),
        ({"tau_factor": 0}, "tau_factor is 0"),
        ({"tau_factor": 1.1}, "tau_factor is 1.1"),
        ({"tau_min": 0}, "tau_min is 0"),
        ({"tau_min": 2}, "at most tau_init, which is 1"),
    ],
)
def test_what_cannot_move_q_or_tau_is_refused(settings: dict, message: str):
    with pytest.raises(ValueError, match=message):
        MaskSchedule(**settings)


def test_intervals_of_q_end_where_people_expect_it():
    edges = SelectionSettings().edges
    assert edges == [float(f"{i / 20:.2f}") for i in range(1, 21)]
