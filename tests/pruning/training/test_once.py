"""A training that is found in place of done says everything that it said when it was done."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pruning.context import Context
from pruning.training.loop import Batches, Epoch, Objective, Training
from pruning.training.once import trained_once
from tests.pruning.small_images import network_of, same, splits

TRAINING = Training(epochs=3, batch_size=64, learning_rate=0.01, seed=3)


def attempt(scratch: Path | None, most: int = 10_000):
    """What is said, at most so much of it, and the network."""
    network = network_of(0)
    context = Context(Path(), scratch=scratch)
    work = trained_once(
        Objective(network, TRAINING),
        splits(),
        context,
        "stages/it",
        lambda epochs: (network.state_dict(), {"count": str(len(epochs))}),
    )
    said: list[Batches | Epoch] = []
    while len(said) < most:
        try:
            said.append(next(work))
        except StopIteration as stop:
            tensors, words, epochs = stop.value
            network.load_state_dict(tensors)
            assert words == {"count": "3"}
            assert epochs == [each for each in said if isinstance(each, Epoch)]
            return said, network
    work.close()
    return said, None


def told(said: list[Batches | Epoch]) -> list[Epoch]:
    return [each for each in said if isinstance(each, Epoch)]


@pytest.mark.parametrize("cut", [1, 7, 12])
def test_an_attempt_says_what_one_before_it_has_said(tmp_path: Path, cut: int):
    whole, network = attempt(None)
    (tmp_path / "scratch").mkdir()
    attempt(tmp_path / "scratch", cut)
    again, once_more = attempt(tmp_path / "scratch")
    found, kept = attempt(tmp_path / "scratch")
    assert len(told(whole)) == 3
    assert told(whole) == told(again) == told(found)
    assert not [each for each in found if isinstance(each, Batches)], "it is not done again"
    assert all(each.replayed for each in told(found))
    assert network is not None
    assert same(network, once_more)
    assert same(network, kept)
    with torch.inference_mode():
        assert all(torch.isfinite(each).all() for each in kept.parameters())
