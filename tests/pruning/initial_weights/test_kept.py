"""Starting points: what was trained here, and files that people put into a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import save_file

from pruning.data.places import look_in
from pruning.experiments.sweep.config import SweepConfig
from pruning.initial_weights.base import INITIAL, initial_weights
from pruning.models.base import models
from pruning.training.descriptions import trained_networks
from tests.pruning.experiments.test_sweep import done, rows, sweep


@pytest.fixture
def data_dir(tmp_path: Path):
    look_in(tmp_path)
    yield tmp_path
    look_in(Path("nowhere"))


def test_a_trained_network_is_offered_and_pruned_as_it_is(data_dir: Path):
    trained = done(sweep(data_dir, criteria=["weight"]))
    (network,) = trained_networks(data_dir)
    assert initial_weights.names() == [INITIAL, network.hash]
    assert initial_weights[network.hash].title.startswith("LeNet-300-100 on Digits 8×8, seed 0: ")
    assert initial_weights[network.hash].needs == {
        "model": ["lenet-300-100"],
        "dataset": ["digits"],
    }
    other = SweepConfig(start=network.hash, dataset="mnist")
    with pytest.raises(ValidationError, match="takes other images or has other classes than MNIST"):
        other.check_files()
    again = done(sweep(data_dir, criteria=["weight"], start=network.hash, epochs=0))
    assert "training/loss" not in again.series
    accuracies = [
        [row["test_accuracy"] for row in rows(result, "accuracy")] for result in (trained, again)
    ]
    assert accuracies[0] == accuracies[1]


def test_the_weights_of_another_model_are_refused(data_dir: Path):
    done(sweep(data_dir, criteria=["weight"], epochs=1))
    (network,) = trained_networks(data_dir)
    with pytest.raises(ValueError, match="holds the weights of another model"):
        SweepConfig(start=network.hash, model="mlp-mint")


def test_a_file_of_weights_is_a_starting_point(data_dir: Path):
    weights = models["lenet-300-100"].untrained((1, 8, 8), 10, seed=7).state_dict()
    (data_dir / "weights").mkdir()
    save_file(weights, data_dir / "weights" / "mine.safetensors")
    result = done(sweep(data_dir, criteria=["weight"], start="mine", epochs=0))
    assert rows(result, "accuracy")[0]["test_accuracy"] < 0.4


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.backbone."])
@pytest.mark.parametrize("units", [300, 40])
def test_the_names_of_a_wrapper_are_left_out_and_told(data_dir: Path, prefix: str, units: int):
    weights = models["lenet-300-100"].untrained((1, 8, 8), 10, seed=7).state_dict()
    weights["fc1.weight"] = weights["fc1.weight"][:units].clone()
    weights["fc1.bias"] = weights["fc1.bias"][:units].clone()
    weights["fc2.weight"] = weights["fc2.weight"][:, :units].clone()
    (data_dir / "weights").mkdir()
    settings = {"criteria": ["weight"], "epochs": 0, "sparsities": [0, 0.5]}
    found = []
    for name, before in (("plain", ""), ("wrapped", prefix)):
        renamed = {before + own: tensor for own, tensor in weights.items()}
        save_file(renamed, data_dir / "weights" / f"{name}.safetensors")
        found.append(done(sweep(data_dir, start=name, **settings)))
    accuracies = [[row["test_accuracy"] for row in rows(each, "accuracy")] for each in found]
    assert accuracies[0] == accuracies[1]
    told = f"In the file of weights each name has {prefix} before it: left out."
    assert [told in [note.text for note in each.notes] for each in found] == [False, True]


@pytest.mark.parametrize("change", ["lacks", "has unknown"])
def test_what_is_missing_or_too_much_behind_a_wrapper_is_named(data_dir: Path, change: str):
    weights = models["lenet-300-100"].untrained((1, 8, 8), 10, seed=7).state_dict()
    if change == "lacks":
        del weights["fc2.bias"]
    else:
        weights["fc2.scale"] = torch.ones(3)
    (data_dir / "weights").mkdir()
    renamed = {f"module.{name}": tensor for name, tensor in weights.items()}
    save_file(renamed, data_dir / "weights" / "mine.safetensors")
    result = sweep(data_dir, criteria=["weight"], start="mine", epochs=0)
    assert f"it {change} fc2." in str(result.error)


def test_a_file_that_does_not_fit_is_refused_before_training(data_dir: Path):
    (data_dir / "weights").mkdir()
    save_file({"fc1.weight": torch.zeros(3, 3)}, data_dir / "weights" / "other.safetensors")
    result = sweep(data_dir, criteria=["weight"], start="other")
    assert result.status == "failed"
    assert "other.safetensors" in str(result.error)
    assert not result.series


def test_an_unknown_start_is_refused_with_what_there_is(data_dir: Path):
    with pytest.raises(ValueError, match="choose one of initial"):
        SweepConfig(start="gone")
