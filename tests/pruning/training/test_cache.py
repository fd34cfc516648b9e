"""Trained networks: kept, found again, gone on with, offered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from pruning.context import CancelledError, Context
from pruning.data.image_base import Images, image_datasets
from pruning.evaluation.accuracy import evaluate
from pruning.evaluation.batches import Splits
from pruning.models.base import models
from pruning.models.weights import WeightsError
from pruning.training import checkpoints
from pruning.training.cache import NetworkSpec, fit, load
from pruning.training.descriptions import trained_networks
from pruning.training.loop import Batches, Epoch, Training
from tests.pruning.small_images import digits, same

TRAINING = Training(epochs=3, batch_size=50, learning_rate=0.01, seed=2)


def spec(images: Images | None = None, **settings: Any) -> NetworkSpec:
    training = Training(**{**vars(TRAINING), **settings.pop("training", {})})
    return NetworkSpec.of(
        models["lenet-300-100"],
        image_datasets["digits"],
        images or digits(),
        training,
        **{"validation": 0.25, **settings},
    )


def data(images: Images | None = None) -> Splits:
    return Splits.of(
        images or digits(), image_datasets["digits"], "cpu", validation=0.25, seed=TRAINING.seed
    )


def fitted(
    spec: NetworkSpec, folder: Path, snapshots: tuple[int, ...] = ()
) -> tuple[nn.Module, list[Batches | Epoch]]:
    events = []

    def collect() -> Iterator[Batches | Epoch]:
        network = yield from fit(spec, data(), Context(folder), snapshots)
        events.append(network)

    said = list(collect())
    return events[0], said


def epochs_of(said: list[Batches | Epoch]) -> list[Epoch]:
    return [event for event in said if isinstance(event, Epoch)]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, nn.Module, list[Epoch]]:
    """A folder in which the network is kept, the network, and how training went."""
    folder = tmp_path_factory.mktemp("kept")
    network, said = fitted(spec(), folder, snapshots=(0, 2))
    return folder, network, epochs_of(said)


class TestHash:
    def test_it_is_the_same_each_time(self):
        assert spec().hash == spec().hash
        assert len(spec().hash) == 16

    def test_everything_that_matters_changes_it(self, tmp_path: Path):
        weights = [tmp_path / "a", tmp_path / "b"]
        for path in weights:
            path.write_bytes(path.name.encode())
        other = digits()._replace(x_test=digits().x_test + 1)
        specs = [
            spec(),
            spec(other),
            spec(training={"seed": 3}),
            spec(training={"l1": 0.1}),
            spec(validation=0.5),
            spec(training_images=100),
            *(spec(weights=path) for path in weights),
        ]
        assert len({found.hash for found in specs}) == len(specs)

    def test_a_file_of_weights_counts_as_what_is_in_it(self, tmp_path: Path):
        for name in ("a", "b"):
            (tmp_path / name).write_bytes(b"the same")
        assert spec(weights=tmp_path / "a").hash == spec(weights=tmp_path / "b").hash


class TestKeeping:
    def test_the_second_time_it_is_loaded(self, kept: tuple[Path, nn.Module, list[Epoch]]):
        folder, network, epochs = kept
        again, said = fitted(spec(), folder)
        assert said == epochs
        assert all(event.replayed for event in said)
        assert same(again, network)
        assert not again.training

    def test_another_folder_gives_the_same(self, kept, tmp_path: Path):
        network, said = fitted(spec(), tmp_path)
        assert same(network, kept[1])
        assert epochs_of(said) == kept[2]

    def test_people_can_read_what_it_is(self, kept):
        folder, network, _ = kept
        described = json.loads((folder / "networks" / f"{spec().hash}.json").read_text())
        assert (described["model"], described["dataset"]) == ("lenet-300-100", "digits")
        assert described["training"]["learning_rate"] == 0.01
        assert len(described["epochs"]) == 3
        outcome = evaluate(network, data().test, Context(folder))
        assert described["test_accuracy"] == outcome.accuracy
        assert described["test_images"] == 200

    def test_descriptions_of_old_are_read(self, kept, tmp_path: Path):
        """They know nothing of values, frames and replays."""
        shutil.copytree(kept[0], tmp_path, dirs_exist_ok=True)
        path = tmp_path / "networks" / f"{spec().hash}.json"
        described = json.loads(path.read_text())
        for epoch in described["epochs"]:
            for name in ("values", "frames", "replayed"):
                del epoch[name]
        path.write_text(json.dumps(described))
        assert fitted(spec(), tmp_path)[1] == kept[2]

    def test_nothing_else_stays(self, kept):
        names = {path.name.removeprefix(spec().hash) for path in (kept[0] / "networks").iterdir()}
        assert names == {
            ".safetensors",
            ".json",
            ".epoch-0.safetensors",
            ".epoch-2.safetensors",
        }

    @pytest.mark.parametrize("suffix", [".safetensors", ".json", ".epoch-2.safetensors"])
    @pytest.mark.parametrize("broken", [b"", b"{}", b"\x08\0\0\0\0\0\0\0{}      "])
    def test_a_broken_file_is_made_again(self, tmp_path: Path, caplog, suffix: str, broken: bytes):
        network, said = fitted(spec(), tmp_path, snapshots=(2,))
        path = tmp_path / "networks" / f"{spec().hash}{suffix}"
        whole = path.read_bytes()
        path.write_bytes(broken)
        again, repeated = fitted(spec(), tmp_path, snapshots=(2,))
        assert caplog.records
        assert same(again, network)
        assert epochs_of(repeated) == epochs_of(said)
        assert any(isinstance(event, Batches) for event in repeated)
        assert path.read_bytes() == whole

    def test_no_epochs_keep_the_initial_weights(self, tmp_path: Path):
        network, said = fitted(spec(training={"epochs": 0}), tmp_path)
        assert said == []
        assert same(network, models["lenet-300-100"].untrained((1, 8, 8), 10, TRAINING.seed))


class TestSnapshots:
    def test_zero_is_the_start(self, kept):
        start = load(spec(), Context(kept[0]), epoch=0)
        assert start is not None
        assert same(start, models["lenet-300-100"].untrained((1, 8, 8), 10, TRAINING.seed))

    def test_an_epochs_weights_are_those_of_a_training_that_ends_there(self, kept, tmp_path: Path):
        settings = {"epochs": 2, "keep": "last"}
        shorter, _ = fitted(spec(training=settings), tmp_path)
        snapshot = load(spec(), Context(kept[0]), epoch=2)
        assert snapshot is not None
        assert same(snapshot, shorter)

    def test_one_that_was_not_kept_is_made(self, tmp_path: Path):
        fitted(spec(), tmp_path)
        assert load(spec(), Context(tmp_path), epoch=1) is None
        _, said = fitted(spec(), tmp_path, snapshots=(1,))
        assert any(isinstance(event, Batches) for event in said)
        assert load(spec(), Context(tmp_path), epoch=1) is not None

    def test_one_after_the_end_is_refused(self, tmp_path: Path):
        with pytest.raises(ValueError, match="no weights after epoch 4"):
            fitted(spec(), tmp_path, snapshots=(1, 4))


@pytest.mark.parametrize("finished", [1, 2])
def test_a_killed_training_goes_on(kept, tmp_path: Path, finished: int, monkeypatch):
    monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)
    events = fit(spec(), data(), Context(tmp_path), (0, 2))
    for event in events:
        if isinstance(event, Batches) and event.epoch == finished + 1:
            break
    events.close()
    network, said = fitted(spec(), tmp_path, (0, 2))
    assert {event.epoch for event in said if isinstance(event, Batches)} == set(
        range(finished + 1, 4)
    )
    assert epochs_of(said) == kept[2]
    assert [event.replayed for event in epochs_of(said)] == [n < finished for n in range(3)]
    assert same(network, kept[1])
    path = Path("networks") / f"{spec().hash}.json"
    assert (tmp_path / path).read_bytes() == (kept[0] / path).read_bytes()
    for epoch in (0, 2):
        a, b = (load(spec(), Context(folder), epoch) for folder in (tmp_path, kept[0]))
        assert a is not None
        assert b is not None
        assert same(a, b)


def test_a_cancelled_training_keeps_nothing_that_looks_trained(tmp_path: Path):
    with pytest.raises(CancelledError):
        list(fit(spec(), data(), Context(tmp_path, cancelled=lambda: True)))
    assert load(spec(), Context(tmp_path)) is None
    assert trained_networks(tmp_path) == []


class TestStartingPoints:
    def test_what_is_kept_is_listed_the_latest_first(self, tmp_path: Path):
        assert trained_networks(tmp_path) == []
        fitted(spec(), tmp_path, snapshots=(1,))
        fitted(spec(training={"seed": 5}), tmp_path)
        # A network of another kind of experiment lies beside them.
        save_file({"a": torch.zeros(1)}, tmp_path / "networks" / "toy.safetensors")
        found = trained_networks(tmp_path)
        assert {network.hash for network in found} == {
            spec().hash,
            spec(training={"seed": 5}).hash,
        }
        assert found[0].weights(tmp_path).stat().st_mtime_ns >= (
            found[1].weights(tmp_path).stat().st_mtime_ns
        )
        assert found[0].test_accuracy > 0.5

    def test_another_training_can_start_there(self, kept, tmp_path: Path):
        folder, network, _ = kept
        start = next(iter(trained_networks(folder))).weights(folder)
        unchanged, _ = fitted(spec(weights=start, training={"epochs": 0}), tmp_path)
        assert same(unchanged, network)
        _, said = fitted(spec(weights=start, training={"epochs": 1}), tmp_path)
        assert epochs_of(said)[0].train_loss < kept[2][0].train_loss

    def test_weights_that_do_not_fit_are_refused(self, tmp_path: Path):
        path = tmp_path / "mine.safetensors"
        save_file({"other": torch.zeros(3)}, path)
        with pytest.raises(WeightsError, match=r"mine\.safetensors does not fit"):
            fitted(spec(weights=path), tmp_path)
