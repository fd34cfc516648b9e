"""The training loop: what it promises beyond the numbers of a plain loop."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim import SGD

from pruning.context import CancelledError, Context
from pruning.evaluation.accuracy import evaluate
from pruning.masks.applying import ParameterMasks
from pruning.training import checkpoints
from pruning.training.hooks import Step
from pruning.training.loop import Batches, Epoch, Objective, Training, order_of, train
from pruning.training.optimisers import OptimizerName, Scheduled
from pruning.training.penalties.base import Trained, penalties_of
from tests.pruning.small_images import network_of, same, splits

TRAINING = Training(epochs=4, batch_size=64, learning_rate=0.01, augment=True, seed=3)
CONTEXT = Context(Path())


def epochs_of(events: Iterator[Batches | Epoch]) -> list[Epoch]:
    return [event for event in events if isinstance(event, Epoch)]


def events_of(
    network: nn.Module, training: Training = TRAINING, **settings
) -> Iterator[Batches | Epoch]:
    return train(Objective(network, training), splits(), CONTEXT, **settings)


def trained(training: Training = TRAINING, **settings) -> tuple[nn.Module, list[Epoch]]:
    network = network_of(0, dropout=0.3)
    return network, epochs_of(events_of(network, training, **settings))


def epochs_and_states(
    network: nn.Module, training: Training, plain: bool = False
) -> tuple[list[Epoch], list[nn.Module]]:
    """Train a network, without momentum if that is asked for, and copy it after every epoch."""
    objective = Objective(network, training)
    if plain:
        rate = SGD(network.parameters(), lr=1.0)
        objective.optimizers = [Scheduled(rate, training.rate)]
    epochs, states = [], []
    for event in train(objective, splits(), CONTEXT):
        if isinstance(event, Epoch):
            epochs.append(event)
            states.append(copy.deepcopy(network))
    return epochs, states


def changed(**settings) -> Training:
    return Training(**{**vars(TRAINING), **settings})


class TestSameNumbers:
    def test_twice(self):
        (a, first), (b, second) = trained(), trained()
        assert same(a, b)
        assert first == second

    def test_whatever_others_draw_meanwhile(self):
        expected, records = trained()
        network = network_of(0, dropout=0.3)
        events = []
        for event in events_of(network):
            torch.rand(7)
            torch.manual_seed(len(events))
            events.append(event)
        assert same(network, expected)
        assert epochs_of(iter(events)) == records

    def test_others_draw_as_if_it_had_not_been_there(self):
        torch.manual_seed(5)
        expected = torch.rand(3)
        torch.manual_seed(5)
        trained()
        assert torch.equal(torch.rand(3), expected)

    def test_another_seed_gives_others(self):
        assert not same(trained()[0], trained(changed(seed=4))[0])

    def test_each_epoch_has_an_order_of_its_own(self):
        orders = [order_of(50, 0, epoch).tolist() for epoch in (1, 2)]
        assert orders[0] != orders[1]
        assert [sorted(order) for order in orders] == [list(range(50))] * 2


class TestGoingOn:
    """A training that counts epochs as done goes on as the one that did them."""

    SETTINGS = replace(TRAINING, epochs=5, keep="last", optimizer="sgd", learning_rate=0.05)

    @pytest.mark.parametrize("schedule", ["constant", "step", "cosine"])
    def test_orders_rates_and_numbers_are_those_of_the_whole_training(self, schedule):
        settings = replace(self.SETTINGS, learning_rate_schedule=schedule)
        whole, states = epochs_and_states(network_of(0), settings)
        rest = copy.deepcopy(states[1])
        later, _ = epochs_and_states(rest, replace(settings, after=2))
        assert [epoch.epoch for epoch in later] == [3, 4, 5]
        rates = [epoch.learning_rate for epoch in whole]
        assert [epoch.learning_rate for epoch in later] == rates[2:]
        # Momentum starts anew: only the first loss, measured before it matters, is about equal.
        assert later[0].train_loss == pytest.approx(whole[2].train_loss, rel=0.15)

    def test_without_momentum_even_the_weights_are(self):
        network = network_of(0)
        _, states = epochs_and_states(network, self.SETTINGS, plain=True)
        rest = copy.deepcopy(states[1])
        epochs_and_states(rest, replace(self.SETTINGS, after=2), plain=True)
        assert same(rest, network)


class TestRecords:
    def test_reports_lead_from_nothing_to_all_steps(self):
        events = list(events_of(network_of(0)))
        done = [event.done for event in events if isinstance(event, Batches)]
        assert done == list(range(1, 21))
        assert {event.total for event in events if isinstance(event, Batches)} == {20}
        assert [event.epoch for event in epochs_of(iter(events))] == [1, 2, 3, 4]

    def test_the_last_record_says_what_the_network_does(self):
        network, records = trained(changed(keep="last"))
        outcome = evaluate(network, splits().validation, CONTEXT)
        assert records[-1].validation_loss == outcome.loss
        assert records[-1].validation_accuracy == outcome.accuracy
        assert records[-1].test_accuracy == evaluate(network, splits().test, CONTEXT).accuracy

    def test_losses_do_not_contain_the_penalty(self):
        without = trained(changed(epochs=1, learning_rate=1e-9))[1][0]
        penalised = trained(changed(epochs=1, learning_rate=1e-9, l1=10.0, l2=10.0))[1][0]
        assert penalised.train_loss == pytest.approx(without.train_loss, rel=1e-4)

    def test_a_network_learns(self):
        records = trained(changed(epochs=8, augment=False))[1]
        assert records[-1].validation_accuracy is not None
        assert records[-1].validation_accuracy > 0.85

    def test_no_epochs_change_nothing(self):
        network, records = trained(changed(epochs=0))
        assert same(network, network_of(0))
        assert not records

    def test_a_single_image_that_is_left_over_is_trained_on(self):
        # 300 images in batches of 13 leave 1, of which a batch norm of 1 × 1 has no variance.
        network = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10))
        events = list(events_of(network, changed(epochs=1, batch_size=13)))
        assert isinstance(events[-1], Epoch)
        assert max(event.done for event in events if isinstance(event, Batches)) == 23


class TestSteps:
    """A training of so many steps, however many epochs these are; 5 are one."""

    SETTINGS = replace(TRAINING, keep="last", optimizer="sgd", learning_rate=0.05)

    def done(self, **settings) -> list[tuple[int, int, int]]:
        events = events_of(network_of(0), replace(self.SETTINGS, **settings))
        return [(e.done, e.total, e.epoch) for e in events if isinstance(e, Batches)]

    @pytest.mark.parametrize("steps", [1, 4, 5, 6, 10, 13, 19, 20])
    @pytest.mark.parametrize("epochs", [4, 7])
    def test_it_ends_exactly_there(self, steps: int, epochs: int):
        found = self.done(steps=steps, epochs=epochs)
        assert found == [(n, steps, (n - 1) // 5 + 1) for n in range(1, steps + 1)]

    @pytest.mark.parametrize("steps", [0, 20, 21, 10_000])
    def test_more_than_there_are_change_nothing(self, steps: int):
        assert len(self.done(steps=steps)) == 20

    def test_its_steps_are_those_of_a_longer_training(self):
        whole, found = network_of(0), []
        for event in events_of(whole, self.SETTINGS):
            if isinstance(event, Batches) and event.done == 13:
                found.append(copy.deepcopy(whole))
        short = network_of(0)
        records = epochs_of(events_of(short, replace(self.SETTINGS, steps=13)))
        weights = dict(short.named_parameters())
        assert all(torch.equal(weights[n], value) for n, value in found[0].named_parameters())
        assert [epoch.epoch for epoch in records] == [1, 2, 3]

    def test_learning_rates_fall_by_the_steps_that_there_are(self):
        settings = replace(self.SETTINGS, steps=8, learning_rate_schedule="step")
        records = epochs_of(events_of(network_of(0), settings))
        # Of steps 5 and 8 of 8.
        assert [epoch.learning_rate for epoch in records] == pytest.approx([0.005, 0.0005])

    @pytest.mark.parametrize("finished", [1, 2])
    def test_a_killed_one_ends_there_too(
        self, finished: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)
        path, settings = tmp_path / "checkpoint", replace(self.SETTINGS, steps=13)
        expected = network_of(0)
        records = epochs_of(events_of(expected, settings))
        events = events_of(network_of(0), settings, checkpoint=path)
        for event in events:
            if isinstance(event, Batches) and event.epoch == finished + 1:
                break
        events.close()
        assert path.exists()
        network = network_of(0)
        again = epochs_of(events_of(network, settings, checkpoint=path))
        assert (again, same(network, expected)) == (records, True)


class TestBestEpoch:
    SHAKY = Training(epochs=6, batch_size=64, learning_rate=0.3, optimizer="sgd", seed=7)

    def test_its_weights_are_there_at_the_end(self):
        network = network_of(0)
        records, states = [], []
        for event in events_of(network, self.SHAKY):
            if isinstance(event, Epoch):
                records.append(event)
                states.append(copy.deepcopy(network))
        losses = [record.validation_loss for record in records]
        best = losses.index(min(losses))
        assert best < len(losses) - 1, "choose settings under which the last is not the best"
        assert same(network, states[best])
        for count, record in enumerate(records, 1):
            assert record.best_epoch == 1 + losses.index(min(losses[:count]))

    def test_or_those_of_the_best_accuracy(self):
        network = network_of(0)
        records, states = [], []
        for event in events_of(network, replace(self.SHAKY, keep="best_accuracy")):
            if isinstance(event, Epoch):
                records.append(event)
                states.append(copy.deepcopy(network))
        accuracies = [record.validation_accuracy for record in records]
        losses = [record.validation_loss for record in records]
        best = accuracies.index(max(accuracies))
        assert best != losses.index(min(losses)), "choose settings under which they differ"
        assert best < len(records) - 1
        assert same(network, states[best])
        assert records[-1].best_epoch == best + 1

    def test_or_the_last_ones_where_that_is_not_wanted(self):
        network = network_of(0)
        last = None
        settings = Training(**{**vars(self.SHAKY), "keep": "last"})
        for event in events_of(network, settings):
            if isinstance(event, Epoch):
                last = copy.deepcopy(network)
        assert last is not None
        assert same(network, last)

    def test_without_held_out_images_the_last_epoch_is_the_best(self):
        network = network_of(0)
        records = epochs_of(train(Objective(network, TRAINING), splits(validation=0.0), CONTEXT))
        assert [record.best_epoch for record in records] == [1, 2, 3, 4]
        assert {record.validation_loss for record in records} == {None}


def masks_of(network: nn.Module) -> ParameterMasks:
    generator = torch.Generator().manual_seed(1)
    return {
        name: torch.rand(parameter.shape, generator=generator) < 0.5
        for name, parameter in network.named_parameters()
    }


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_what_masks_remove_stays_zero(optimizer: OptimizerName):
    network = network_of(0)
    masks = masks_of(network)
    training = changed(optimizer=optimizer, weight_decay=0.1, l1=0.01)
    before = copy.deepcopy(network)
    for _ in train(Objective(network, training, masks), splits(), CONTEXT):
        for name, parameter in network.named_parameters():
            assert not parameter[~masks[name]].any()
    for name, parameter in network.named_parameters():
        assert (parameter[masks[name]] != before.state_dict()[name][masks[name]]).any()


def test_penalties_enter_as_autograd_would_have_them():
    network = network_of(0)
    optimizer = torch.optim.SGD(network.parameters())
    weights = Trained(network, optimizer).weights
    assert [weight.shape for weight in weights] == [(6, 1, 3, 3), (24, 96), (10, 24)]
    with torch.no_grad():
        weights[1][0] = 0
    for l1, l2 in [(0.3, 0.0), (0.0, 0.2), (0.3, 0.2)]:
        penalties = penalties_of(network, changed(l1=l1, l2=l2), optimizer).values()
        assert len(penalties) == (l1 > 0) + (l2 > 0)
        expected = torch.autograd.grad(sum(penalty.value() for penalty in penalties), weights)
        for weight in weights:
            weight.grad = torch.ones_like(weight)
        with torch.no_grad():
            for penalty in penalties:
                penalty.before_step(Step(1, 1, 0.1))
        for weight, gradient in zip(weights, expected, strict=True):
            assert torch.allclose(weight.grad, 1 + gradient)


def test_the_penalty_of_network_slimming_is_on_the_scales_of_norms():
    network = nn.Sequential(
        *(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Conv2d(3, 2, 3)),
        *(nn.BatchNorm2d(2, affine=False), nn.Flatten(), nn.Linear(32, 4), nn.BatchNorm1d(4)),
    )
    scales = [network[1].weight, network[6].weight]
    with torch.no_grad():
        for scale in scales:
            scale.copy_(torch.linspace(-1, 1, len(scale)))
    optimizer = torch.optim.SGD(network.parameters())
    (penalty,) = penalties_of(network, changed(norm_l1=0.3), optimizer).values()
    assert float(penalty.value().detach()) == pytest.approx(
        0.3 * sum(float(s.detach().abs().sum()) for s in scales)
    )
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    with torch.no_grad():
        penalty.before_step(Step(1, 1, 0.1))
    for parameter in network.parameters():
        is_scale = any(parameter is scale for scale in scales)
        wanted = 0.3 * parameter.sign() if is_scale else torch.zeros_like(parameter)
        assert torch.allclose(parameter.grad, wanted)


def test_scales_that_are_penalised_become_smaller():
    def scales(norm_l1: float) -> float:
        network = nn.Sequential(
            *(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 10)),
        )
        settings = changed(norm_l1=norm_l1, epochs=6, keep="last", augment=False)
        list(events_of(network, settings))
        return float(network[1].weight.detach().abs().sum())

    assert scales(0.1) < 0.7 * scales(0.0)


class TestInterruption:
    @pytest.fixture(autouse=True)
    def _every_epoch(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)

    @pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
    @pytest.mark.parametrize("finished", [1, 2, 3])
    def test_a_killed_training_goes_on_to_the_same_numbers(
        self, tmp_path: Path, finished: int, optimizer: OptimizerName
    ):
        path = tmp_path / "checkpoint.safetensors"
        training = changed(optimizer=optimizer, learning_rate_schedule="cosine")
        expected, records = trained(training)
        self.kill_in_the_epoch_after(finished, training, path)
        network, again = trained(training, checkpoint=path)
        assert same(network, expected)
        assert again == records
        assert not list(tmp_path.iterdir())

    def kill_in_the_epoch_after(self, finished: int, training: Training, path: Path) -> None:
        events = events_of(network_of(0, dropout=0.3), training, checkpoint=path)
        for event in events:
            if isinstance(event, Batches) and event.epoch == finished + 1:
                break
        events.close()
        assert path.exists()

    def test_the_finished_epochs_are_not_trained_again(self, tmp_path: Path):
        path = tmp_path / "checkpoint.safetensors"
        self.kill_in_the_epoch_after(3, TRAINING, path)
        events = list(events_of(network_of(0), checkpoint=path))
        assert {event.epoch for event in events if isinstance(event, Batches)} == {4}

    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    def test_one_under_penalties_goes_on_too(self, tmp_path: Path, optimizer: OptimizerName):
        path, penalties = tmp_path / "checkpoint", (("group_lasso_proximal", 0.01),)
        training = changed(optimizer=optimizer, penalties=penalties, spared=("output",))
        expected, records = trained(training)
        self.kill_in_the_epoch_after(2, training, path)
        network, again = trained(training, checkpoint=path)
        assert (same(network, expected), again) == (True, records)
        assert [epoch.replayed for epoch in again] == [True, True, False, False]

    def test_a_broken_checkpoint_starts_over(self, tmp_path: Path, caplog):
        path = tmp_path / "checkpoint.safetensors"
        path.write_bytes(b"nothing")
        network, records = trained(checkpoint=path)
        assert (same(network, trained()[0]), records) == (True, trained()[1])
        assert "cannot be read" in caplog.text

    def test_that_of_other_settings_starts_over(self, tmp_path: Path, caplog):
        path = tmp_path / "checkpoint.safetensors"
        self.kill_in_the_epoch_after(2, changed(learning_rate=0.02), path)
        assert same(trained(checkpoint=path)[0], trained()[0])
        assert "another training" in caplog.text

    def test_a_checkpoint_is_written_where_it_pays(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 650)
        written = []
        monkeypatch.setattr(
            checkpoints.State, "write", lambda state, path: written.append(len(state.epochs))
        )
        trained(changed(epochs=8), checkpoint=Path("never"))
        assert written == [3, 5, 7]


class TestStopping:
    def test_within_a_step(self):
        calls = []

        def cancelled() -> bool:
            calls.append(1)
            return len(calls) > 3

        events = train(
            Objective(network_of(0), TRAINING), splits(), Context(Path(), cancelled=cancelled)
        )
        seen = []
        with pytest.raises(CancelledError):
            seen.extend(events)
        assert len(calls) == 4

    def test_training_that_diverges_says_what_to_change(self):
        with pytest.raises(ValueError, match=r"epoch 1.*learning rate below 1e\+20"):
            trained(changed(optimizer="sgd", learning_rate=1e20))


def test_data_without_images_is_refused():
    with pytest.raises(ValueError, match="at least one image"):
        splits(validation=1.0)
