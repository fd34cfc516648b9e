"""A method in the training loop: what it brings, says and keeps, and how it goes on when killed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from pruning.context import Context
from pruning.training import checkpoints
from pruning.training.epochs import Batches, Epoch
from pruning.training.hooks import Hook
from pruning.training.keepers import BestInIntervals, weights_of
from pruning.training.loop import train
from pruning.training.optimisers import Training
from tests.pruning.small_images import network_of, same, splits
from tests.pruning.small_objective import EDGES, Mask, Masked, mask_rate

EPOCHS = 6
CONTEXT = Context(Path())


def masked(seed: int) -> Masked:
    training = Training(
        epochs=EPOCHS,
        batch_size=64,
        learning_rate=0.01,
        learning_rate_schedule="cosine",
        augment=True,
        seed=seed,
    )
    return Masked(network_of(seed, dropout=0.3), Mask((1, 8, 8)), training)


def epochs_of(events: Iterator[Batches | Epoch]) -> list[Epoch]:
    return [event for event in events if isinstance(event, Epoch)]


def trained(seed: int, checkpoint: Path | None = None) -> tuple[Masked, list[Epoch]]:
    objective = masked(seed)
    return objective, epochs_of(train(objective, splits(), CONTEXT, checkpoint))


def equal(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture(scope="module", params=[0, 1, 2])
def undisturbed(request) -> tuple[int, Masked, list[Epoch]]:
    return request.param, *trained(request.param)


class TestWhatItSays:
    def test_terms_and_measures_have_names(self, undisturbed):
        _, objective, epochs = undisturbed
        names = {"train_sent", "validation_sent", "test_sent", "factor", "pull"}
        assert all(epoch.values.keys() == names for epoch in epochs)
        assert epochs[-1].values["test_sent"] == float(objective.mask.shares().mean().detach())
        for before, after in pairwise(epochs):
            ends = sorted((before.values["test_sent"], after.values["test_sent"]))
            assert ends[0] < after.values["train_sent"] < ends[1]

    def test_a_coefficient_follows_what_epochs_measured(self, undisturbed):
        _, objective, epochs = undisturbed
        factors = [epoch.values["factor"] for epoch in epochs] + [objective.growing.factor]
        assert factors[0] == 0.5
        lowest = 1.0
        for epoch, after in zip(epochs, factors[1:], strict=True):
            sent = epoch.values["validation_sent"]
            stalled = sent > lowest - 0.08
            assert after == epoch.values["factor"] * (2 if stalled else 1)
            lowest = min(lowest, sent)
        assert 0.5 < factors[-1] < 0.5 * 2**EPOCHS, "choose settings in which it grows at times"

    def test_each_epoch_has_its_picture(self, undisturbed):
        _, objective, epochs = undisturbed
        assert [[frame.at for frame in epoch.frames] for epoch in epochs] == [
            [1],
            [2],
            [3],
            [4],
            [5],
            [6],
        ]
        last = epochs[-1].frames[0].arrays["image"].numpy()
        assert (last == (255 * objective.mask.shares()).round().byte().numpy(force=True)).all()

    def test_each_optimiser_has_a_schedule_of_its_own(self, undisturbed):
        _, objective, _ = undisturbed
        done = (5 * EPOCHS - 1) / (5 * EPOCHS)
        rates = [part.optimizer.param_groups[0]["lr"] for part in objective.optimizers]
        assert rates == [objective.training.rate(done), mask_rate(done)]

    def test_it_ends_with_the_last_weights(self, undisturbed):
        seed, objective, _ = undisturbed
        again, last = masked(seed), {}
        for event in train(again, splits(), CONTEXT):
            if isinstance(event, Epoch):
                last = weights_of(again.module)
        assert equal(objective.module.state_dict(), last)


class TestBestInIntervals:
    def test_each_interval_keeps_its_best_epoch(self, undisturbed):
        seed, objective, epochs = undisturbed
        again, states = masked(seed), {}
        for event in train(again, splits(), CONTEXT):
            if isinstance(event, Epoch):
                states[event.epoch] = weights_of(again.module)
        expected = {}
        for interval, (low, high) in enumerate(pairwise([-1.0, *EDGES])):
            inside = [e for e in epochs if low < e.values["validation_sent"] <= high]
            if inside:
                expected[interval] = max(inside, key=lambda e: (e.validation_accuracy, -e.epoch))
        assert len(expected) > 1, "choose settings that pass several intervals"
        assert [kept.interval for kept in objective.best.kept] == list(expected)
        for kept in objective.best.kept:
            best = expected[kept.interval]
            assert (kept.epoch, kept.score) == (best.epoch, best.validation_accuracy)
            assert kept.place == best.values["validation_sent"]
            assert equal(kept.weights, states[best.epoch])

    def test_an_upper_end_belongs_to_its_interval_and_what_lies_above_all_is_left_out(self):
        network = network_of(0)
        keeper = BestInIntervals(
            network, [0.1, 0.2], lambda epoch: epoch.values["q"], lambda epoch: epoch.test_accuracy
        )
        for number, (q, accuracy) in enumerate(
            [(0.3, 0.9), (0.2, 0.5), (0.1, 0.4), (0.15, 0.5), (0.05, 0.6), (0.21, 1.0)], 1
        ):
            keeper.after_epoch(Epoch(number, 0, 0, None, None, accuracy, 0, number, {"q": q}))
        assert [(kept.interval, kept.epoch) for kept in keeper.kept] == [(0, 5), (1, 2)]


def killed(seed: int, finished: int, path: Path) -> list[Epoch]:
    """What was said until an attempt ended within the epoch after so many."""
    said, events = [], train(masked(seed), splits(), CONTEXT, path)
    for event in events:
        if isinstance(event, Epoch):
            said.append(event)
        elif event.epoch == finished + 1 and event.done % 5 == 2:
            break
    events.close()
    return said


class TestKilled:
    """A training with all of it goes on to the same numbers, wherever it ended."""

    @pytest.fixture(autouse=True)
    def _every_epoch(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)

    @pytest.mark.parametrize("deaths", [[0], [5], [1, 2, 4], [3, 3]])
    def test_it_goes_on_to_the_same_numbers(self, undisturbed, tmp_path: Path, deaths: list[int]):
        seed, expected, records = undisturbed
        path, before = tmp_path / "checkpoint.safetensors", 0
        for finished in deaths:
            said = killed(seed, finished, path)
            assert said == records[:finished]
            assert [epoch.replayed for epoch in said] == [n < before for n in range(finished)]
            before = finished
        objective, said = trained(seed, path)
        assert said == records
        assert [epoch.replayed for epoch in said] == [n < before for n in range(EPOCHS)]
        self.same(objective, expected)
        assert not list(tmp_path.iterdir())

    def same(self, one: Masked, other: Masked) -> None:
        """In every bit."""
        assert same(one.module, other.module)
        assert one.growing.state_dict() == other.growing.state_dict()
        assert one.pull.factor == other.pull.factor
        assert all(map(torch.equal, one.pull.means, other.pull.means))
        assert len(one.best.kept) == len(other.best.kept)
        for mine, theirs in zip(one.best.kept, other.best.kept, strict=True):
            said = (mine.interval, mine.epoch, mine.place, mine.score)
            assert said == (theirs.interval, theirs.epoch, theirs.place, theirs.score)
            assert equal(mine.weights, theirs.weights)
        for mine, theirs in zip(one.optimizers, other.optimizers, strict=True):
            states = [part.optimizer.state_dict()["state"] for part in (mine, theirs)]
            assert states[0].keys() == states[1].keys()
            for index, values in states[0].items():
                assert equal(values, states[1][index])

    def test_where_a_checkpoint_is_older_the_epochs_since_are_trained_again(
        self, undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 650)
        seed, expected, records = undisturbed
        path = tmp_path / "checkpoint.safetensors"
        killed(seed, 4, path)
        objective, said = trained(seed, path)
        assert said == records
        assert [epoch.replayed for epoch in said] == [True] * 3 + [False] * 3
        self.same(objective, expected)

    def test_what_another_objective_left_is_not_taken(self, tmp_path: Path, caplog):
        path = tmp_path / "checkpoint.safetensors"
        killed(0, 2, path)
        objective = masked(0)
        objective.hooks = objective.hooks[:-1]
        events = train(objective, splits(), CONTEXT, path)
        assert not any(epoch.replayed for epoch in epochs_of(events))
        assert "another training" in caplog.text


class Ending(Hook):
    """Ends training after the second epoch whose accuracy is above a share."""

    def __init__(self) -> None:
        self.seen, self.ended = 0, False

    def after_epoch(self, epoch: Epoch) -> Epoch:
        self.seen += epoch.test_accuracy > 0.2
        return epoch

    def over(self) -> bool:
        return self.seen >= 2

    def at_end(self) -> None:
        self.ended = True

    def state_dict(self) -> dict[str, Any]:
        return {"seen": self.seen}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.seen = state["seen"]


class TestEnding:
    """A hook may end a training before its last epoch."""

    @pytest.fixture(autouse=True)
    def _every_epoch(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)

    def ending(self, seed: int) -> Masked:
        objective = masked(seed)
        objective.hooks.append(Ending())
        return objective

    def test_what_was_trained_is_the_beginning_of_the_whole(self, undisturbed):
        seed, _, records = undisturbed
        objective = self.ending(seed)
        said = epochs_of(train(objective, splits(), CONTEXT))
        above = [epoch.epoch for epoch in records if epoch.test_accuracy > 0.2]
        assert above[1] < EPOCHS, "choose settings under which it ends before"
        assert said == records[: above[1]]
        assert objective.hooks[-1].ended
        assert not objective.module.training

    @pytest.mark.parametrize("clean", [True, False])
    def test_it_stays_ended_after_a_crash(
        self, undisturbed, tmp_path: Path, clean: bool, monkeypatch: pytest.MonkeyPatch
    ):
        seed, path = undisturbed[0], tmp_path / "checkpoint.safetensors"
        expected = self.ending(seed)
        records = epochs_of(train(expected, splits(), CONTEXT))
        with monkeypatch.context() as patched:
            if not clean:
                # As if it had died between its last checkpoint and its end.
                patched.setattr(Path, "unlink", lambda *_, **__: None)
            epochs_of(train(self.ending(seed), splits(), CONTEXT, path))
        assert path.exists() != clean
        objective = self.ending(seed)
        said = epochs_of(train(objective, splits(), CONTEXT, path))
        assert said == records
        assert all(epoch.replayed != clean for epoch in said)
        assert same(objective.module, expected.module)
        assert objective.hooks[-1].ended
        assert not path.exists()
