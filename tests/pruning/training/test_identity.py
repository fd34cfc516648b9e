"""Hashes of settings: first fields never change theirs, later ones count where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from pruning.experiments.sweep.config import SweepConfig
from pruning.training.cache import NetworkSpec
from pruning.training.identity import digest, identity, later
from pruning.training.optimisers import Training

CONTENT, CODE = "0123456789abcdef", "fedcba9876543210"
ALL = Training(
    epochs=3,
    batch_size=64,
    learning_rate=0.05,
    optimizer="sgd",
    learning_rate_schedule="cosine",
    l1=1e-4,
    l2=1e-3,
    weight_decay=5e-4,
    augment=True,
    keep="last",
    seed=7,
)
PENALISED = Training(
    epochs=4,
    batch_size=32,
    optimizer="nesterov",
    l1=1e-4,
    l2=1e-3,
    norm_l1=1e-4,
    precision="bfloat16",
    seed=2,
)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (NetworkSpec("lenet5", "mnist", CONTENT, CODE, Training(epochs=20)), "59beba8c4b1868a1"),
        (
            NetworkSpec("lenet5", "mnist", CONTENT, CODE, Training(epochs=20), 0.1),
            "eecd6fae94e5bbca",
        ),
        (
            NetworkSpec("mlp-wide", "fashion-mnist", "00ff00ff00ff00ff", CODE, ALL, 0.25, 5000),
            "983b6db5371cd8ee",
        ),
        (
            NetworkSpec("vgg11-bn", "cifar10", CONTENT, CODE, PENALISED, 0.1, 500),
            "643b3ca2d0fa82ed",
        ),
    ],
)
def test_networks_that_people_have_are_found(spec: NetworkSpec, expected: str):
    """The hashes that these settings had when they were new; no field may move them."""
    assert spec.hash == expected


def test_those_of_a_form_without_further_penalties_too():
    config = SweepConfig.model_validate({"l1": 1e-4, "l2": 1e-3})
    training = config.training(1)
    spec = NetworkSpec(config.model, config.dataset, CONTENT, CODE, training, config.validation)
    assert spec.hash == "db4b4d4b95ff31a2"
    assert not {"penalties", "spared", "steps"} & identity(spec)["training"].keys()


@pytest.mark.parametrize(
    "change", [{"penalties": (("group_lasso", 0.1),)}, {"spared": ("fc1",)}, {"steps": 3}]
)
def test_what_came_later_makes_another_network(change: dict[str, Any]):
    one, other = (
        NetworkSpec("lenet5", "mnist", CONTENT, CODE, replace(ALL, **settings))
        for settings in ({}, change)
    )
    assert one.hash != other.hash


def test_a_training_in_bfloat16_is_another_network():
    in_full, in_half = (
        NetworkSpec("lenet5", "mnist", CONTENT, CODE, replace(ALL, precision=precision))
        for precision in ("float32", "bfloat16")
    )
    assert in_full.hash != in_half.hash
    assert "precision" not in identity(in_full)["training"]


def test_those_that_start_from_a_file_too(tmp_path: Path):
    path = tmp_path / "w"
    path.write_bytes(b"weights")
    training = Training(epochs=0)
    spec = NetworkSpec("lenet-300-100", "digits", "0" * 16, CODE, training, weights=path)
    assert spec.hash == "d4346120995391fa"


@dataclass(frozen=True)
class Old:
    epochs: int
    rate: float = 0.1


@dataclass(frozen=True)
class New(Old):
    nesterov: bool = later(False, before=False)
    precision: str = later("bfloat16", before="float32")


@dataclass(frozen=True)
class Network:
    name: str
    training: Old
    version: int = field(default=1)


def told(training: Old) -> str:
    return digest(identity(Network("a", training)))


def test_a_later_field_counts_where_it_differs_from_what_held_before():
    old = told(Old(3))
    assert told(New(3, precision="float32")) == old
    assert told(New(3, nesterov=True, precision="float32")) != old


def test_a_default_that_changed_counts_as_a_difference():
    assert told(New(3)) != told(Old(3))
    assert identity(New(3)) == {"epochs": 3, "rate": 0.1, "precision": "bfloat16"}


def test_first_fields_count_even_at_their_defaults():
    assert identity(Network("a", Old(3))) == {
        "name": "a",
        "training": {"epochs": 3, "rate": 0.1},
        "version": 1,
    }
