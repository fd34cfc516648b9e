"""Speed-ups are measured by turns until they are known well enough, and say how well that is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import count
from statistics import median, quantiles

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pruning.context import CancelledError
from pruning.evaluation import latency as module
from pruning.evaluation.latency import FEWEST, REPEATS, WARM_UP, Conditions, latency, speedup
from pruning.structure.groups import Structure, slim
from pruning.threads import one_thread
from tests.pruning.checks_models import images, warmed

X = torch.zeros(2)


class Clock:
    """A clock that stands still but for what networks take."""

    def __init__(self) -> None:
        self.now = 0.0
        self.turns: list[str] = []


class Timed(nn.Module):
    """A network that takes these seconds, one pass after another."""

    def __init__(self, clock: Clock, name: str, seconds: Callable[[], float]) -> None:
        super().__init__()
        self.clock, self.name, self.seconds = clock, name, seconds

    def forward(self, x: Tensor) -> Tensor:
        assert torch.is_inference_mode_enabled()
        assert not self.training
        self.clock.turns.append(self.name)
        self.clock.now += self.seconds()
        return x


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module.time, "perf_counter", lambda: clock.now)
    return clock


def noisy(seconds: float, spread: float, seed: int) -> Callable[[], float]:
    """Passes that take some percent more or less, as on busy cores."""
    draws = np.random.default_rng(seed)
    return lambda: seconds * float(np.exp(spread * draws.standard_normal()))


def test_on_a_quiet_machine_the_first_repeats_are_enough(clock: Clock):
    dense, half = Timed(clock, "dense", lambda: 0.002), Timed(clock, "half", lambda: 0.001)
    found = speedup(dense, half, X)
    assert (found.q1, found.median, found.q3) == pytest.approx((2, 2, 2))
    assert found.rounds == REPEATS
    assert found.is_settled
    assert not found.holds_one


def test_the_networks_take_turns_and_neither_is_always_first(clock: Clock):
    speedup(Timed(clock, "a", lambda: 1), Timed(clock, "b", lambda: 1), X, seconds=0)
    assert clock.turns[: 2 * WARM_UP] == ["a", "b", "b", "a"]
    assert clock.turns[2 * WARM_UP :] == ["a", "b", "b", "a"] * (FEWEST // 2)


@pytest.mark.parametrize("seed", range(8))
def test_noise_averages_out_of_repeats_that_grow(clock: Clock, seed: int):
    """On cores so busy that single ratios reach from 0.6 to 1.7."""
    dense = Timed(clock, "dense", noisy(0.002, 0.2, seed))
    half = Timed(clock, "half", noisy(0.001, 0.2, 100 + seed))
    found = speedup(dense, half, X)
    assert found.is_settled
    assert found.rounds > REPEATS
    assert found.rounds % REPEATS == 0
    assert found.q1 < found.median < found.q3
    assert found.median == pytest.approx(2, rel=0.05)
    assert clock.now < 10


@pytest.mark.parametrize("seed", range(3))
def test_quartiles_are_those_of_stretches_of_rounds(clock: Clock, seed: int):
    dense, other = (Timed(clock, str(i), noisy(1, 0.15, 2 * seed + i)) for i in range(2))
    found = speedup(dense, other, X, seconds=1e9)
    draws = [noisy(1, 0.15, 2 * seed + i) for i in range(2)]
    ratios = [draws[0]() / draws[1]() for _ in range(WARM_UP + found.rounds)][WARM_UP:]
    length = len(ratios) // REPEATS
    repeats = [median(ratios[i : i + length]) for i in range(0, len(ratios), length)]
    assert len(repeats) == REPEATS
    assert (found.q1, found.median, found.q3) == pytest.approx(quantiles(repeats, n=4))


@pytest.mark.parametrize("seed", range(8))
def test_an_identical_copy_cannot_be_told_from_1(clock: Clock, seed: int):
    one, other = (Timed(clock, str(i), noisy(0.001, 0.2, 2 * seed + i)) for i in range(2))
    for seconds in (0.05, 10):
        found = speedup(one, other, X, seconds)
        assert found.holds_one
        assert found.q1 < found.median < found.q3


def test_a_machine_that_slows_down_all_the_while_slows_both(clock: Clock):
    passes = count()

    def drifting(share: float) -> Callable[[], float]:
        return lambda: share * 0.001 * 1.01 ** next(passes)

    same = speedup(Timed(clock, "a", drifting(1)), Timed(clock, "b", drifting(1)), X)
    assert same.median == pytest.approx(1, abs=1e-3)
    assert same.holds_one
    half = speedup(Timed(clock, "a", drifting(1)), Timed(clock, "b", drifting(0.5)), X)
    assert half.median == pytest.approx(2, rel=1e-3)


def test_time_that_is_up_ends_what_never_settles(clock: Clock):
    passes = count(1)
    dense = Timed(clock, "dense", lambda: 0.01)
    # Now fast, now slow, for ever longer.
    wild = Timed(clock, "wild", lambda: (0.005, 0.02)[next(passes).bit_length() % 2])
    found = speedup(dense, wild, X, seconds=2.0)
    assert not found.is_settled
    assert 2.0 <= clock.now < 2.1
    assert found.rounds > REPEATS


def test_slow_networks_are_timed_a_few_times_all_the_same(clock: Clock):
    found = speedup(Timed(clock, "a", lambda: 40), Timed(clock, "b", lambda: 20), X)
    assert found.rounds == FEWEST
    assert found.median == 2


def test_whoever_cancels_does_not_wait_for_the_rest(clock: Clock):
    rounds = count()

    def check() -> None:
        if next(rounds) == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        speedup(Timed(clock, "a", lambda: 1), Timed(clock, "b", lambda: 1), X, 1e9, check)
    assert len(clock.turns) == 2 * (WARM_UP + 3)


def test_latency_is_the_median_after_warming_up(clock: Clock):
    # Slow to warm up, and one measurement that something else disturbed.
    assert latency(Timed(clock, "a", iter([9, 9, 1, 7, 2]).__next__), X, 3) == 2


def test_measuring_leaves_the_network_as_it_was():
    network = warmed("resnet-20", (3, 8, 8)).train()
    network.bn1.eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    with one_thread():
        latency(network, images((3, 8, 8)), 1)
        speedup(network, network, images((3, 8, 8)), seconds=0)
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())
    assert network.training
    assert not network.bn1.training


def test_real_networks():
    shape = (3, 32, 32)
    network = warmed("vgg11-bn", shape)
    structure = Structure.of(network, shape)
    units = {n: torch.arange(count) < count // 8 for n, count in structure.unit_counts.items()}
    with one_thread():
        small = speedup(network, slim(network, shape, units), images(shape, 8), seconds=1)
        same = speedup(network, copy.deepcopy(network), images(shape, 8), seconds=1)
    assert small.q1 > 3
    assert same.q1 <= same.median <= same.q3
    # Where each lies in memory makes some percent.
    assert same.q1 < 1.05
    assert same.q3 > 0.95


def test_conditions_are_said_for_people():
    with one_thread():
        conditions = Conditions.of(images((1, 28, 28), 16))
    assert conditions == Conditions("CPU", 16, 1)
    assert str(conditions) == "CPU, 1 thread, batches of 16"
